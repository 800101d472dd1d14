// The console's words, which the server put into the page in the reader's language.

/** @type {any} */
export const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
export const locale = document.documentElement.lang || "en";
