// Messages in one's own language, and one's own words in the customer's: asked of the server, one after the other.

import { uuid } from "../shared/socket.js";
import { words } from "./words.js";

const AT_ONCE = 10; // the newest messages of a customer that are translated unasked

/** @param {string|undefined} code @returns {string} without its region */
const base = (code) => (code || "").replace(/-.*/, "").toLowerCase();

/**
 * @typedef {import("./store.js").Row} Row
 * @typedef {{shown?: string, why?: string, asked?: boolean}} State
 * @typedef {{conversation: string, seq?: number, text?: string, done: (frame: any) => void}} Wish
 */

export class Translator {
  /** @param {{connection: import("../shared/socket.js").Connection, changed: () => void}} parts */
  constructor({ connection, changed }) {
    this.connection = connection;
    this.changed = changed;
    /** @type {Map<string, State>} by conversation and seq */ this.known = new Map();
    /** @type {Wish[]} */ this.wishes = [];
    /** @type {{id: string, wish: Wish}|null} */ this.running = null;
  }

  /** The customer's language where this person does not read it, else "". @param {Row|undefined} row */
  foreign(row) {
    return this.isForeign(row, row?.language) ? base(row?.language) : "";
  }

  /** @param {Row|undefined} row @param {string|undefined} language */
  isForeign(row, language) {
    return !!row?.translate && !!language && !row.translate.includes(base(language));
  }

  /** Put what is known on the events, and ask for what a person who answers has to read. @param {Row|undefined} row @param {LogEvent[]} events */
  look(row, events) {
    if (!row?.translate) return;
    const messages = events.filter(({ kind, from }) => kind === "message" && from.role !== "agent");
    const theirs = messages.filter((event) => this.isForeign(row, event.language || row.language));
    const unasked = /queue|agent/.test(row.handler) ? theirs.filter(({ from }) => from.role === "visitor").slice(-AT_ONCE) : [];
    for (const { seq } of unasked.reverse()) if (!this.known.has(`${row.conversation}:${seq}`)) this.message(row.conversation, seq);
    for (const event of theirs) {
      const { shown, why, asked } = this.known.get(`${row.conversation}:${event.seq}`) || {};
      Object.assign(event, { shown, why, can: !shown && !asked, sign: `${shown}${asked}` });
    }
  }

  /** @param {string} conversation @param {number} seq */
  message(conversation, seq) {
    const key = `${conversation}:${seq}`;
    this.known.set(key, { asked: true });
    this.wish({ conversation, seq, done: (frame) => {
      this.known.set(key, frame.type === "error" ? { why: frame.message } : { shown: frame.text, why: warned(frame.warnings) });
      this.changed();
    } });
  }

  /** One's own words in the customer's language. @param {string} conversation @param {string} text @returns {Promise<{text: string, why: string}>} */
  text(conversation, text) {
    return new Promise((resolve, reject) => {
      const done = (/** @type {any} */ frame) => (
        frame.type === "error" ? reject(new Error(frame.message)) : resolve({ text: frame.text, why: warned(frame.warnings) }));
      this.wishes.unshift({ conversation, text, done });
      this.next();
    });
  }

  /** @param {Wish} wish */
  wish(wish) {
    this.wishes.push(wish);
    this.next();
  }

  next() {
    if (this.running || this.connection.state !== "open") return;
    const wish = this.wishes.shift();
    if (!wish) return;
    const id = uuid();
    this.running = { id, wish };
    const { conversation, seq, text } = wish;
    this.connection.send({ type: "translate", id, conversation, seq, text });
  }

  /** @param {any} frame a `translation` or an `error` @returns {boolean} whether it was ours */
  receive(frame) {
    if (!this.running || frame.id !== this.running.id) return false;
    const { wish } = this.running;
    this.running = null;
    wish.done(frame);
    this.next();
    return true;
  }

  /** The connection came or went: what was on its way is asked for again. @param {boolean} open */
  online(open) {
    if (!open && this.running) {
      this.wishes.unshift(this.running.wish);
      this.running = null;
    }
    if (open) this.next();
  }
}

/** @param {string[]} warnings */
const warned = (warnings) => warnings.map((code) => words.warnings[code]).filter(Boolean).join(" ");
