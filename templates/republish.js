// The page from which an article is copied: its buttons, which nobody needs, for a text can be marked and copied too.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Without https there is no clipboard to write to.
      field.select();
      if (!document.execCommand("copy")) {
        return;
      }
      button.focus();
    }
    status.textContent = button.dataset.done;
  });
}
