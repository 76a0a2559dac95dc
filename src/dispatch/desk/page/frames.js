// A frame that changes without a flicker: the next page is loaded behind the one that is seen, and takes its place at
// the same height. What is in it cannot run scripts; it is of our own origin so that its scroll position can be read.

import { answer, make } from "/parts.js";

const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

export class Frames {
  constructor(title) {
    this.title = title;
    this.element = make("div", { class: "frames" });
    this.turn = 0;
    this.onmoved = () => {};
  }

  /** Shows an address; again: the same page anew, where its reader stands in it. */
  async show(address, { dark = false, again = false } = {}) {
    const turn = ++this.turn;
    await answer(address); // an edition that cannot be made leaves the last one standing
    if (turn !== this.turn) return;
    const before = this.element.querySelector("iframe:not(.coming)");
    const top = again && before ? before.contentWindow.scrollY : 0;
    this.element.querySelectorAll("iframe.coming").forEach((frame) => frame.remove());
    const next = make("iframe", {
      title: this.title, src: address, sandbox: SANDBOX, class: dark ? "coming dark" : "coming",
    });
    this.element.append(next);
    await there(next);
    if (turn !== this.turn || !next.isConnected) return;
    next.contentWindow.scrollTo(0, top);
    next.classList.remove("coming");
    before?.remove();
    next.addEventListener("load", () => {
      listen(next);
      if (again && next.contentWindow.scrollY < top) next.contentWindow.scrollTo(0, top);
      this.onmoved(next);
    });
    listen(next);
    this.onmoved(next);
    await painted();
  }

  /** Where the page in the frame is, which its links may have changed. */
  get address() {
    const frame = this.element.querySelector("iframe:not(.coming)");
    return frame?.contentDocument ? new URL(frame.contentDocument.URL).pathname : "";
  }
}

/** When a frame's page is there to be seen; its pictures may still be coming. */
async function there(frame) {
  while (frame.isConnected) {
    const page = frame.contentDocument;
    if (page && page.URL !== "about:blank" && page.readyState !== "loading") return;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

/** Keys that are pressed in a frame are those of the page around it. */
function listen(frame) {
  const page = frame.contentDocument;
  if (!page || page.heard) return;
  page.heard = true;
  page.addEventListener("keydown", (event) => {
    if (!window.dispatchEvent(new KeyboardEvent("keydown", event))) event.preventDefault();
  });
}

const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
