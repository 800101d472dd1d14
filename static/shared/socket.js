// One connection for widget and console: hello, ping with a deadline, reconnect, and an outbox that loses nothing.
/** @typedef {{load: () => Frame[], add: (frame: Frame) => void, drop: (id: string) => void}} Outbox */

// Milliseconds; docs/protocol.md says those of coming back.
const TIMES = { ping: 20000, deadline: 10000, glance: 4000, ack: 15000, floor: 500, ceiling: 30000, spread: 5000, flood: 30000 };
const RESTART = [1001, 1006, 1011, 1012, 4001, 4012];
const FINAL = [4401, 4403, 4409];

/** 128 random bits: `crypto.randomUUID` is missing on plain http. */
export const uuid = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join("");

export class Connection {
  /** @param {LinkOptions} options */
  constructor(options) {
    this.options = options;
    this.times = { ...TIMES, ...options.times };
    this.random = options.random || Math.random;
    this.outbox = options.outbox;
    this.waiting = [...this.outbox.load()];
    /** @type {Record<string, any>} */ this.timers = {};
    /** @type {WebSocket|null} */ this.socket = null;
    /** Sent and not answered: one at a time keeps the order. */ this.flying = "";
    /** @type {LinkState} */ this.state = "stopped";
    this.tries = 0;
    this.fault = "";
  }

  /** Connect, and stay connected until `stop`. */
  start() {
    if (this.state !== "stopped") return;
    const wake = () => this.wake();
    this.unhook = new AbortController();
    const { signal } = this.unhook;
    for (const name of ["online", "offline", "pageshow"]) addEventListener(name, wake, { signal });
    document.addEventListener("visibilitychange", wake, { signal });
    this.connect();
  }

  stop(code = 1000) {
    this.unhook?.abort();
    this.close();
    this.become("stopped", code);
  }

  /** Send what changes something, in order, until it is acknowledged or refused. @param {Frame} frame @returns {Frame} with its `id` */
  change(frame) {
    // No frame may hold U+0000 or half a surrogate pair.
    const kept = { id: uuid(), ...frame, text: frame.text?.replace(/[\0\p{Cs}]/gu, "\ufffd") };
    this.waiting.push(kept);
    this.outbox.add(kept);
    this.flush();
    return kept;
  }

  /** Send what may be lost. @param {Frame} frame @returns {boolean} whether it left */
  send(frame) {
    if (this.state !== "open") return false;
    this.put(frame);
    return true;
  }

  /** Hello on the same socket, for what was missed. */
  again() {
    this.send(this.options.hello());
  }

  /** @param {Frame} frame */
  put(frame) {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame));
  }

  /** @param {LinkState} state */
  become(state, code = 0) {
    this.state = state;
    this.options.status?.(state, code);
  }

  connect() {
    this.close();
    this.become("connecting");
    const socket = this.socket = new WebSocket(this.options.url);
    socket.onopen = () => this.put(this.options.hello());
    socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.lost(code);
    this.later("deadline", this.times.deadline, () => this.lost());
  }

  /** Let go without waiting for the other side. */
  close() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.flying = "";
    const { socket } = this;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = this.socket = null;
    socket.close();
  }

  lost(code = 1006) {
    const { floor, ceiling, spread, flood } = this.times;
    const { state, fault } = this;
    this.fault = "";
    this.close();
    if (/bad_(token|id)/.test(fault) && this.options.forget?.(fault)) return this.connect();
    if (FINAL.includes(code)) return this.stop(code);
    let wait = Math.max(floor, this.random() * Math.min(ceiling, floor * 2 ** ++this.tries));
    if (state === "open" && RESTART.includes(code)) wait = this.random() * spread;
    if (code === 4429) wait += flood;
    this.become("waiting", code);
    this.later("retry", wait, () => this.connect());
  }

  /** @param {string} name @param {number} wait @param {() => void} then */
  later(name, wait, then) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(then, wait);
  }

  /** The network or the page changed: a phone that slept may hold a dead socket. */
  wake() {
    if (this.state === "open") this.ping(this.times.glance);
    else if (this.state === "waiting" && navigator.onLine && !document.hidden) this.connect();
  }

  /** @param {number} deadline */
  ping(deadline) {
    this.put({ type: "ping", hidden: document.hidden });
    this.later("deadline", deadline, () => this.lost());
    this.breathe();
  }

  breathe() {
    this.later("ping", this.times.ping, () => this.ping(this.times.deadline));
  }

  /** @param {Frame} frame */
  receive(frame) {
    // What the server could not read has no id there: it is the one that flies.
    if (/bad_frame|too_long/.test(frame.code)) frame.id ||= this.flying;
    const { type, id, code, retry_after = 1 } = frame;
    if (/pong|welcome/.test(type)) clearTimeout(this.timers.deadline);
    if (type === "pong") return;
    if (type === "welcome") {
      this.tries = 0;
      this.become("open");
      this.breathe();
    }
    const answer = id && /ack|error/.test(type);
    const wait = answer && /rate_limited|busy/.test(code);
    if (answer && !wait) {
      this.waiting = this.waiting.filter((kept) => kept.id !== id);
      this.outbox.drop(id);
    } else if (type === "error" && !id) this.fault = code;
    this.options.receive(frame);
    if (answer && id === this.flying) this.later("ack", wait ? retry_after * 1000 : 0, () => this.flush(true));
    else if (type === "welcome") this.flush();
  }

  flush(landed = false) {
    if (landed) this.flying = "";
    const [next] = this.waiting;
    if (this.state !== "open" || this.flying || !next) return;
    this.flying = next.id || "";
    // No field lets more through, with the white space around it; far over its limit the server ends the socket.
    const n = next.text?.length - 12000;
    if (n > 0) return this.receive({ ...next, type: "error", n });
    this.put(next);
    this.later("ack", this.times.ack, () => this.lost());
  }
}
