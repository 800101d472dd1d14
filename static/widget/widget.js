// The widget of one page: what the socket brings goes to the thread, what people do goes to the socket.
import { Thread } from "../shared/events.js";
import { Log, make } from "../shared/log.js";
import { Connection } from "../shared/socket.js";
import { fill, load } from "../shared/words.js";
import { Opinions } from "./opinion.js";
import { Sheet } from "./sheet.js";
import { store } from "./store.js";

const PAGE = 40;

/** @param {any} face what the loader made @returns {Promise<Record<string, () => void>>} */
export async function start(face) {
  const [words] = await Promise.all([load(face.locale), dress(face)]);
  const widget = new Widget(face, words);
  const { sheet, link } = widget;
  link.start();
  return { open: () => sheet.open(), close: () => sheet.close(), identify: () => widget.identify() };
}

/** A customer's id in what the page's server signed, so that nobody else sends what they did not. @param {any} jwt */
function sub(jwt) {
  try { return JSON.parse(atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub; } catch { return ""; }
}

/** A constructed sheet passes a strict policy; where it forbids to fetch one, a link. @param {any} face */
async function dress({ root, base }) {
  const href = `${base}widget.css`;
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await (await fetch(href)).text());
    root.adoptedStyleSheets.push(sheet);
  } catch {
    root.append(Object.assign(make("link"), { rel: "stylesheet", href }));
  }
}

class Widget {
  /** @param {any} face @param {import("../shared/words.js").Words} words */
  constructor(face, words) {
    this.face = face;
    this.words = words;
    this.kept = store(face.key);
    const { outbox } = this.kept;
    /** @type {any} */ this.site = {};
    /** @type {any} */ this.conversation = null;
    /** What we asked for and did not see in the log yet, by id. @type {Map<string, any>} */ this.ours = new Map();
    /** @type {any} */ this.spoken = undefined;
    this.notice = this.cut = this.typing = this.token = "";
    this.busy = false;
    this.before = this.declined = 0;
    /** What asks how it was; a promise while it loads. @type {any} */ this.rating = undefined;
    /** @type {Record<string, any>} */ this.timers = {};
    this.thread = new Thread(() => this.link.again());
    this.link = new Connection({
      url: `${face.origin.replace("http", "ws")}/ws/v1/widget/`,
      hello: () => this.hello(),
      receive: (frame) => this.receive(frame),
      status: (state, code) => this.status(state, code),
      forget: (fault) => this.forget(fault),
      outbox: { ...outbox, load: () => outbox.load().filter(({ who }) => !who || who === sub(face.options.identity)) },
    });
    for (const frame of this.link.waiting) this.ours.set(frame.id || "", { frame });
    this.sheet = new Sheet(face, words, {
      send: (text) => this.change({ type: "message", text }),
      person: () => this.change({ type: "person" }),
      typed: () => this.typed(true),
      moved: () => this.moved(),
      opened: () => { face.tell("open"); this.draw(); },
      closed: () => { face.tell("close"); this.draw(); },
    });
    const opinions = new Opinions(words, (frame) => this.change(frame));
    this.log = new Log(this.sheet.log, {
      words, locale: face.locale, me: "visitor", base: face.origin, act: (what, item) => this.act(what, item),
      extra: (event) => opinions.helped(event), under: (source, event) => opinions.wrong(source, event),
    });
    document.addEventListener("visibilitychange", () => this.draw());
    this.draw();
  }

  hello() {
    const { token, conversation, epoch } = this.kept.read();
    const { last } = this.thread;
    this.token = token || "";
    return {
      type: "hello",
      site: this.face.options.site,
      token: token || undefined,
      identity: this.face.options.identity || undefined,
      conversation: this.conversation?.id || conversation || undefined,
      epoch: epoch || undefined,
      ...(last ? { after: last } : { last: PAGE }),
      locale: this.face.locale,
      page: location.origin + location.pathname,
    };
  }

  /** The page says who this is, or that they logged out. */
  identify() {
    const { link, face, ours } = this;
    if (!face.options.identity) {
      this.token = this.kept.read().token || "";
      this.forget();
      link.waiting = [];
      ours.clear();
    }
    link.start();
    link.connect();
  }

  /** The token was refused. Another tab's may be good; else begin anew. What was not sent stays. @param {string} [fault] */
  forget(fault) {
    const { face } = this;
    if (fault === "bad_identity") {
      face.options.identity = "";
      face.tell("identity");
      return true;
    }
    const had = this.token;
    if (this.kept.read().token === had) this.kept.write({ token: "", conversation: "", epoch: "" });
    this.conversation = null;
    this.thread.reset();
    return !!had;
  }

  /** @param {any} frame */
  receive(frame) {
    const { thread } = this;
    switch (frame.type) {
      case "welcome": this.welcome(frame); break;
      case "events": thread.page(frame); break;
      case "event": thread.add(frame); break;
      case "delta": case "turn": thread.preview(frame); break;
      case "conversation":
        this.conversation = { ...this.conversation, ...frame };
        this.kept.write({ conversation: frame.id });
        break;
      case "typing":
        this.typing = frame.on && frame.from === "agent" ? frame.name || this.site.name : "";
        this.later("typing", 8000, () => { this.typing = ""; });
        break;
      case "ack":
        // What we think of an answer never comes back as an event; a rating does.
        if (this.ours.get(frame.id)?.frame.seq && !this.ours.get(frame.id).frame.score) this.ours.delete(frame.id);
        this.settle(frame.id, { state: "sent", why: "" });
        break;
      case "error": this.refused(frame);
    }
    this.draw();
  }

  /** @param {any} frame */
  welcome({ site, token, epoch, conversation, ...page }) {
    const kept = this.kept.read();
    // Another tab was first to get a token: there is one visitor.
    if (kept.token && kept.token !== this.token && kept.token !== token) return this.link.connect();
    const { accent } = site.colours || {};
    if (accent) this.face.host.style.setProperty("--accent", accent);
    if (page.reset) for (const [id, { state }] of this.ours) if (state === "sent") this.ours.delete(id);
    this.site = site;
    this.conversation = conversation;
    this.thread.page({ ...page, conversation });
    this.spoken ??= this.thread.last;
    this.kept.write({ token, epoch, accent, conversation: conversation?.id });
  }

  /** @param {string} name @param {number} wait @param {() => void} then */
  later(name, wait, then) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => { then(); this.draw(); }, wait);
  }

  /** @param {string} id @param {{state?: string, why?: string}} how */
  settle(id, how) {
    Object.assign(this.ours.get(id) || {}, how);
  }

  /** @param {any} frame */
  refused({ id, code, n, message = fill(this.words.too_long, { n }) }) {
    if (/rate_limited|busy/.test(code)) this.settle(id, { why: this.words.slow });
    else if (this.ours.get(id)?.frame.text) this.settle(id, { state: "failed", why: message });
    else if (this.ours.delete(id)) this.notice = message;
  }

  /** @param {any} frame */
  change(frame) {
    const kept = this.link.change({ ...frame, who: sub(this.face.options.identity) });
    this.ours.set(kept.id || "", { frame: kept });
    this.notice = "";
    this.typed(false);
    this.draw();
  }

  /** @param {string} what @param {any} item */
  act(what, item) {
    if (what === "accept") return this.change({ type: "person" });
    if (what === "decline") this.declined = item.seq;
    else this.ours.delete(item.id);
    const { value } = this.sheet.field;
    this.sheet.write(item.seq ? value : item.text + (value && `\n${value}`));
    this.draw();
  }

  /** @param {boolean} on */
  typed(on) {
    clearTimeout(this.timers.still);
    if (on) this.later("still", 5000, () => this.typed(false));
    if (on === this.busy || !this.conversation) return;
    this.busy = on;
    this.link.send({ type: "typing", on });
  }

  /** The top asks for more, the end counts as read. */
  moved() {
    const { thread, sheet: { dialog, box, place }, link, kept } = this;
    if (!dialog.open || document.hidden) return;
    const before = thread.events[0]?.seq || 0;
    if (thread.earlier && box.scrollTop < 80 && this.before !== before && link.send({ type: "earlier", before, n: PAGE })) {
      this.before = before;
    }
    if (!place.following || thread.last <= (kept.read().seen || 0)) return;
    kept.write({ seen: thread.last, at: Date.now() });
    link.send({ type: "read", seq: thread.last });
  }

  /** @param {string} state @param {number} code */
  status(state, code) {
    const { timers } = this;
    if (state === "open") {
      clearTimeout(timers.worry);
      this.cut = timers.worry = "";
    } else {
      this.before = 0;
      this.typing = "";
      if (state === "stopped") this.cut = code === 4409 ? "elsewhere" : "not_here";
      else if (!timers.worry) this.later("worry", 1500, () => { this.cut = "offline"; });
    }
    this.draw();
  }

  draw() {
    const { thread, sheet, words, ours, link, cut } = this;
    if (!this.log) return;
    for (const { id } of thread.events) ours.delete(id);
    const all = [...ours.values()];
    const pending = all.filter(({ frame }) => frame.text)
      .map(({ frame, state, why }) => ({ frame, why, state: state || (link.state === "open" ? "sending" : "kept") }));
    const waits = all.some(({ state }) => !state);
    this.top(all.some(({ frame, state }) => frame.type === "person" && !state));
    sheet.intro.hidden = thread.earlier;
    sheet.place.keep(() => this.log.draw(thread, { pending, typing: this.typing, declined: this.declined }));
    const lost = cut === "offline" && waits ? "offline_kept" : cut;
    const again = () => link.start();
    sheet.bar(sheet.net, words[/** @type {"offline"} */ (lost)] || this.notice, lost === "elsewhere" ? words.here : "", again);
    if (sheet.dialog.open && thread.state.handler === "closed") {
      this.rating ||= import(`${this.face.base}rating.js`).then(({ begin }) => begin(this)).catch(() => {});
    }
    this.rating?.draw?.();
    this.speak();
    this.moved();
  }

  /** Head, queue and the way to a person. @param {boolean} asking */
  top(asking) {
    const { words, site, sheet, conversation, thread: { state: { handler, agent } } } = this;
    const { position, wait_s } = conversation?.queue || {};
    const waits = handler === "queue";
    const person = handler === "agent";
    const how = { queue: words.waiting, agent: fill(words.human, { site: site.name }), closed: words.resolved };
    sheet.who.textContent = (person && agent) || site.name || words.help;
    sheet.how.textContent = how[/** @type {"queue"} */ (handler)] || `${words.assistant} · ${words.seconds}`;
    const greeting = site.greeting || words.greeting;
    if (sheet.intro.firstChild?.textContent !== greeting) {
      sheet.intro.replaceChildren(make("h3", "", greeting), make("p", "", words.about));
    }
    const place = position ? fill(words.place, { n: position }) : words.queue;
    const wait = wait_s ? ` ${fill(words.wait, { n: Math.ceil(wait_s / 60) })}` : "";
    sheet.bar(sheet.queue, waits ? place + wait : "", waits ? words.cancel : "", () => this.change({ type: "cancel_person" }));
    sheet.person.hidden = waits || person;
    sheet.person.disabled = asking;
    sheet.person.textContent = asking ? words.asking : words.person;
  }

  /** Whole answers are said once to a screen reader; what is unread is counted. */
  speak() {
    const { thread, sheet, face } = this;
    const theirs = thread.events.filter(({ from }) => from.role !== "visitor");
    for (const event of theirs) {
      if (!(event.seq > this.spoken)) continue;
      sheet.voice.append(make("p", "", event.text || this.log.status(event) || ""));
      this.later("voice", 5000, () => sheet.voice.replaceChildren());
      face.tell("message", event);
    }
    if (this.spoken >= 0) this.spoken = thread.last;
    const seen = sheet.dialog.open ? thread.last : this.kept.read().seen || 0;
    const unread = theirs.filter(({ seq, kind }) => kind === "message" && seq > seen).length;
    if (face.badge.textContent === (unread ? `${unread}` : "")) return;
    face.badge.textContent = unread || "";
    face.tell("unread", unread);
  }
}
