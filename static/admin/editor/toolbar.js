// The tools above the text: by mouse, by touch, and by keyboard.
import { apply, selected } from "./field.js";
import * as markdown from "./markdown.js";
import { words } from "./settings.js";

/** @typedef {import("./markdown.js").Selected} Selected @typedef {import("./markdown.js").Change} Change */

/** @type {Record<string, (now: Selected) => Change>} */
const TOOLS = {
  bold: (now) => markdown.wrap(now, "**", words.text),
  italic: (now) => markdown.wrap(now, "*", words.text),
  heading: (now) => markdown.eachLine(now, markdown.heading),
  bullets: (now) => markdown.eachLine(now, markdown.bullets),
  numbers: (now) => markdown.eachLine(now, markdown.numbers),
  quote: (now) => markdown.eachLine(now, markdown.quote),
  link: (now) => markdown.link(now, words.text),
  table: (now) => markdown.table(now, words.column),
  code: (now) => markdown.code(now, words.text),
};

/** By the key's place, so that Shift and the layout do not matter. @type {Record<string, string>} */
const KEYS = {
  "KeyB": "bold", "KeyI": "italic", "KeyK": "link", "KeyE": "code",
  "alt KeyH": "heading", "shift Digit8": "bullets", "shift Digit7": "numbers", "shift Digit9": "quote",
};

/**
 * @param {HTMLElement} bar @param {HTMLTextAreaElement} field
 * @param {() => void} choosePicture
 */
export function toolbar(bar, field, choosePicture) {
  /** @param {string} name */
  const use = (name) => (name === "picture" ? choosePicture() : apply(field, TOOLS[name]?.(selected(field)) ?? null));
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (button?.dataset.tool) use(button.dataset.tool);
  });
  bar.addEventListener("keydown", (event) => walk(bar, event));
  field.addEventListener("keydown", (event) => {
    const name = (event.ctrlKey || event.metaKey) && KEYS[keyOf(event)];
    const change = event.key === "Enter" && !event.isComposing && !event.shiftKey ? markdown.enter(selected(field)) : null;
    if (!name && !change) return;
    event.preventDefault();
    if (name) use(name);
    else apply(field, change);
  });
}

/** @param {KeyboardEvent} event */
function keyOf(event) {
  return (event.altKey ? "alt " : "") + (event.shiftKey ? "shift " : "") + event.code;
}

/** One stop for Tab, arrows within: the pattern of a toolbar. @param {HTMLElement} bar @param {KeyboardEvent} event */
function walk(bar, event) {
  const buttons = [...bar.querySelectorAll("button")];
  const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  const rtl = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
  /** @type {Record<string, number>} */
  const steps = { ArrowRight: at + rtl, ArrowLeft: at - rtl, Home: 0, End: buttons.length - 1 };
  const to = steps[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = buttons[(to + buttons.length) % buttons.length];
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
  next?.focus();
}
