// Tables and terminals that are wider than the screen can be moved with the keys; the frame of a copy button is no landmark.
new MutationObserver(() => {
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap, p:has(> img[src*='terminal-'])")) table.tabIndex = 0;
  for (const frame of document.querySelectorAll(".md-code__nav")) frame.setAttribute("role", "presentation");
}).observe(document.body, { childList: true, subtree: true });
