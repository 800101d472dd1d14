// What the assistant asks this person: a card with the customer's words, a field for the reply, and two ways out.

import { draft, keepDraft } from "./drafts.js";
import { fill, h, keep } from "./dom.js";
import { words } from "./words.js";

const MOST = 4000; // code points, as the protocol says
const TOLD_FOR = 8000; // ms that the end of a question is told
const DRAFT = "asked"; // beside "message" and "note"

/**
 * @typedef {{conversation: string, seq: number, text: string, language: string, customer: string, site: string,
 *   at: string, until: string}} Question
 * @typedef {{question: Question, element: HTMLElement, field: HTMLTextAreaElement, left: HTMLElement, said: HTMLElement,
 *   buttons: HTMLButtonElement[], why: HTMLElement}} Card
 */

export class Questions {
  /**
   * @param {{box: HTMLElement, connection: import("../shared/socket.js").Connection, sound: import("./sound.js").Sound,
   *   tell: (title: string, body: string, tag: string, id: string) => void, open: (id: string) => void}} parts
   */
  constructor({ box, connection, sound, tell, open }) {
    this.box = box;
    this.connection = connection;
    this.sound = sound;
    this.tell = tell;
    this.open = open;
    /** @type {Map<string, Card>} by conversation */ this.cards = new Map();
    /** @type {Map<string, string>} the id of what was sent, to its conversation */ this.sent = new Map();
    /** @type {Set<HTMLElement>} */ this.told = new Set();
    /** @type {Set<string>} what a welcome has not told again yet */ this.stale = new Set();
    /** @type {Set<string>} */ this.heard = new Set();
  }

  /** A welcome: what still stands comes again right after it. */
  begin() {
    this.stale = new Set(this.cards.keys());
    setTimeout(() => {
      for (const id of this.stale) this.drop(id);
      this.stale.clear();
    }, 2000);
  }

  /** @param {Question} question */
  arrive(question) {
    const { conversation, seq, text } = question;
    this.stale.delete(conversation);
    const there = this.cards.get(conversation);
    if (there?.question.seq === seq) {
      there.said.textContent = text; // the customer asked more before anybody replied
      return;
    }
    const key = `${conversation}:${seq}`;
    if (!this.heard.has(key)) {
      this.heard.add(key);
      this.sound.play("message");
      if (document.hidden) this.tell(words.asks, text, `asked:${key}`, conversation);
    }
    this.cards.set(conversation, this.card(question));
    this.draw();
  }

  /** @param {{conversation: string, seq: number, why: string, name?: string}} ending */
  over({ conversation, seq, why, name = "" }) {
    const card = this.cards.get(conversation);
    if (!card || card.question.seq !== seq) return;
    const had = card.element.contains(document.activeElement);
    const begun = card.field.value;
    this.drop(conversation);
    const mine = [...this.sent.values()].includes(conversation);
    if (why === "passed" || (mine && !begun)) return;
    const sentence = { answered: words.asksAnswered, unknown: words.asksNobody }[why] || words.asksOver;
    const line = h("p", { class: "question-over", role: "status", tabindex: "-1" }, fill(sentence, { name }));
    this.told.add(line);
    this.draw();
    if (had) line.focus();
    setTimeout(() => {
      this.told.delete(line);
      this.draw();
    }, TOLD_FOR);
  }

  /** @param {any} frame an `ack` or an `error` @returns {boolean} whether it was about a question */
  answered(frame) {
    const conversation = this.sent.get(frame.id);
    if (conversation === undefined) return false;
    const card = this.cards.get(conversation);
    if (frame.type === "error" && (frame.code === "rate_limited" || frame.code === "busy")) return true;
    if (frame.type === "error" && card) {
      card.why.textContent = frame.message;
      for (const button of card.buttons) button.disabled = false;
      this.sent.delete(frame.id);
    } else {
      if (frame.type === "ack") keepDraft(conversation, DRAFT, "");
      this.drop(conversation);
      setTimeout(() => this.sent.delete(frame.id), TOLD_FOR); // its end is no news here
    }
    return true;
  }

  /** The minutes go down. */
  tick() {
    for (const { question, left } of this.cards.values()) {
      const minutes = Math.ceil((+new Date(question.until) - Date.now()) / 60000);
      left.textContent = minutes > 1 ? fill(words.asksMinutes, { n: minutes }) : words.asksSoon;
    }
  }

  draw() {
    this.tick();
    keep(this.box, [...[...this.cards.values()].map(({ element }) => element), ...this.told]);
  }

  /** @param {string} conversation */
  drop(conversation) {
    this.cards.delete(conversation);
    this.draw();
  }

  /** @param {Question} question @returns {Card} */
  card(question) {
    const { conversation, text, customer, site, seq } = question;
    const name = `asked-${conversation}`;
    const field = /** @type {HTMLTextAreaElement} */ (h("textarea", {
      rows: 2, maxlength: MOST, "aria-describedby": `${name}-hint`,
      input: () => keepDraft(conversation, DRAFT, field.value),
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Escape") field.blur();
        if (event.key === "Escape" || (event.key === "Enter" && event.ctrlKey)) event.preventDefault();
        if (event.key === "Enter" && event.ctrlKey) reply();
      },
    }));
    field.value = draft(conversation, DRAFT);
    const left = h("p", { class: "left" });
    const said = h("blockquote", { dir: "auto" }, text);
    const why = h("p", { class: "over", role: "status" });
    /** @param {Record<string, any>} frame */
    const send = (frame) => {
      why.textContent = "";
      for (const button of buttons) button.disabled = true;
      this.sent.set(/** @type {string} */ (this.connection.change({ type: "", ...frame, conversation, asked: seq }).id), conversation);
    };
    const reply = () => {
      if (/^\p{White_Space}*$/u.test(field.value)) return field.focus();
      send({ type: "reply", text: field.value });
    };
    /** @param {string} label @param {() => void} click @param {string} [look] */
    const button = (label, click, look) => /** @type {HTMLButtonElement} */ (h("button", { type: "button", class: look, click }, label));
    const buttons = [
      button(words.asksSend, reply, "main"),
      button(words.asksUnknown, () => send({ type: "decline", why: "unknown" })),
      button(words.asksNotMe, () => send({ type: "decline", why: "not_me" })),
    ];
    const element = h("section", { class: "question", role: "group", "aria-labelledby": `${name}-head` },
      h("h2", { id: `${name}-head` }, `${words.asks} · ${customer} · ${site}`), left,
      said,
      h("label", {}, words.asksReply, field), h("p", { class: "hint", id: `${name}-hint` }, words.asksHint), why,
      h("div", { class: "actions" }, ...buttons, button(words.asksOpen, () => this.open(conversation), "quiet")));
    return { question, element, field, left, said, buttons, why };
  }
}
