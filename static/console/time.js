// Times as a row shows them: how long ago, short, kept current.

import { locale, words } from "./words.js";

const exact = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

/** @param {string} at @param {number} now in ms */
export function ago(at, now = Date.now()) {
  const seconds = (now - Date.parse(at)) / 1000;
  for (const [unit, size] of UNITS) if (seconds >= size) return bare(unit, Math.floor(seconds / size));
  return words.now;
}

const near = new Intl.DateTimeFormat(locale, { weekday: "short", hour: "numeric", minute: "2-digit" });

/** A time to come, with its day, in the reader's zone. @param {string} at */
export function moment(at) {
  const time = new Date(at);
  return (+time - Date.now() < 6 * 864e5 ? near : exact).format(time);
}

/** "4 min" rather than "4 min ago": every row says it. @param {Intl.RelativeTimeFormatUnit} unit @param {number} n */
function bare(unit, n) {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(n);
}

/** A `time` element to be kept current by `tick`. @param {HTMLTimeElement} element @param {string|null} at */
export function show(element, at) {
  element.hidden = !at;
  if (!at || element.dateTime === at) return;
  element.dateTime = at;
  element.title = exact.format(new Date(at));
  element.textContent = ago(at);
}

/** Bring every relative time on the page up to date. */
export function tick() {
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const time = /** @type {HTMLTimeElement} */ (element);
    const text = ago(time.dateTime);
    if (time.dateTime && time.textContent !== text) time.textContent = text;
  }
}
