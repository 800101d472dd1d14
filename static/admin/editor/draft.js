// The draft saves itself: a moment after the last key, one save at a time, and never over what somebody else saved.
import { addresses, post, say } from "./settings.js";

const PAUSE_MS = 1500;
const AGAIN_MS = 5000;

/** @typedef {{title: string, body: string, questions: string[], revision: number}} Theirs */

export class Draft {
  /** @param {HTMLFormElement} form @param {(text: string) => void} tell */
  constructor(form, tell) {
    this.form = form;
    this.tell = tell;
    this.timer = 0;
    // What the server sent, not what is there now: somebody may have written before this script was there. Where the
    // server refused what was posted, nothing of it is kept.
    this.kept = form.querySelector(".errornote") ? "" : this.text("defaultValue");
    /** @type {Promise<void> | null} */
    this.saving = null;
    this.stale = Boolean(document.getElementById("stale"));
    form.addEventListener("input", (event) => {
      if (/** @type {Element} */ (event.target).matches("[name=title], [name=body], [name=questions]")) this.later();
    });
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("keydown", (event) => {
      if (event.code !== "KeyS" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.save();
    });
    addEventListener("online", () => this.later(0));
    addEventListener("beforeunload", (event) => {
      if (this.changed() && !this.leaving) event.preventDefault();
    });
    this.leaving = false;
    /** @type {HTMLElement | null} */
    this.savedFor = null;
    this.later();
  }

  /** @param {string} name */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  /** @param {"value" | "defaultValue"} of */
  text(of = "value") {
    return JSON.stringify(["title", "body", "questions"].map((name) => this.field(name)[of]));
  }

  changed() {
    return this.text() !== this.kept;
  }

  later(pause = PAUSE_MS) {
    clearTimeout(this.timer);
    if (this.stale || !this.changed()) return;
    if (!this.saving) this.tell(say("unsaved"));
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** @returns {Promise<void>} once what is in the form now is saved, or could not be */
  async save() {
    if (this.saving) await this.saving;
    if (this.stale || !this.changed()) return;
    this.saving = this.send().finally(() => (this.saving = null));
    await this.saving;
  }

  async send() {
    const text = this.text();
    this.tell(say("saving"));
    try {
      const answer = await post(addresses.draft, this.fields());
      if (answer.type === "opaqueredirect" || answer.status === 403) return this.tryAgain(say("logged_out"));
      if (answer.status >= 500) return this.tryAgain(say("offline"));
      const said = await answer.json();
      if (answer.status === 409) return this.meet(text, said);
      if (!answer.ok) return this.tell(say("refused", { why: said.error }));
      this.kept = text;
      this.field("revision").value = said.revision;
      if (answer.status === 201) this.nowThere(said);
      this.tell(say("saved", { time: said.time }));
      if (this.changed()) this.later();
    } catch {
      this.tryAgain(say("offline"));
    }
  }

  fields() {
    /** @type {Record<string, string>} */
    const fields = {};
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields[name] = value;
    }
    return fields;
  }

  /** @param {string} why */
  tryAgain(why) {
    this.tell(why);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), AGAIN_MS);
  }

  /** A new article is one that is there: from now on the form is that of its own page. @param {any} said */
  nowThere(said) {
    history.replaceState(null, "", said.address);
    this.form.action = said.address;
    addresses.draft = said.draft;
    addresses.here = said.here;
  }

  /** Somebody saved it meanwhile, or we did and the answer was lost. @param {string} text @param {{html: string, theirs: Theirs}} said */
  meet(text, { html, theirs }) {
    const saved = JSON.stringify([theirs.title, theirs.body, theirs.questions.join("\n")]);
    if (saved === text) {
      this.kept = text;
      this.field("revision").value = String(theirs.revision);
      return this.later();
    }
    this.stale = true;
    this.tell(say("stale"));
    const place = /** @type {HTMLElement} */ (document.getElementById("editor-stale"));
    place.innerHTML = html;
    place.addEventListener("click", (event) => {
      const choice = /** @type {HTMLElement} */ (event.target).closest("[data-keep]");
      if (!choice) return;
      event.preventDefault();
      this.choose(/** @type {HTMLElement} */ (choice).dataset.keep === "mine", theirs);
      place.replaceChildren();
    });
  }

  /** @param {boolean} mine @param {Theirs} theirs */
  choose(mine, theirs) {
    this.stale = false;
    this.field("revision").value = String(theirs.revision);
    if (!mine) {
      this.field("title").value = theirs.title;
      this.field("body").value = theirs.body;
      this.field("questions").value = theirs.questions.join("\n");
      this.kept = this.text();
      this.field("body").dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.later(0);
    this.field("body").focus();
  }

  /** A save that is under way would make the form's revision an old one. @param {SubmitEvent} event */
  submit(event) {
    clearTimeout(this.timer);
    const button = /** @type {HTMLElement | null} */ (event.submitter);
    const opensWindow = button?.getAttribute("formtarget") === "_blank";
    // Withdraw and its like go elsewhere and save nothing: what is in the window is saved first, once.
    const goesElsewhere = Boolean(button?.hasAttribute("formaction")) && !opensWindow;
    const first = goesElsewhere && this.changed() && !this.stale && this.savedFor !== button;
    if (this.saving || first) {
      event.preventDefault();
      this.savedFor = first ? button : null;
      (first ? this.save() : /** @type {Promise<void>} */ (this.saving)).finally(() => this.form.requestSubmit(button));
      return;
    }
    this.savedFor = null;
    // What could not be saved would be lost: the browser asks.
    if (!opensWindow) this.leaving = !goesElsewhere || !this.changed();
  }
}
