// A mood: a place on a short line, a word, and then a tint (agents/moods.py has the words).

import { fill, h } from "./dom.js";
import { words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** @param {number} mood -1 to 1 @returns {[string, string]} tint and word */
function step(mood) {
  const [, tint, word] = words.moods.find((/** @type {[number, string, string]} */ [upto]) => mood <= upto)
    || words.moods[words.moods.length - 1];
  return [tint, word];
}

/** @param {number} mood @returns {HTMLElement} */
export function moodLine(mood) {
  const [tint, word] = step(mood);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 40 8");
  svg.setAttribute("aria-hidden", "true");
  const line = svg.appendChild(document.createElementNS(SVG, "path"));
  line.setAttribute("d", "M2 4h36");
  const dot = svg.appendChild(document.createElementNS(SVG, "circle"));
  dot.setAttribute("cx", String(20 + 17 * Math.max(-1, Math.min(1, mood))));
  dot.setAttribute("cy", "4");
  dot.setAttribute("r", "3");
  return h("span", { class: "mood", "data-mood": tint, title: fill(words.mood, { word }) }, svg, h("span", {}, word));
}
