// The pane of one conversation: who has it, what can be done, the live log, and the field.

import { Thread } from "../shared/events.js";
import { Log, Place, button } from "../shared/log.js";
import { Composer } from "./composer.js";
import { fill, h } from "./dom.js";
import * as dialogs from "./dialogs.js";
import { moment } from "./time.js";
import { Translator } from "./translator.js";
import { locale, words } from "./words.js";

const PAGE = 50;
const KEPT = 20; // conversations whose events stay in memory
const TYPING_FOR = 6000;

/**
 * @typedef {import("../shared/log.js").Pending & {conversation: string}} Unsent
 * @typedef {object} Parts
 * @property {import("../shared/socket.js").Connection} connection
 * @property {import("./store.js").Store} store
 * @property {import("../shared/words.js").Words} say the log's own words
 * @property {() => void} changed something happened in the open conversation
 */

/** The log as the team reads it: what a customer thinks of an answer has a line of its own. */
class TeamLog extends Log {
  /** A translation is read in place of the text. @param {any} event @param {boolean} head @param {boolean} open @param {string} how */
  said(event, head, open, how) {
    const { shown, original = shown && event.text } = event;
    if (!original) return super.said(event, head, open, how);
    const element = super.said({ ...event, text: shown || event.text, html: "" }, head, open, how);
    const box = h("details", { class: "original" }, h("summary", {}, words.translated), original);
    element.querySelector(".text")?.after(box);
    return element;
  }

  /** @param {any} event */
  status(event) {
    if (event.kind === "feedback") return event.helpful ? words.helped : words.didNotHelp;
    if (event.kind === "disputed") return `${fill(words.disputed, event)} ${event.comment}`.trim();
    if (event.kind === "rated") {
      const { score, comment } = event;
      const told = fill(words.rated, { score, stars: "★".repeat(score) + "☆".repeat(5 - score) });
      return comment ? `${told} \u2068${comment}\u2069` : told;
    }
    if (event.kind === "verdict") return fill(words.judged, { name: event.from.name, verdict: words.verdicts[event.verdict] });
    if (event.kind === "replied") return fill(event.text ? words.replied : words.repliedUnknown, { name: event.from.name, text: event.text });
    if (event.kind === "erased") return words.erased;
    if (event.kind === "transferred" && !event.text) return event.to.id ? fill(words.ofTeam, event.to) : words.widened;
    if (event.kind === "snoozed") {
      const { until, from: { name } } = event;
      return until ? fill(words.snoozedUntil, { name, time: moment(until) }) : fill(words.snoozedReply, { name });
    }
    return super.status(event);
  }
}

export class ThreadPane {
  /** @param {HTMLElement} pane @param {Parts} parts */
  constructor(pane, { connection, store, say, changed }) {
    this.pane = pane;
    this.connection = connection;
    this.store = store;
    this.changed = changed;
    this.id = "";
    /** @type {Map<string, Thread>} */ this.threads = new Map();
    /** @type {Map<string, Unsent>} by the frame's id */ this.unsent = new Map();
    /** @type {Map<string, string>} the id of what was asked, to its button */ this.asked = new Map();
    this.typing = "";
    this.epoch = "";
    /** @type {any} */ this.timer = 0;
    this.told = "";
    this.translator = new Translator({ connection, changed: () => this.draw() });
    this.composer = new Composer({
      send: (mode, text, original) => this.send(mode, text, original), typing: (on) => this.tell(on),
      foreign: (row) => this.translator.foreign(row),
      translate: (text) => this.translator.text(this.id, text),
    });
    this.who = h("h2", {});
    this.handler = h("p", { class: "handler" });
    this.actions = h("div", { class: "actions" });
    this.list = h("div", { class: "log", role: "log", "aria-label": words.logLabel });
    this.older = h("button", { type: "button", class: "quiet older", click: () => this.earlier() }, words.older);
    const end = h("button", { type: "button", class: "end", hidden: true }, say.latest);
    this.box = h("div", { class: "scroll", tabindex: "0", scroll: () => this.read() }, this.older, this.list);
    this.notice = h("p", { class: "notice", role: "status" });
    this.head = h("header", { class: "head" },
      h("a", { class: "back", href: "#" }, words.back), h("div", {}, this.who, this.handler), this.actions);
    this.body = h("div", { class: "body" }, this.box, end);
    this.log = new TeamLog(this.list, { words: say, locale, me: "agent", act: (what, item) => this.act(what, item),
      extra: (event) => (event.can ? button(words.translateIt, () => this.translate(event.seq), "quiet translate") : undefined) });
    this.place = new Place(this.box, this.list, end);
    this.blank();
    for (const frame of connection.waiting) if (frame.text) this.keep(frame);
  }

  /** Nothing is open. @param {string} [title] @param {string} [text] */
  blank(title = words.pickTitle, text = words.pick) {
    this.pane.replaceChildren(h("div", { class: "nothing" }, h("h2", {}, title), h("p", {}, text),
      h("a", { class: "back", href: "#" }, words.back)));
  }

  /** @param {string} id a conversation, or none */
  open(id) {
    if (id === this.id) return;
    if (this.id) this.connection.send({ type: "leave", conversation: this.id });
    this.id = id;
    this.typing = "";
    this.notice.textContent = "";
    if (!id) return this.blank();
    this.pane.replaceChildren(this.head, this.body, this.notice, this.composer.element);
    this.list.replaceChildren();
    this.log.shown.clear();
    this.composer.open(id);
    this.ask();
    this.draw();
    this.place.end();
    this.read();
  }

  /** The events of a conversation; the least recently opened are forgotten. @param {string} id */
  thread(id) {
    const thread = this.threads.get(id) || new Thread(() => this.ask());
    this.threads.delete(id);
    this.threads.set(id, thread);
    const [oldest] = this.threads.keys();
    if (oldest && this.threads.size > KEPT) this.threads.delete(oldest);
    return thread;
  }

  /** Ask for what is not here yet: after a reconnect, a gap, or at first the newest page. */
  ask() {
    if (!this.id) return;
    const { last } = this.thread(this.id);
    const from = last ? { after: last, epoch: this.epoch } : { last: PAGE };
    this.connection.send({ type: "open", conversation: this.id, ...from });
  }

  earlier() {
    const [first] = this.thread(this.id).events;
    if (first) this.connection.send({ type: "earlier", conversation: this.id, before: first.seq, n: PAGE });
  }

  /** A frame about a conversation. @param {any} frame */
  receive(frame) {
    if (!this.threads.has(frame.conversation)) return;
    const thread = this.thread(frame.conversation);
    if (frame.type === "events") thread.page(frame);
    else if (frame.type === "event") this.event(thread, frame.event);
    else thread.preview(frame);
    if (frame.conversation !== this.id) return;
    if (frame.type === "events" || frame.type === "event") this.changed();
    this.draw();
    this.read();
  }

  /** @param {Thread} thread @param {import("../shared/events.js").Event} event */
  event(thread, event) {
    for (const fresh of thread.add(event)) {
      if (fresh.id) this.unsent.delete(fresh.id);
      if (fresh.from.role === "visitor") this.typing = "";
    }
  }

  draw() {
    if (!this.id) return;
    const row = this.store.rows.get(this.id);
    const thread = this.thread(this.id);
    this.who.textContent = row?.customer || "";
    this.handler.textContent = this.says(row);
    this.handler.dataset.handler = row?.handler || "";
    this.older.hidden = !thread.earlier;
    this.buttons(row);
    this.composer.handle(row);
    this.translator.look(row, thread.events);
    const stored = new Set(thread.events.map((event) => event.id).filter(Boolean));
    for (const id of stored) this.unsent.delete(/** @type {string} */ (id));
    const pending = [...this.unsent.values()].filter((one) => one.conversation === this.id);
    const declined = thread.events.findLast(({ kind }) => kind === "offered")?.seq; // an offer is the customer's to answer
    this.place.keep(() => this.log.draw(thread, { pending, typing: this.typing || undefined, declined }));
  }

  /** @param {import("./store.js").Row|undefined} row */
  says(row) {
    if (!row) return "";
    if (row.handler === "agent") return row.mine ? words.withMe : fill(words.withOther, { name: row.agent });
    return { assistant: words.withAssistant, queue: words.inQueue, closed: words.closed }[row.handler] || "";
  }

  /** @param {import("./store.js").Row|undefined} row */
  buttons(row) {
    const can = this.can(row);
    const key = JSON.stringify([this.id, can, [...this.asked.values()]]);
    if (this.actions.dataset.key === key) return;
    this.actions.dataset.key = key;
    const focused = /** @type {HTMLElement|null} */ (this.actions.querySelector(":focus"))?.dataset.what;
    this.actions.replaceChildren(
      ...can.map(([what, main]) => h("button", {
        type: "button", class: main && "main", "data-what": what, disabled: [...this.asked.values()].includes(what),
        click: () => this.verb(what),
      }, words[what])),
      h("a", { class: "about button", href: `#c/${this.id}/about` }, words.about));
    if (!focused) return;
    const next = this.actions.querySelector(`[data-what="${focused}"]`) || this.actions.querySelector("button, a");
    /** @type {HTMLElement|null} */ (next)?.focus();
  }

  /** What can be done now, the next step first. @param {import("./store.js").Row|undefined} row @returns {[string, boolean][]} */
  can(row) {
    if (!row || (row.handler === "agent" && !row.mine)) return [];
    if (row.handler === "agent") {
      return [["resolve", true], ["transfer", false], ["snooze", false], ["handBack", false]];
    }
    if (row.handler === "closed") return [["reopen", false]];
    return [["claim", true], ["resolve", false]];
  }

  /** @param {string} what a button or key: claim, resolve, reopen, transfer, snooze, handBack */
  verb(what) {
    if (!this.can(this.store.rows.get(this.id)).some(([name]) => name === what)) return;
    if (what === "handBack") dialogs.handBack((note) => this.change({ type: "hand_back", note }, what));
    else if (what === "transfer") dialogs.transfer(this.id, (frame) => this.change(frame, what));
    else if (what === "snooze") dialogs.snooze((until) => this.change({ type: what, until }, what));
    else this.change({ type: what }, what);
  }

  /** @param {Record<string, any>} frame @param {string} what */
  change(frame, what) {
    const sent = this.connection.change({ type: "", ...frame, conversation: this.id });
    this.asked.set(/** @type {string} */ (sent.id), what);
    this.notice.textContent = "";
    this.draw();
  }

  /** @param {number} seq a message to be read in one's own language */
  translate(seq) {
    this.translator.message(this.id, seq);
    this.draw();
  }

  /** @param {"message"|"note"} mode @param {string} text @param {string} [original] of which the text is a translation */
  send(mode, text, original) {
    this.keep(this.connection.change({ type: mode, conversation: this.id, text, ...(original && { original }) }));
    this.draw();
    this.place.end();
  }

  /** @param {any} frame a message or note on its way */
  keep(frame) {
    const state = this.connection.state === "open" ? "sending" : "kept";
    this.unsent.set(frame.id, { frame: { ...frame, kind: frame.type }, state, conversation: frame.conversation });
  }

  /** @param {any} frame an `ack` or an `error` that names what we asked @returns {boolean} whether it was ours */
  answered(frame) {
    const unsent = this.unsent.get(frame.id);
    const ours = !!unsent || this.asked.delete(frame.id);
    if (frame.type === "error") {
      if (frame.code === "rate_limited" || frame.code === "busy") return ours;
      const why = frame.message ?? fill(words.tooLong, frame);
      if (unsent) Object.assign(unsent, { state: "failed", why });
      else this.notice.textContent = why;
    } else if (unsent) unsent.state = "sent";
    this.draw();
    return ours;
  }

  /** @param {"accept"|"decline"|"edit"} what @param {any} frame */
  act(what, frame) {
    if (what !== "edit") return;
    this.unsent.delete(frame.id);
    this.composer.edit(frame.text, frame.type);
    this.draw();
  }

  /** The connection came or went. @param {boolean} open */
  online(open) {
    for (const unsent of this.unsent.values()) {
      if (unsent.state === "sending" || unsent.state === "kept") unsent.state = open ? "sending" : "kept";
    }
    if (open) this.ask();
    this.translator.online(open);
    this.draw();
  }

  /** @param {any} frame somebody types */
  types(frame) {
    if (frame.conversation !== this.id) return;
    clearTimeout(this.timer);
    this.typing = frame.on ? frame.name || words.customer : "";
    if (frame.on) {
      this.timer = setTimeout(() => {
        this.typing = "";
        this.draw();
      }, TYPING_FOR);
    }
    this.draw();
  }

  /** @param {boolean} on */
  tell(on) {
    if (this.id) this.connection.send({ type: "typing", conversation: this.id, on });
  }

  /** What is seen is read: the conversation is mine, this page is looked at, and the end is in sight. */
  read() {
    const row = this.store.rows.get(this.id);
    const { last } = this.id ? this.thread(this.id) : { last: 0 };
    if (!row?.mine || !(row.unread || row.calls) || document.hidden || !last || this.place.below > 80) return;
    if (this.told === `${this.id}:${last}`) return;
    this.told = `${this.id}:${last}`;
    this.connection.send({ type: "read", conversation: this.id, seq: last });
  }

  /** @param {string} code @param {string} message an `error` about `open` */
  refused(code, message) {
    if (code !== "not_found" || !this.id) return;
    this.threads.delete(this.id);
    this.id = "";
    this.blank(message, "");
  }
}
