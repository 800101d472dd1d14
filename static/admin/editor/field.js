// The textarea: changes to it can be undone by the browser's own undo.

/** @typedef {import("./markdown.js").Change} Change */

/** @param {HTMLTextAreaElement} field @returns {import("./markdown.js").Selected} */
export function selected(field) {
  return { text: field.value, start: field.selectionStart, end: field.selectionEnd };
}

/** @param {HTMLTextAreaElement} field @param {Change | null} change */
export function apply(field, change) {
  if (!change) return;
  field.focus();
  field.setSelectionRange(change.from, change.upto);
  insert(field, change.put);
  field.setSelectionRange(change.start, change.end);
}

/**
 * Put text in place of what is selected. `insertText` is the only way that keeps undo; where a browser has it not, the
 * text is put in all the same.
 * @param {HTMLTextAreaElement} field @param {string} text
 */
export function insert(field, text) {
  field.focus();
  const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!done) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
