// The dialogs of the console: to whom a conversation goes, until when it rests, and what stays behind at the end of a shift.

import { fill, h } from "./dom.js";
import { locale, words } from "./words.js";

let made = 0;

/**
 * A form in a modal dialog, gone when it is closed; Escape and "Cancel" do nothing.
 * @param {string} title @param {(Node|string|null|false|undefined)[]} inside @param {string} label of the button that does it
 * @param {(form: HTMLFormElement) => void} act
 * @returns {HTMLDialogElement}
 */
export function ask(title, inside, label, act) {
  const id = `dialog-${(made += 1)}`;
  const form = /** @type {HTMLFormElement} */ (h("form", {
    method: "dialog", submit: () => act(form),
  }, h("h2", { id }, title), ...inside,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "main" }, label),
      h("button", { type: "button", click: () => dialog.close() }, words.cancel))));
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog", { "aria-labelledby": id, close: () => dialog.remove() }, form));
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement|null} */ (form.querySelector("input, textarea, select"))?.focus();
  return dialog;
}

/** What has to be read before one goes on. @param {string} text */
export function tell(text) {
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog", { "aria-label": text, close: () => dialog.remove() },
    h("form", { method: "dialog" }, h("p", {}, text),
      h("div", { class: "actions" }, h("button", { type: "submit", class: "main" }, words.close)))));
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string} text @param {string} id */
const note = (text, id) => [
  h("label", { for: id }, text), h("textarea", { rows: 3, maxlength: 4000, id, name: "note" }),
];

/** @param {HTMLFormElement} form @param {string} name */
const told = (form, name) => String(new FormData(form).get(name) || "").trim();

/**
 * What the customer will read, before it goes.
 * @param {string} language its name @param {string} original @param {Promise<{text: string, why: string}>} coming
 * @param {(text: string) => void} act
 */
export function translation(language, original, coming, act) {
  const state = h("p", { role: "status" }, words.translating);
  const field = /** @type {HTMLTextAreaElement} */ (h("textarea", {
    rows: 5, maxlength: 4000, name: "text", dir: "auto", "aria-label": fill(words.translateTitle, { language }), disabled: true,
  }));
  const dialog = ask(fill(words.translateTitle, { language }), [
    h("blockquote", { dir: "auto" }, original), field, state, h("p", { class: "soft" }, words.translateNote),
  ], words.translateSend, (form) => {
    const text = told(form, "text");
    if (text) act(text);
  });
  const send = /** @type {HTMLButtonElement} */ (dialog.querySelector("button.main"));
  send.disabled = true;
  coming.then(({ text, why }) => {
    field.value = text;
    field.disabled = send.disabled = false;
    state.textContent = why;
    state.classList.toggle("wrong", !!why);
    field.focus();
  }, (fault) => {
    state.textContent = fault.message;
    state.classList.add("wrong");
  });
}

/** @param {(note: string|undefined) => void} act */
export function handBack(act) {
  ask(words.handBackTitle, note(words.handBackNote, "hand-back-note"), words.handBack, (form) => act(told(form, "note") || undefined));
}

/** To whom: the server knows who is there and how much they have. @param {string} id @param {(frame: any) => void} act */
export function transfer(id, act) {
  const place = h("div", { role: "status" }, words.loading);
  const dialog = ask(words.transferTitle, [place, ...note(words.transferNote, "transfer-note")], words.transfer, (form) => {
    const [kind, to] = told(form, "to").split(":");
    if (to) act({ type: "transfer", [`to_${kind}`]: to, note: told(form, "note") || undefined });
  });
  fetch(`/console/transfer/${id}/`).then(async (answer) => {
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    place.innerHTML = await answer.text(); // of our own server, escaped there
    place.removeAttribute("role");
    /** @type {HTMLElement|null} */ (dialog.querySelector("input"))?.focus();
  }).catch(() => { place.textContent = words.sideFailed; });
}

/** @param {number} days from today @param {number} hour here */
function at(days, hour) {
  const time = new Date();
  time.setDate(time.getDate() + days);
  time.setHours(hour, 0, 0, 0);
  return time;
}

/** Until when, in the reader's own time. @param {(until: string|null) => void} act */
export function snooze(act) {
  const show = new Intl.DateTimeFormat(locale, { weekday: "long", hour: "numeric", minute: "2-digit" });
  const monday = (8 - new Date().getDay()) % 7 || 7;
  /** @type {[string, Date|null][]} */
  const times = [
    [words.snoozeReply, null],
    [words.snoozeHour, new Date(Date.now() + 3600000)],
    [words.snoozeTomorrow, at(1, 9)],
    [words.snoozeMonday, at(monday, 9)],
  ];
  const choices = times.map(([text, time], number) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "until", value: time ? time.toISOString() : "reply", checked: !number }),
    h("span", {}, text, time && h("span", { class: "soft" }, ` ${show.format(time)}`))));
  const own = h("input", { type: "radio", name: "until", value: "own" });
  const field = h("input", { type: "datetime-local", name: "own", "aria-label": words.snoozeOwn, input: () => { /** @type {HTMLInputElement} */ (own).checked = true; } });
  ask(words.snoozeTitle, [
    h("fieldset", { class: "choices-of" }, h("legend", {}, words.snoozeUntil), ...choices,
      h("label", { class: "choice" }, own, h("span", {}, words.snoozeOwn)), field),
  ], words.snooze, (form) => {
    const until = told(form, "until");
    const chosen = until === "own" ? told(form, "own") : until;
    if (chosen) act(chosen === "reply" ? null : new Date(chosen).toISOString());
  });
}

/**
 * Going offline with conversations of one's own: what is chosen is done with those that are put aside too.
 * @param {number} open how many @param {number} aside how many are put aside
 * @param {(mine: string) => void} act @param {() => void} not
 */
export function leave(open, aside, act, not) {
  let done = false;
  const options = ["keep", "queue", "assistant"].map((value, number) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "mine", value, checked: !number }), h("span", {}, words.leaving[value])));
  /** @param {number} n @param {string} one @param {string} many */
  const count = (n, one, many) => (n === 1 ? one : fill(many, { n: new Intl.NumberFormat(locale).format(n) }));
  const text = [
    open && count(open, words.leavingOne, words.leavingMany),
    aside && count(aside, words.leavingAsideOne, words.leavingAsideMany),
  ].filter(Boolean).join(" ");
  const dialog = ask(words.leavingTitle, [h("fieldset", { class: "choices-of" }, h("legend", {}, text), ...options)], words.goOffline,
    (form) => {
      done = true;
      act(told(form, "mine"));
    });
  dialog.addEventListener("close", () => done || not());
}
