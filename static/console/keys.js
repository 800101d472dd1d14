// Single keys: off while something is being written, off for good where the person says so (WCAG 2.1.4).

const OFF = "tandem.console.keys-off";

const FIELDS = "textarea, select, input:not([type=checkbox]), [contenteditable]";

/** @param {EventTarget|null} target */
const writing = (target) => target instanceof Element && target.matches(FIELDS);

export class Keys {
  /** @param {HTMLDialogElement} dialog @param {HTMLInputElement} box @param {Record<string, () => void>} actions by key */
  constructor(dialog, box, actions) {
    this.dialog = dialog;
    this.actions = actions;
    box.checked = localStorage.getItem(OFF) !== "1";
    this.on = box.checked;
    box.addEventListener("change", () => {
      this.on = box.checked;
      localStorage.setItem(OFF, this.on ? "0" : "1");
    });
    document.addEventListener("keydown", (event) => this.press(event));
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key !== "Escape" && (!this.on || writing(event.target))) return;
    const action = this.actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  show() {
    this.dialog.showModal();
  }
}
