// Asks what a picture shows, for those who cannot see it.

/** @param {string} path @returns {Promise<string | null>} the words; null where the picture is not wanted */
export function askForAlt(path) {
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector(".editor-alt"));
  const field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
  const preview = document.createElement("img");
  preview.src = path;
  preview.alt = "";
  field.value = "";
  field.before(preview);
  dialog.showModal();
  field.focus();
  return new Promise((resolve) => {
    const done = new AbortController();
    /** @param {string | null} alt */
    const end = (alt) => {
      done.abort();
      preview.remove();
      dialog.close();
      resolve(alt);
    };
    const put = () => (field.value.trim() ? end(field.value.trim()) : field.focus());
    const on = { signal: done.signal };
    dialog.querySelector("[data-alt=put]")?.addEventListener("click", put, on);
    dialog.querySelector("[data-alt=leave]")?.addEventListener("click", () => end(null), on);
    dialog.addEventListener("cancel", () => end(null), on);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      put();
    }, on);
  });
}
