// What was begun and not sent, for each conversation and kind, until this tab is closed.

const KEY = "tandem.console.drafts";

/** @returns {Record<string, string>} */
const all = () => JSON.parse(sessionStorage.getItem(KEY) || "{}");

/** @param {string} conversation @param {string} mode */
export const draft = (conversation, mode) => all()[`${conversation}:${mode}`] || "";

/** @param {string} conversation @param {string} mode @param {string} text */
export function keepDraft(conversation, mode, text) {
  const drafts = all();
  if (text) drafts[`${conversation}:${mode}`] = text;
  else delete drafts[`${conversation}:${mode}`];
  sessionStorage.setItem(KEY, JSON.stringify(drafts));
}
