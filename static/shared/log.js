// Draws a conversation: the one renderer of the log, for the widget and the console.
import { fill } from "./words.js";
/** @typedef {PendingMessage} Pending */

const APART = 5 * 60000;

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {string} [name] class @param {...(Node|string)} inside @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, name = "", ...inside) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside);
  return element;
}

/** @param {string|Node} label @param {() => void} act @param {string} [name] class */
export function button(label, act, name) {
  const element = make("button", name, label);
  element.type = "button";
  element.onclick = act;
  return element;
}

/** @param {Element|undefined} element @param {string} text */
function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

export class Log {
  /** @param {HTMLElement} root @param {LogOptions} options */
  constructor(root, options) {
    this.root = root;
    this.options = options;
    /** @type {Map<string, [sign: string, element: HTMLElement]>} */ this.shown = new Map();
    const { locale } = options;
    this.clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
    this.date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
    this.near = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  }

  /** Show what is so now; only what changed is touched. @param {any} thread @param {Now} [now] */
  draw(thread, now = {}) {
    /** @type {Element|null} */ let at = this.root.firstElementChild;
    const old = this.shown;
    this.shown = new Map();
    for (const [key, sign, build, update] of this.items(thread, now)) {
      const [was, known] = old.get(key) || [];
      const element = known && was === sign ? known : build();
      if (known && known !== element) {
        if (known === at) at = element;
        known.replaceWith(element);
      }
      update?.(element);
      if (at && element === at) at = at.nextElementSibling;
      else this.root.insertBefore(element, at);
      this.shown.set(key, [sign, element]);
      old.delete(key);
    }
    for (const [, element] of old.values()) element.remove();
  }

  /** Key, signature, and how to build and update it. @param {any} thread @param {Now} now @returns {Generator<any[]>} */
  *items({ events, state, turn }, { pending = [], typing, declined }) {
    const { me, words: say } = this.options;
    const last = events.at(-1);
    const offer = state.offered && events.findLast((/** @type {LogEvent} */ { kind }) => kind === "offered").seq;
    const at = new Date().toISOString();
    const unsent = pending.map(({ frame, state: how, why }) => (
      { kind: "message", at, ...frame, from: { role: me }, how, why, frame, key: `m${frame.id}` }));
    const running = turn ? [{ kind: "message", at, from: { role: "assistant" }, text: "", turn: turn.turn, running: 1 }] : [];
    let day = "", who = "", when = 0;
    for (const event of [...events, ...unsent, ...running]) {
      const { kind, id, seq, from: { role, name } } = event;
      const time = new Date(event.at);
      if (time.toDateString() !== day) {
        day = time.toDateString();
        who = "";
        yield [day, "", () => make("div", "item day", this.day(time))];
      }
      if (!/message|offered|note|asked/.test(kind)) {
        const text = this.status(event);
        who = "";
        if (text) yield [`e${seq}`, event.at, () => this.line(event, text)];
        continue;
      }
      const speaker = `${role}${name}${kind === "note"}`;
      const head = speaker !== who || +time - when > APART;
      who = speaker;
      when = +time;
      const open = seq === offer && seq !== declined && kind === "offered";
      const how = event.how || (event === last && role === me && !unsent[0] && !turn ? "sent" : "");
      const key = event.turn ? `t${event.turn}` : id ? `m${id}` : seq + event.at;
      yield [key, [seq, head, open, how, event.why, event.sign].join(), () => this.said(event, head, open, how),
        event.running && ((/** @type {Element} */ element) => {
          put(element.getElementsByClassName("text")[0], turn.text);
          put(element.getElementsByClassName("doing")[0], turn.text ? "" : turn.doing || say.thinking);
        })];
    }
    if (typing) yield ["typing", typing, () => make("div", "item doing", fill(say.typing, { name: typing }))];
  }

  /** @param {Date} time */
  day(time) {
    const ago = Math.round((new Date(time).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 864e5);
    return ago > -2 ? this.near.format(ago, "day") : this.date.format(time);
  }

  /** @param {any} event */
  time({ at }) {
    const time = make("time", "", this.clock.format(new Date(at)));
    time.dateTime = at;
    return time;
  }

  /** @param {any} event @param {boolean} head @param {boolean} open @param {string} how */
  said(event, head, open, how) {
    const { me, words: say, extra, act } = this.options;
    const { kind, from: { role, name }, html, sources, why } = event;
    const note = kind === "note";
    const mine = role === me && !note;
    const who = role === me && !name ? say.you : name || (role === "assistant" ? say.assistant : say.customer);
    const text = make("div", "text", event.text || "");
    text.dir = "auto";
    if (html && role !== "visitor") {
      // The server made and cleaned it. A page that demands Trusted Types keeps the plain text.
      try { text.innerHTML = html; } catch { /* it stays */ }
    }
    const element = make("div", `item said ${note ? kind : role}${mine ? " mine" : ""} ${how}`);
    if (head) element.append(make("div", "head", make("b", "", note ? `${say.note} · ${who}` : who), " ", this.time(event)));
    element.append(text, ...(sources?.length ? this.sources(sources, event) : []));
    if (event.running) element.append(make("div", "doing"));
    if (how && how !== "failed") element.append(make("small", "state", say[how]));
    if (why) element.append(make("div", "why", why));
    if (act && open) {
      element.append(make("div", "choices",
        button(say.yes, () => act("accept", event), "strong"), button(say.no, () => act("decline", event))));
    }
    if (act && how === "failed") element.append(make("div", "choices", button(say.edit, () => act("edit", event.frame))));
    element.append(extra?.(event) || "");
    return element;
  }

  /** @param {LogEvent} event */
  status({ kind, text, name, from }) {
    const say = this.options.words;
    return kind === "claimed" ? fill(say.claimed, { name: name || from.name }) : text || (kind === "released" && say.released);
  }

  /** @param {LogEvent} event @param {string} text */
  line(event, text) {
    return make("div", `item status ${event.kind}`, text, " ", this.time(event), this.options.extra?.(event) || "");
  }

  /** The numbered row, and what opens under it in place. @param {any[]} sources @param {any} event */
  sources(sources, event) {
    const panel = make("div", "source");
    panel.hidden = true;
    const chips = sources.map((source) => {
      const { n, title, section } = source;
      const twin = section && sources.some((other) => other !== source && other.title === title);
      const chip = button(make("b", "", `${n}`), () => {
        const opens = chip.ariaExpanded === "false";
        for (const other of chips) other.ariaExpanded = "false";
        chip.ariaExpanded = `${opens}`;
        panel.hidden = !opens;
        panel.replaceChildren(...this.source(source), this.options.under?.(source, event) || "");
        panel.scrollIntoView({ block: "nearest" });
      });
      chip.ariaExpanded = "false";
      chip.append(make("span", "", twin ? section : title));
      return chip;
    });
    const row = make("ol", "sources", ...chips.map((chip) => make("li", "", chip)));
    row.ariaLabel = this.options.words.sources;
    return [row, panel];
  }

  /** @param {any} source */
  source({ url, section, quote, language, date, title }) {
    const { words: say, locale, base } = this.options;
    const text = make("blockquote", "", quote);
    text.dir = "auto";
    text.lang = language;
    const facts = [
      title,
      section !== title && section,
      date && fill(say.dated, { date: this.date.format(new Date(date)) }),
      language?.slice(0, 2) !== say.lang && new Intl.DisplayNames(locale, { type: "language" }).of(language || "und"),
    ];
    const link = make("a", "", say.article);
    link.href = new URL(url, base || location.href).href;
    link.target = "_blank";
    link.rel = "noopener";
    return [text, make("p", "facts", facts.filter(Boolean).join(" · ")), ...(url && /^http/.test(link.protocol) ? [link] : [])];
  }
}

/** Keeps the reader's place while the log grows: at the end, at the top of a long answer, or where they read. */
export class Place {
  /** @param {HTMLElement} box scrolls @param {HTMLElement} log in it @param {HTMLElement} end leads to the end */
  constructor(box, log, end) {
    this.box = box;
    this.log = log;
    this.button = end;
    this.following = true;
    box.addEventListener("scroll", () => this.look());
    end.addEventListener("click", () => this.end());
    new ResizeObserver(() => this.following && this.end()).observe(box);
  }

  /** How far the end is below what is seen. */
  get below() {
    return this.box.scrollHeight - this.box.clientHeight - this.box.scrollTop;
  }

  look() {
    this.following = this.below < 40;
    this.button.hidden = this.following;
  }

  end() {
    this.box.scrollTop = 1e9;
    this.look();
  }

  /** @param {() => void} draw */
  keep(draw) {
    const { box, log, following } = this;
    // What is in sight; days move, and the first may be drawn anew.
    const seen = /** @type {HTMLElement[]} */ ([...log.querySelectorAll(":scope > :not(.day)")])
      .filter((item) => item.offsetTop + item.offsetHeight > box.scrollTop)
      .map((item) => /** @type {const} */ ([item, item.offsetTop]));
    draw();
    const last = /** @type {HTMLElement|null} */ (log.lastElementChild);
    if (following && last) box.scrollTop = Math.max(box.scrollTop, last.offsetTop - 12);
    else {
      const [item, top = 0] = seen.find(([{ isConnected }]) => isConnected) || [];
      if (item) box.scrollTop += item.offsetTop - top;
    }
    this.look();
  }
}
