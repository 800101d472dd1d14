// The pane about a conversation: the server renders it, this fetches it again when something happened.

import { h } from "./dom.js";
import { words } from "./words.js";

const SETTLE = 400; // ms: several events at once are one fetch

export class Side {
  /** @param {HTMLElement} pane @param {(verdict: string) => void} judge what a person thinks of the last escalation */
  constructor(pane, judge) {
    this.pane = pane;
    pane.addEventListener("click", ({ target }) => {
      const button = /** @type {HTMLElement|null} */ (target instanceof Element ? target.closest("[data-verdict]") : null);
      if (button?.dataset.verdict) judge(button.dataset.verdict);
    });
    this.id = "";
    /** @type {any} */ this.timer = 0;
    /** @type {AbortController|null} */ this.running = null;
  }

  /** @param {string} id a conversation, or none */
  open(id) {
    if (id === this.id) return;
    this.id = id;
    this.pane.hidden = !id;
    this.pane.replaceChildren();
    if (id) this.fetch();
  }

  /** Something happened in this conversation. */
  changed() {
    clearTimeout(this.timer);
    if (this.id) this.timer = setTimeout(() => this.fetch(), SETTLE);
  }

  async fetch() {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    try {
      const answer = await fetch(`/console/side/${this.id}/`, { signal: running.signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      this.show(await answer.text());
    } catch (fault) {
      if (!running.signal.aborted) this.fail();
    }
  }

  /** @param {string} html of our own server, escaped there */
  show(html) {
    const open = new Set([...this.pane.querySelectorAll("details[open]")].map((box) => box.id));
    const top = this.pane.scrollTop;
    this.pane.innerHTML = html;
    for (const box of this.pane.querySelectorAll("details")) if (open.has(box.id)) box.setAttribute("open", "");
    this.pane.scrollTop = top;
  }

  fail() {
    if (this.pane.childElementCount) return;
    this.pane.replaceChildren(h("p", { class: "empty" }, words.sideFailed),
      h("button", { type: "button", click: () => this.fetch() }, words.retry));
  }
}
