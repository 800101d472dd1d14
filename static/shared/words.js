// The words of a conversation: each language is a file, and one is loaded.
/** @typedef {typeof import("./words/en.js").default & {lang: string, dir?: string}} Words */

/** @param {string} locale BCP 47 @param {string} [of] words that are loaded later: their folder @returns {Promise<Words>} */
export async function load(locale, of = "") {
  const [lang] = locale.toLowerCase().match(/^(ar|de|es|fr)\b/) || ["en"];
  return { ...(await import(`./words/${of}${lang}.js`)).default, lang };
}

/** @param {string} text with {names} @param {Record<string, any>} values */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
