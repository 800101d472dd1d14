// What the server told the page: where to post, and the words in the reader's language.

/**
 * @typedef {{draft: string, here: string, paste: string, picture: string, preview: string}} Addresses
 * @type {{addresses: Addresses, site: number | null, every: number, words: Record<string, string>}}
 */
const told = JSON.parse(document.getElementById("editor-settings")?.textContent || "{}");

export const addresses = told.addresses;
export const site = told.site;
export const every = told.every * 1000;
export const words = /** @type {Record<string, string> & {text: string, column: string}} */ (told.words);

/** A sentence with its blank filled. @param {string} name @param {Record<string, string>} [values] */
export function say(name, values = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (_all, blank) => values[blank] ?? "");
}

/** Post a form; throws where there is no network. @param {string} address @param {Record<string, string | Blob>} fields */
export async function post(address, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("csrfmiddlewaretoken", token());
  const answer = await fetch(address, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
  return answer;
}

/** The form's token; Django renews it with each log-in, in the cookie too. */
export function token() {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"));
  return field?.value ?? "";
}
