// What a tool does to the text: pure functions from (text, selection) to what replaces which stretch of it.

/**
 * @typedef {{text: string, start: number, end: number}} Selected   a text, and what is selected in it
 * @typedef {{from: number, upto: number, put: string, start: number, end: number}} Change
 *   `put` replaces what stands between `from` and `upto`; then `start` to `end` is selected
 * @typedef {{text: string, heading: string, item: string, column: string}} Words
 */

/**
 * Put a mark on both sides of what is selected, or take it away where it is there.
 * @param {Selected} now @param {string} mark @param {string} word stands in where nothing is selected
 * @returns {Change}
 */
export function wrap(now, mark, word) {
  const [start, end] = trimmed(now);
  const inside = now.text.slice(start, end);
  const before = now.text.slice(start - mark.length, start), after = now.text.slice(end, end + mark.length);
  const longer = now.text[start - mark.length - 1] === mark[0] && now.text[end + mark.length] === mark[0];
  if (inside && before === mark && after === mark && (mark.length > 1 || !longer)) {
    return { from: start - mark.length, upto: end + mark.length, put: inside, start: start - mark.length, end: end - mark.length };
  }
  const put = inside || word;
  return { from: start, upto: end, put: mark + put + mark, start: start + mark.length, end: start + mark.length + put.length };
}

/** @param {Selected} now @returns {[number, number]} without the blanks at its ends: marks must touch words */
function trimmed(now) {
  let { start, end } = now;
  while (start < end && /\s/.test(now.text[start] ?? "")) start += 1;
  while (end > start && /\s/.test(now.text[end - 1] ?? "")) end -= 1;
  return [start, end];
}

/**
 * Change the beginnings of the selected lines.
 * @param {Selected} now @param {(lines: string[]) => string[]} change
 * @returns {Change}
 */
export function eachLine(now, change) {
  const from = now.text.lastIndexOf("\n", now.start - 1) + 1;
  const next = now.text.indexOf("\n", Math.max(now.end - (now.end > now.start ? 1 : 0), from));
  const upto = next < 0 ? now.text.length : next;
  const put = change(now.text.slice(from, upto).split("\n")).join("\n");
  const caret = from + put.length;
  return { from, upto, put, start: now.start === now.end ? caret : from, end: caret };
}

/** @param {string[]} lines */
export function heading(lines) {
  return lines.map((line) => {
    const level = /^(#{1,6}) /.exec(line)?.[1]?.length ?? 0;
    const bare = line.replace(/^#{1,6} +/, "");
    return level === 0 ? `## ${bare}` : level === 2 ? `### ${bare}` : bare;
  });
}

/** @param {string[]} lines */
export function bullets(lines) {
  return toggled(lines, /^- /, () => "- ");
}

/** @param {string[]} lines */
export function numbers(lines) {
  return toggled(lines, /^\d+\. /, (index) => `${index + 1}. `);
}

/** @param {string[]} lines */
export function quote(lines) {
  return toggled(lines, /^> /, () => "> ");
}

/** @param {string[]} lines @param {RegExp} pattern @param {(index: number) => string} mark */
function toggled(lines, pattern, mark) {
  if (lines.every((line) => pattern.test(line))) return lines.map((line) => line.replace(pattern, ""));
  return lines.map((line, index) => mark(index) + line.replace(/^(- |\d+\. |> )/, ""));
}

/** @param {Selected} now @param {string} word @returns {Change} the address is selected: it is what one writes next */
export function link(now, word) {
  const [from, upto] = trimmed(now);
  const inside = now.text.slice(from, upto);
  const isAddress = /^(https?:\/\/|mailto:)\S+$/.test(inside);
  const text = isAddress || !inside ? word : inside;
  const address = isAddress ? inside : "https://";
  const start = from + (isAddress ? 1 : text.length + 3);
  return { from, upto, put: `[${text}](${address})`, start, end: start + (isAddress ? text.length : address.length) };
}

/** @param {Selected} now @param {string} word @returns {Change} */
export function code(now, word) {
  const inside = now.text.slice(now.start, now.end);
  if (!inside.includes("\n")) return wrap(now, "`", word);
  return block(now, "```\n" + inside.replace(/\n$/, "") + "\n```");
}

/** @param {Selected} now @param {string} column @returns {Change} */
export function table(now, column) {
  const row = "|   |   |";
  const made = block(now, `| ${column} 1 | ${column} 2 |\n| --- | --- |\n${row}\n${row}`);
  const start = made.from + made.put.indexOf(column);
  return { ...made, start, end: start + column.length + 2 };
}

/**
 * Put something in a paragraph of its own in place of what is selected.
 * @param {Selected} now @param {string} put @returns {Change}
 */
export function block(now, put) {
  const before = now.text.slice(0, now.start), after = now.text.slice(now.end);
  const above = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const below = !after || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  const whole = above + put + below;
  const end = now.start + above.length + put.length;
  return { from: now.start, upto: now.end, put: whole, start: end, end };
}

/**
 * What Enter does at the end of an item: the next one, or the end of the list where the item is empty.
 * @param {Selected} now @returns {Change | null} null where the browser's own Enter is right
 */
export function enter(now) {
  if (now.start !== now.end) return null;
  const from = now.text.lastIndexOf("\n", now.start - 1) + 1;
  const found = /^(\s*)(?:(- |> )|(\d+)(\. ))(.*)$/.exec(now.text.slice(from, now.start));
  if (!found) return null;
  if (!found[5]) return { from, upto: now.start, put: "", start: from, end: from };
  const mark = found[2] ?? `${Number(found[3]) + 1}${found[4]}`;
  const put = `\n${found[1]}${mark}`;
  return { from: now.start, upto: now.start, put, start: now.start + put.length, end: now.start + put.length };
}
