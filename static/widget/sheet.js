// What the customer sees: head, log, field. It draws what it is told and says what was done; it decides nothing.
import { button, make, Place } from "../shared/log.js";
import { fill } from "../shared/words.js";

const MOST = 4000;
const WARN = 3600;
// Unicode White_Space, as the server judges it: not what trim() takes away.
const EDGES = /^\p{White_Space}+|\p{White_Space}+$/gu;
const PHONE = matchMedia("(max-width: 480px), (max-height: 480px) and (pointer: coarse)");
const page = document.documentElement.style;

/** @typedef {{send: (text: string) => void, person: () => void, typed: () => void, moved: () => void,
 *   opened: () => void, closed: () => void}} Does */

export class Sheet {
  /** @param {any} face @param {any} words @param {Does} does */
  constructor(face, words, does) {
    this.face = face;
    this.words = words;
    this.does = does;
    /** @param {HTMLButtonElement} element @param {string} label @param {string} path */
    const iconed = (element, label, path) => {
      element.ariaLabel = label;
      element.append(face.icon(path));
      return element;
    };
    this.who = make("h2");
    this.how = make("p");
    this.net = make("div", "bar net");
    this.intro = make("div", "intro");
    this.log = make("div", "log");
    this.box = make("div", "box", this.intro, this.log);
    this.box.tabIndex = 0;
    this.box.ariaLabel = words.help;
    this.box.role = "log";
    this.box.ariaLive = "off";
    this.end = button(words.latest, () => {}, "end");
    this.end.prepend(face.icon("M12 5v14M6 13l6 6 6-6"));
    this.queue = make("div", "bar");
    this.net.role = this.queue.role = "status";
    this.field = make("textarea");
    this.field.rows = 1;
    this.field.dir = "auto";
    this.field.placeholder = this.field.ariaLabel = words.field;
    this.person = button("", () => does.person(), "person");
    this.count = make("span", "count");
    this.count.role = "status";
    this.voice = make("div", "voice");
    this.voice.ariaLive = "polite";
    this.form = make("form", "",
      make("div", "line", this.field, iconed(make("button", "icon go"), words.send, "M12 19V5M6 11l6-6 6 6")),
      make("div", "under", this.person, this.count));
    this.dialog = make("dialog", "sheet",
      make("header", "", make("div", "", this.who, this.how),
        iconed(button("", () => this.close(), "icon"), words.close, "M6 6l12 12M18 6L6 18")),
      this.net, make("main", "", this.box, this.end), this.queue, this.form, this.voice);
    this.dialog.lang = words.lang;
    this.dialog.dir = words.dir || "ltr";
    this.dialog.ariaLabel = words.help;
    face.root.append(this.dialog);
    this.place = new Place(this.box, this.log, this.end);
    this.listen();
  }

  listen() {
    const { field, dialog, does } = this;
    dialog.oncancel = (event) => {
      event.preventDefault();
      this.close();
    };
    dialog.onkeydown = (event) => {
      event.stopPropagation();
      const { key, shiftKey, isComposing } = event;
      if (key === "Escape" && !isComposing) this.close();
      if (key !== "Enter" || event.composedPath()[0] !== field || shiftKey || isComposing || PHONE.matches) return;
      event.preventDefault();
      this.send();
    };
    this.form.onsubmit = (event) => {
      event.preventDefault();
      this.send();
    };
    field.oninput = () => {
      this.measure();
      does.typed();
    };
    this.box.onscroll = () => does.moved();
    addEventListener("popstate", () => this.close(true));
    const { visualViewport: seen } = window;
    if (seen) seen.onresize = seen.onscroll = () => this.fit();
  }

  open() {
    const { dialog, face } = this;
    if (dialog.open) return;
    this.phone = PHONE.matches;
    if (this.phone) {
      dialog.showModal();
      if (!history.state?.tandem) history.pushState({ tandem: true }, "");
      this.overflow = page.overflow;
      page.overflow = "hidden";
    } else dialog.show();
    this.remember("1");
    face.launcher.hidden = true;
    this.fit();
    (this.phone ? this.box : this.field).focus();
    this.place.end();
    this.does.opened();
  }

  /** @param {boolean} [back] the browser went back already */
  close(back) {
    const { dialog, face } = this;
    if (!dialog.open) return;
    dialog.close();
    if (this.phone) {
      page.overflow = this.overflow || "";
      if (!back && history.state?.tandem) history.back();
    }
    this.remember("");
    face.launcher.hidden = false;
    face.launcher.focus();
    this.does.closed();
  }

  /** A reload finds the sheet as it was. @param {string} open */
  remember(open) {
    try { sessionStorage.setItem(this.face.key, open); } catch { /* closed */ }
  }

  /** A phone's keyboard takes its part of the screen. */
  fit() {
    const { height = 0, offsetTop = 0 } = window.visualViewport || {};
    this.dialog.style.setProperty("--height", `${height}px`);
    this.dialog.style.setProperty("--top", `${offsetTop}px`);
  }

  /** The field grows with its text, and counts near the limit. @returns {number} how many code points too many */
  measure() {
    const { field, count, words } = this;
    field.style.height = "0";
    field.style.height = `${field.scrollHeight + 2}px`;
    const over = [...field.value.replace(EDGES, "")].length - MOST;
    count.textContent = over > 0 ? fill(words.too_long, { n: over }) : over > WARN - MOST ? fill(words.left, { n: -over }) : "";
    count.classList.toggle("over", over > 0);
    return over;
  }

  send() {
    const { value } = this.field;
    const bare = value.replace(EDGES, "");
    if (this.measure() > 0 || !bare) return;
    this.write("");
    this.does.send(value.length > bare.length + MOST ? bare : value); // a frame has room for so much white space
    this.place.end();
  }

  /** @param {string} text into the field */
  write(text) {
    this.field.value = text;
    this.measure();
    this.field.focus();
  }

  /** @param {HTMLElement} bar @param {string} text @param {string} [label] @param {() => void} [act] */
  bar(bar, text, label = "", act = () => {}) {
    if (bar.textContent !== text + label) bar.replaceChildren(text, label && button(label, act));
  }
}
