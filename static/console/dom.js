// Elements without markup in strings: what a customer wrote can never become markup here.

/**
 * @param {string} tag @param {Record<string, any>} [attributes] functions become listeners; null and false are left out
 * @param {...(Node|string|null|false|undefined)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...children.filter((child) => child || child === "").map((child) => child || ""));
  return element;
}

/** @param {Element} element @param {string} name @param {any} value */
function set(element, name, value) {
  if (value == null || value === false) return;
  if (typeof value === "function") element.addEventListener(name, value);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/**
 * `{name}` in a sentence replaced by its value.
 * @param {string} sentence @param {Record<string, any>} values
 */
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));

/**
 * Make `parent` hold exactly these children, moving those that are there: focus and scroll stay.
 * @param {Element} parent @param {Element[]} children
 */
export function keep(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] || null);
  });
}
