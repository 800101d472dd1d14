// A field with a button beside it that copies what it holds.

for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = /** @type {HTMLInputElement} */ (document.getElementById(button.getAttribute("data-copies") ?? ""));
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.focus();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.getAttribute("data-copied");
    } catch {
      field.select(); // where the browser does not let us, it is chosen: Ctrl-C copies it
    }
  });
}
