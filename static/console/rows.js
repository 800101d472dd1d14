// The pane of rows: a list each for who waits, what is mine, what others have, the assistant's, and what is closed.

import { fill, h, keep } from "./dom.js";
import { moodLine } from "./mood.js";
import { LISTS } from "./store.js";
import { moment, show } from "./time.js";
import { locale, words } from "./words.js";

const OPEN = "tandem.console.lists";
const numbers = new Intl.NumberFormat(locale);

/** @returns {Record<string, boolean>} which lists this person has open */
function opened() {
  const usual = { queue: true, mine: true, snoozed: false, others: true, assistant: true, closed: false };
  return { ...usual, ...JSON.parse(localStorage.getItem(OPEN) || "{}") };
}

export class Rows {
  /** @param {HTMLElement} pane @param {import("./store.js").Store} store */
  constructor(pane, store) {
    this.store = store;
    this.current = "";
    /** @type {Map<string, HTMLElement>} */ this.items = new Map();
    const open = opened();
    this.sections = LISTS.map((list) => {
      const count = h("span", { class: "count" });
      const rows = h("ul", {});
      const empty = h("p", { class: "empty" }, words.empty[list]);
      const box = h("details", { "data-list": list, open: open[list], toggle: () => this.remember() },
        h("summary", {}, h("h2", {}, words.lists[list]), count), rows, empty);
      return { list, count, rows, empty, box };
    });
    pane.append(...this.sections.map(({ box }) => box));
  }

  remember() {
    const open = Object.fromEntries(this.sections.map(({ list, box }) => [list, box.hasAttribute("open")]));
    localStorage.setItem(OPEN, JSON.stringify(open));
  }

  /** Show what the store holds. */
  draw() {
    const focused = /** @type {HTMLElement|null} */ (document.activeElement?.closest("a.row"));
    for (const { list, count, rows, empty } of this.sections) {
      const listed = this.store.list(list);
      count.textContent = numbers.format(this.store.count(list));
      empty.hidden = listed.length > 0;
      keep(rows, listed.map((row) => this.item(row)));
    }
    for (const id of this.items.keys()) if (!this.store.rows.has(id)) this.items.delete(id);
    if (focused?.isConnected && document.activeElement !== focused) focused.focus();
  }

  /** @param {import("./store.js").Row} row @returns {HTMLElement} */
  item(row) {
    const item = this.items.get(row.conversation) || h("li", {});
    this.items.set(row.conversation, item);
    const key = JSON.stringify([row, row.conversation === this.current, this.store.several]);
    if (item.dataset.key === key) return item;
    item.dataset.key = key;
    const link = item.querySelector("a") || item.appendChild(h("a", { class: "row", href: `#c/${row.conversation}` }));
    link.dataset.handler = row.handler;
    link.toggleAttribute("data-unread", row.unread > 0);
    if (row.conversation === this.current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    link.replaceChildren(...cells(row, this.store.several));
    return item;
  }

  /** @param {string} id the conversation that is open */
  mark(id) {
    this.current = id;
    this.draw();
  }

  /** Move the focus among the rows that are seen. @param {number} step 1 or -1 */
  move(step) {
    const links = this.sections.filter(({ box }) => box.hasAttribute("open"))
      .flatMap(({ rows }) => /** @type {HTMLElement[]} */ ([...rows.querySelectorAll("a.row")]));
    const from = links.findIndex((link) => link === document.activeElement);
    const start = from >= 0 ? from : links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = links[Math.max(0, Math.min(links.length - 1, start + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }
}

/** @param {import("./store.js").Row} row @param {boolean} several sites are on the page @returns {HTMLElement[]} */
function cells(row, several) {
  const time = /** @type {HTMLTimeElement} */ (h("time", { "data-ago": true }));
  const until = row.snoozed && row.snoozed !== "reply" ? row.snoozed : "";
  show(time, until ? "" : row.waiting_since || row.last?.at || row.changed_at);
  const why = row.reasons[0];
  const what = row.unread && row.last ? row.last.text : row.subject;
  return [
    h("span", { class: "row-top" }, h("span", { class: "who" }, row.customer),
      several && h("span", { class: "with" }, row.site),
      row.team && h("span", { class: "with" }, row.team),
      row.handler === "agent" && !row.mine && h("span", { class: "with" }, row.agent),
      why && row.handler !== "closed" && h("span", { class: "why" }, words.reasons[why] || why)),
    h("span", { class: "row-end" }, time, until && h("time", { datetime: until }, moment(until))),
    h("span", { class: "row-what" }, h("span", { class: "what", dir: "auto" }, what || words.noSubject)),
    h("span", { class: "row-end" },
      row.here && row.here.state !== "open" && h("span", { class: "here" }, words[row.here.state] || row.here.state),
      row.mood != null && row.handler !== "closed" && moodLine(row.mood),
      row.unread > 0 && h("span", { class: "badge" }, h("span", { "aria-hidden": "true" }, numbers.format(row.unread)),
        h("span", { class: "unseen" }, fill(words.unread, { n: row.unread })))),
  ];
}
