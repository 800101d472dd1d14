// An escalation calls: a banner in the page, a sound, a desktop notification, and the number in the title.

import { fill, h, keep } from "./dom.js";
import { words } from "./words.js";
import { kept } from "./kept.js";

const seen = kept("alerts", /** @type {string[]} */ ([]));
const SHOWN = 1; // the others are rows with an edge: a wall of banners would hide what one is writing

export class Alerts {
  /**
   * @param {{box: HTMLElement, button: HTMLButtonElement, store: import("./store.js").Store,
   *   sound: import("./sound.js").Sound, open: (id: string) => void, claim: (id: string) => void}} parts
   */
  constructor({ box, button, store, sound, open, claim }) {
    this.box = box;
    this.button = button;
    this.store = store;
    this.sound = sound;
    this.open = open;
    this.claim = claim;
    /** @type {Map<string, HTMLElement>} */ this.banners = new Map();
    /** @type {Set<string>} */ this.hidden = new Set();
    /** @type {Set<string>} */ this.seen = new Set(seen.load());
    /** The conversation that is open: it needs no banner. */ this.current = "";
    this.more = h("p", { class: "more" });
    button.addEventListener("click", () => this.ask());
    this.drawButton();
  }

  /** The same (conversation, seq) twice is one alert: it is shown again, and calls once. @param {import("./store.js").Alert} alert */
  arrive(alert) {
    this.store.alerts.set(alert.conversation, alert);
    const key = `${alert.conversation}:${alert.seq}`;
    if (!this.seen.has(key)) {
      this.seen.add(key);
      seen.store([...this.seen].slice(-200));
      this.call(alert, key);
    }
    this.draw();
  }

  /** @param {import("./store.js").Alert} alert @param {string} key */
  call(alert, key) {
    this.sound.play("escalation");
    const title = fill(words.waits, { customer: this.customer(alert) });
    this.tell(title, alert.reasons.map(({ text }) => text).join(" "), key, alert.conversation);
  }

  /** A message in what is mine while this page is not looked at. @param {import("./store.js").Row} row */
  message(row) {
    this.sound.play("message");
    if (document.hidden) this.tell(fill(words.wrote, row), row.last?.text || "", row.conversation, row.conversation);
  }

  /** A desktop notification, where the person allowed them. @param {string} title @param {string} body @param {string} tag @param {string} id */
  tell(title, body, tag, id) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    try {
      const note = new Notification(title, { body, tag });
      note.onclick = () => {
        focus();
        this.open(id);
        note.close();
      };
    } catch { /* phones have notifications only from a service worker */ }
  }

  async ask() {
    await Notification.requestPermission();
    this.drawButton();
  }

  drawButton() {
    this.button.hidden = !("Notification" in window) || Notification.permission !== "default";
  }

  /** @param {import("./store.js").Alert} alert */
  customer(alert) {
    return this.store.rows.get(alert.conversation)?.customer || "";
  }

  /** The newest as a banner, the others as a number. */
  draw() {
    const standing = [...this.store.alerts.values()]
      .filter(({ conversation, seq }) => conversation !== this.current && !this.hidden.has(`${conversation}:${seq}`))
      .sort((a, b) => (a.at < b.at ? 1 : -1));
    for (const id of this.banners.keys()) if (!this.store.alerts.has(id)) this.banners.delete(id);
    const shown = standing.slice(0, SHOWN).map((alert) => this.banner(alert));
    const more = standing.length - shown.length;
    this.more.textContent = fill(words.more, { n: more });
    keep(this.box, more > 0 ? [...shown, this.more] : shown);
    const waiting = this.store.waiting();
    document.title = `${waiting ? `(${waiting}) ` : ""}${words.title} · Tandem`;
  }

  /** @param {import("./store.js").Alert} alert */
  banner(alert) {
    const known = this.banners.get(alert.conversation);
    if (known && known.dataset.seq === String(alert.seq)) return known;
    const [first] = alert.reasons;
    const banner = h("div", { class: "alert", role: "alert", "data-seq": alert.seq },
      h("p", {}, h("strong", {}, fill(words.waits, { customer: this.customer(alert) })), " ",
        h("span", {}, first ? first.text : ""), first?.evidence && h("q", { dir: "auto" }, first.evidence)),
      alert.summary && h("p", { class: "summary", dir: "auto" }, alert.summary),
      h("div", { class: "actions" },
        !this.store.rows.get(alert.conversation)?.mine
          && h("button", { type: "button", class: "main", click: () => this.claim(alert.conversation) }, words.claim),
        h("button", { type: "button", click: () => this.open(alert.conversation) }, words.open),
        h("button", { type: "button", class: "quiet", click: () => this.hide(alert) }, words.hide)));
    this.banners.set(alert.conversation, banner);
    return banner;
  }

  /** Out of the way; the row keeps its edge until someone has it. @param {import("./store.js").Alert} alert */
  hide(alert) {
    this.hidden.add(`${alert.conversation}:${alert.seq}`);
    this.draw();
  }
}
