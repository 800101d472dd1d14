// The console: one connection, one store of rows, and the panes that show them.

import { Connection } from "../shared/socket.js";
import { load } from "../shared/words.js";
import { Alerts } from "./alerts.js";
import * as dialogs from "./dialogs.js";
import { byId, fill, h } from "./dom.js";
import { Keys } from "./keys.js";
import { outbox } from "./outbox.js";
import { Questions } from "./questions.js";
import { Rows } from "./rows.js";
import { Side } from "./side.js";
import { Sound } from "./sound.js";
import { Store } from "./store.js";
import { ThreadPane } from "./thread.js";
import { tick } from "./time.js";
import { locale, words } from "./words.js";

const TICK = 15000;
const panes = byId("panes");
const strip = byId("offline");
const presence = /** @type {HTMLSelectElement} */ (byId("presence"));

const store = new Store();
const sound = new Sound(byId("sound"));
const rows = new Rows(byId("rows"), store);
const side = new Side(byId("side"), (verdict) => judge(verdict));
const connection = new Connection({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/v1/console/`,
  hello: () => ({ type: "hello" }),
  receive: (frame) => receive(frame),
  status: (state, code) => status(state, code),
  outbox,
});
const thread = new ThreadPane(byId("thread"), { connection, store, say: await load(locale), changed: () => side.changed() });
const alerts = new Alerts({
  box: byId("alerts"), button: byId("notify"), store, sound,
  open: (id) => go(`c/${id}`),
  claim: (id) => {
    go(`c/${id}`);
    connection.change({ type: "claim", conversation: id });
  },
});

const questions = new Questions({ box: byId("questions"), connection, sound, tell: (...what) => alerts.tell(...what), open: (id) => go(`c/${id}`) });

/** @type {Map<string, {agent: string, name: string, state: string}>} */ const colleagues = new Map();
/** @type {Set<string>} my ids, one a site */ let me = new Set();

/** @type {Record<string, (frame: any) => void>} */
const TAKE = {
  welcome(frame) {
    if (!frame.agent.ids.includes(panes.dataset.me)) return leave();
    store.begin(frame);
    questions.begin();
    thread.epoch = frame.epoch;
    me = new Set(frame.agent.ids || [frame.agent.id]);
    colleagues.clear();
    for (const one of frame.colleagues || []) colleagues.set(one.agent, one);
    thread.online(true);
    presences();
    draw();
    panes.dataset.ready = "true";
  },
  inbox({ row }) {
    const before = store.put(row);
    const fresh = row.mine && row.last?.from === "visitor" && row.unread > (before?.unread || 0);
    if (fresh && (document.hidden || row.conversation !== thread.id)) alerts.message(row);
    draw();
    if (row.conversation === thread.id) {
      thread.draw();
      thread.read();
      side.changed();
    }
  },
  counts(frame) {
    store.counts = frame.counts || frame;
    rows.draw();
  },
  alert: (frame) => alerts.arrive(frame),
  question: (frame) => questions.arrive(frame),
  question_over: (frame) => questions.over(frame),
  presence(frame) {
    colleagues.set(frame.agent, frame);
    presences();
  },
  typing: (frame) => thread.types(frame),
  translation: (frame) => thread.translator.receive(frame),
  ack(frame) {
    if (frame.told) dialogs.tell(frame.told);
    if (!questions.answered(frame)) thread.answered(frame);
  },
  error(frame) {
    if (frame.id && (questions.answered(frame) || thread.translator.receive(frame))) return;
    if (frame.id) thread.answered(frame);
    else if (frame.conversation === thread.id) thread.refused(frame.code, frame.message);
  },
  events: (frame) => thread.receive(frame),
  event: (frame) => thread.receive(frame),
  delta: (frame) => thread.receive(frame),
  turn: (frame) => thread.receive(frame),
};

/** @param {any} frame */
function receive(frame) {
  TAKE[frame.type]?.(frame);
}

function draw() {
  rows.draw();
  alerts.draw();
}

/** @param {string} state @param {number} code */
function status(state, code) {
  const open = state === "open";
  panes.dataset.online = String(open);
  if (!open) thread.online(false);
  strip.hidden = open || (state === "connecting" && !panes.dataset.ready);
  if (state === "stopped" && code === 4401) {
    const login = h("a", { href: `/console/login/?next=${encodeURIComponent("/console/" + location.hash)}` }, words.logIn);
    strip.replaceChildren(words.ended, " ", login);
  } else strip.textContent = state === "stopped" ? words.refused : words.offline;
}

/** Somebody else has logged in in this browser: nothing of this page goes out in their name, and they get their own. */
function leave() {
  connection.stop();
  location.reload();
}

/** My own state in the menu, and who else is here. */
function presences() {
  const mine = [...colleagues.values()].find((one) => me.has(one.agent));
  if (mine) presence.value = mine.state;
  byId("me-dot").dataset.state = presence.value;
  const names = new Set([...colleagues.values()].filter((one) => one.state === "online" && !me.has(one.agent)).map(({ name }) => name));
  byId("colleagues").textContent = names.size ? fill(words.colleaguesOnline, { names: new Intl.ListFormat(locale).format(names) }) : "";
}

/** @param {string} verdict on the last escalation of what is open: needless, right or too_late */
function judge(verdict) {
  if (thread.id) thread.change({ type: "verdict", verdict }, "verdict");
}

/** @param {string} place what stands behind the # */
function go(place) {
  location.hash = place;
}

/** The address says what is open: `#c/ID`, and on a narrow window `#c/ID/about`. */
function route() {
  const [, id = "", about] = location.hash.match(/^#c\/(\w+)(\/about)?$/) || [];
  thread.open(id);
  side.open(id);
  rows.mark(id);
  alerts.current = id;
  alerts.draw();
  panes.dataset.pane = about ? "side" : id ? "thread" : "rows";
  if (about) byId("side").focus();
}

/** One step back: from details to thread, from thread to rows. */
function back() {
  const { pane } = panes.dataset;
  if (pane === "side") go(`c/${thread.id}`);
  else if (thread.id) {
    const { id } = thread;
    go("");
    /** @type {HTMLElement|null} */ (document.querySelector(`a.row[href="#c/${id}"]`))?.focus();
  }
}

const keys = new Keys(byId("keys"), byId("keys-on"), {
  j: () => rows.move(1),
  ArrowDown: () => rows.move(1),
  k: () => rows.move(-1),
  ArrowUp: () => rows.move(-1),
  r: () => thread.id && thread.composer.turn("message", true),
  n: () => thread.id && thread.composer.turn("note", true),
  c: () => thread.verb("claim"),
  h: () => thread.verb("handBack"),
  e: () => thread.verb("resolve"),
  t: () => thread.verb("transfer"),
  z: () => thread.verb("snooze"),
  i: () => thread.id && go(panes.dataset.pane === "side" ? `c/${thread.id}` : `c/${thread.id}/about`),
  1: () => judge("needless"),
  2: () => judge("right"),
  3: () => judge("too_late"),
  "?": () => keys.show(),
  Escape: back,
});

byId("help").addEventListener("click", () => keys.show());
presence.addEventListener("change", () => {
  const had = byId("me-dot").dataset.state;
  const become = (/** @type {string} */ state, /** @type {string} */ mine) => {
    connection.change({ type: "presence", state, mine });
    presence.value = byId("me-dot").dataset.state = state;
  };
  const open = store.count("mine"), aside = store.count("snoozed");
  if (presence.value !== "offline" || !(open + aside)) return become(presence.value, "keep");
  dialogs.leave(open, aside, (mine) => become("offline", mine), () => { presence.value = had; });
});
addEventListener("hashchange", route);
document.addEventListener("visibilitychange", () => thread.read());
setInterval(() => {
  tick();
  questions.tick();
}, TICK);
route();
connection.start();
