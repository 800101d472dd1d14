// The field under a thread: a reply to the customer, or a note that only the team sees.

import * as dialogs from "./dialogs.js";
import { h, fill } from "./dom.js";
import { draft, keepDraft } from "./drafts.js";
import { locale, words } from "./words.js";

const MOST = 4000; // code points, as the protocol says
const TYPING_EVERY = 3000;
const names = new Intl.DisplayNames(locale, { type: "language" });
/** @param {string} code a language @returns {string} what the reader calls it */
const tongue = (code) => names.of(code || "und") || code;
const BLANK = /^\p{White_Space}*$/u;

export class Composer {
  /**
   * @param {{send: (mode: "message"|"note", text: string, original?: string) => void, typing: (on: boolean) => void,
   *   foreign: (row: import("./store.js").Row|undefined) => string,
   *   translate: (text: string) => Promise<{text: string, why: string}>}} parts
   */
  constructor({ send, typing, foreign, translate }) {
    this.foreign = foreign;
    this.translate = translate;
    this.deliver = send;
    this.tell = typing;
    this.conversation = "";
    /** @type {"message"|"note"} */ this.mode = "message";
    this.typed = 0;
    this.field = /** @type {HTMLTextAreaElement} */ (h("textarea", {
      id: "field", rows: 1, enterkeyhint: "send",
      input: () => this.changed(), keydown: (/** @type {KeyboardEvent} */ event) => this.key(event), blur: () => this.still(),
    }));
    this.reply = h("button", { type: "button", class: "mode", click: () => this.turn("message", true) }, words.reply);
    this.note = h("button", { type: "button", class: "mode", click: () => this.turn("note", true) }, words.note);
    this.hint = h("p", { class: "hint", id: "hint" });
    this.over = h("p", { class: "over", role: "status" });
    this.button = h("button", { type: "submit", class: "main" }, words.send);
    this.into = h("button", { type: "button", class: "quiet into", hidden: true, click: () => this.preview() });
    this.element = h("form", { id: "composer", submit: (/** @type {Event} */ event) => this.send(event) },
      h("div", { class: "top" }, h("div", { class: "modes", role: "group" }, this.reply, this.note), this.into, this.hint),
      this.field, this.button, this.over);
    this.field.setAttribute("aria-describedby", "hint");
  }

  /** @param {string} conversation */
  open(conversation) {
    this.still();
    this.conversation = conversation;
    this.mode = "message";
    this.draw();
    this.load();
  }

  /** What sending does, by who has the conversation. @param {import("./store.js").Row|undefined} row */
  handle(row) {
    this.row = row;
    if (row && row.handler === "agent" && !row.mine && this.mode === "message") this.turn("note", false);
    else this.draw();
  }

  /** Whether a colleague has it: then there is nothing but notes. */
  get others() {
    return !!this.row && this.row.handler === "agent" && !this.row.mine;
  }

  /** @param {"message"|"note"} mode @param {boolean} focus */
  turn(mode, focus) {
    if (mode !== this.mode) {
      this.mode = mode === "message" && this.others ? "note" : mode;
      this.load();
    }
    this.draw();
    if (focus) this.field.focus();
  }

  load() {
    this.field.value = draft(this.conversation, this.mode);
    this.size();
  }

  /** @param {string} text what could not be sent @param {"message"|"note"} mode */
  edit(text, mode) {
    this.turn(mode, true);
    this.field.value = this.field.value ? `${text}\n${this.field.value}` : text;
    this.changed();
  }

  draw() {
    const note = this.mode === "note";
    this.element.classList.toggle("noting", note);
    this.reply.setAttribute("aria-pressed", String(!note));
    this.note.setAttribute("aria-pressed", String(note));
    this.reply.toggleAttribute("disabled", this.others);
    this.field.placeholder = note ? words.writeNote : words.write;
    this.field.setAttribute("aria-label", note ? words.writeNote : words.write);
    this.button.textContent = note ? words.addNote : words.send;
    const foreign = note || this.others ? "" : this.foreign(this.row);
    this.into.hidden = !foreign;
    if (foreign) this.into.textContent = fill(words.translateInto, { language: tongue(foreign) });
    this.hint.replaceChildren(h("span", {}, this.says()), h("span", { class: "enter" }, words.hint));
  }

  says() {
    if (this.others) return fill(words.hintOther, { name: this.row?.agent || "" });
    if (this.mode === "note" || !this.row) return "";
    if (this.row.handler === "agent") return this.reaches(this.row);
    return { assistant: words.hintAssistant, queue: words.hintQueue, closed: words.hintClosed }[this.row.handler] || "";
  }

  /** Where the customer reads it who has not the page before them. @param {import("./store.js").Row} row */
  reaches({ here, email }) {
    if (!here || here.state === "open") return "";
    return email ? words.hintEmail : words.hintNoEmail;
  }

  changed() {
    keepDraft(this.conversation, this.mode, this.field.value);
    this.size();
    if (this.mode === "message" && this.field.value && Date.now() - this.typed > TYPING_EVERY) {
      this.typed = Date.now();
      this.tell(true);
    }
  }

  /** Nobody types here now. */
  still() {
    if (this.typed) this.tell(false);
    this.typed = 0;
  }

  /** The field grows with what is in it, up to what the style allows. */
  size() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
    const over = [...this.field.value].length - MOST;
    this.over.textContent = over > 0 ? fill(words.tooLong, { n: new Intl.NumberFormat(locale).format(over) }) : "";
    this.button.toggleAttribute("disabled", over > 0);
  }

  /** What is written here, in the customer's language, to be read and mended before it goes. */
  preview() {
    const text = this.field.value;
    if (BLANK.test(text) || [...text].length > MOST) return this.field.focus();
    this.still();
    dialogs.translation(tongue(this.foreign(this.row)), text, this.translate(text), (translated) => {
      this.field.value = "";
      this.changed();
      this.deliver("message", translated, text);
      this.field.focus();
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.send(event);
    if (event.key !== "Escape") return;
    event.preventDefault(); // out of the field, and no further back
    this.field.blur();
  }

  /** @param {Event} event */
  send(event) {
    event.preventDefault();
    const text = this.field.value;
    if (BLANK.test(text) || [...text].length > MOST) return;
    this.still();
    this.field.value = "";
    this.changed();
    this.deliver(this.mode, text);
    this.field.focus();
  }
}
