"use strict";
// Copying is a convenience: without a script there are no buttons, and the commands can still be selected.
for (const button of document.querySelectorAll("[data-copies]")) {
  const label = button.textContent;
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  button.after(status);
  button.hidden = false;
  button.addEventListener("click", async () => {
    const code = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = status.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; status.textContent = ""; }, 2000);
    } catch {
      getSelection().selectAllChildren(code);
    }
  });
}
