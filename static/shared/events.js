// What a conversation is, from its events. `apply` is the twin of chat/fold.py.
/** @typedef {LogEvent} Event */

/** @returns {State} */
export const initial = () => ({
  handler: "assistant", floor: 0, case: 1, assignee: null, agent: null, team: null, last_seq: 0, last_visible_seq: 0,
  answered_seq: 0, language: "en", moods: [], unknowns: 0, offered: false, asked_seq: 0, waiting_since: null,
});

const forgotten = { moods: /** @type {number[]} */ ([]), unknowns: 0 };

/** Who has it then. @type {Record<string, (state: State, event: Event) => Partial<State>>} */
const MOVES = {
  escalated: (state, { at, language }) => ({
    handler: "queue", waiting_since: state.waiting_since || at, language: language || state.language,
  }),
  returned: () => ({ handler: "assistant", waiting_since: null, ...forgotten }),
  claimed: (_, { agent, name }) => ({ handler: "agent", assignee: agent, agent: name }),
  released: () => ({ handler: "queue" }),
  transferred: (_, { to: { kind, id, name } }) => (
    kind === "agent" ? { handler: kind, assignee: id, agent: name } : { handler: "queue", team: id }),
  handed_back: () => ({ handler: "assistant", waiting_since: null, ...forgotten }),
  resolved: () => ({ handler: "closed", waiting_since: null }),
  reopened: (state, { handler }) => ({ handler: handler || "assistant", case: state.case + 1, ...forgotten }),
};

/** @param {State} state @param {Event} event @returns {Partial<State>} */
function said(state, { from: { role }, seq, at, language, mood, answered, aside }) {
  if (role === "visitor") {
    return {
      offered: false,
      asked_seq: aside ? state.asked_seq : 0,
      language: language || state.language,
      waiting_since: state.waiting_since || at,
      moods: mood == null ? state.moods : [...state.moods, mood].slice(-5),
    };
  }
  const unknowns = answered === "unknown" ? state.unknowns + 1 : 0;
  return { answered_seq: seq, waiting_since: null, unknowns: role === "assistant" ? unknowns : state.unknowns };
}

/** The state after one more event. Pure. @param {State} state @param {Event} event @returns {State} */
export function apply(state, event) {
  const { kind, seq } = event;
  const move = MOVES[kind];
  return {
    ...state,
    last_seq: seq,
    asked_seq: kind === "asked" ? seq : /offered|replied/.test(kind) ? 0 : state.asked_seq,
    last_visible_seq: /note|feedback|disputed|verdict|snoozed|replied/.test(kind) ? state.last_visible_seq : seq,
    ...(kind === "offered" && { offered: true }),
    ...(kind === "message" && said(state, event)),
    ...(move && { floor: state.floor + 1, assignee: null, agent: null, offered: false, asked_seq: 0, ...move(state, event) }),
  };
}

/** The events of one conversation in order, what follows from them, and the preview of the running turn. */
export class Thread {
  /** @param {() => void} resume asks the server for what came after `last` */
  constructor(resume) {
    this.resume = resume;
    /** @type {Event[]} */ this.events = [];
    this.state = initial();
    this.last = 0;
    this.earlier = this.asked = this.paging = false;
    /** Too early, by `prev`. @type {Map<number, Event>} */ this.ahead = new Map();
    /** @type {Turn|null} */ this.turn = null;
    /** @type {Map<string, number>} */ this.ended = new Map();
  }

  /** The server begins anew. */
  reset() {
    Object.assign(this, new Thread(this.resume));
  }

  /** The server's answer to `hello`, `open` or `earlier`. @param {Page} page */
  page({ events, more, earlier, reset, turn, conversation }) {
    if (reset) this.reset();
    const [first] = this.events;
    const [head] = events;
    if (first && head && head.seq < first.seq) {
      const older = events.filter(({ seq }) => seq < first.seq);
      if (older.at(-1)?.seq !== first.prev) return;
      this.events.unshift(...older);
      this.earlier = !!earlier;
      return;
    }
    if (!this.paging) this.turn = null;
    if (!first && head) {
      this.last = head.prev;
      this.earlier = !!earlier;
    }
    for (const event of events) this.add(event);
    // The newest page alone does not tell who has it.
    if (!first && earlier && conversation?.handler) {
      Object.assign(this.state, { handler: conversation.handler, agent: conversation.agent?.name || null });
    }
    this.asked = this.paging = !!more;
    if (turn) this.preview(turn);
  }

  /**
   * A live event. An old one changes nothing; one whose predecessor is missing waits, and the server is asked.
   * @param {Event} event @returns {Event[]} what is new now
   */
  add(event) {
    const fresh = [];
    if (event.seq > this.last) this.ahead.set(event.prev, event);
    for (let next; (next = this.ahead.get(this.last)); fresh.push(next)) this.take(next);
    for (const [prev, { seq }] of this.ahead) if (seq <= this.last) this.ahead.delete(prev);
    if (this.ahead.size && !this.asked) {
      this.asked = true;
      this.resume();
    }
    return fresh;
  }

  /** @param {Event} event */
  take(event) {
    this.events.push(event);
    this.last = event.seq;
    this.state = apply(this.state, event);
    const answer = event.kind === "message" && event.from.role === "assistant";
    if (this.turn && (answer || this.state.handler !== "assistant")) this.end(this.turn.turn);
  }

  /** @param {string} turn @param {number} [attempt] up to which it is over; a higher one begins again */
  end(turn, attempt = Infinity) {
    this.ended.set(turn, attempt);
    this.turn = null;
  }

  /** A `turn` or `delta` frame: a lower attempt is ignored, a higher one starts again. @param {any} frame */
  preview({ turn, attempt, state, doing, offset = 0, text }) {
    const old = this.turn?.turn === turn ? this.turn : null;
    if (attempt <= (this.ended.get(turn) ?? 0) || (old && attempt < old.attempt)) return;
    if (state === "dropped" || /queue|agent/.test(this.state.handler)) return this.end(turn, attempt);
    /** @type {Turn} */ const now = old && old.attempt === attempt ? { ...old } : { turn, attempt, state: "thinking", text: "" };
    now.state = state || "writing";
    now.doing = doing ?? now.doing;
    if (text != null) {
      const shown = [...now.text];
      if (offset <= shown.length) now.text = shown.slice(0, offset).join("") + text;
    }
    this.turn = state === "done" && !now.text ? null : now;
  }
}
