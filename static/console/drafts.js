// What was begun and not sent, for each conversation and kind, until this tab is closed.
import { kept } from "./kept.js";

const { load, store } = kept("drafts", /** @type {Record<string, string>} */ ({}));

/** @param {string} conversation @param {string} mode */
export const draft = (conversation, mode) => load()[`${conversation}:${mode}`] || "";

/** @param {string} conversation @param {string} mode @param {string} text */
export function keepDraft(conversation, mode, text) {
  const { [`${conversation}:${mode}`]: _before, ...others } = load();
  store(text ? { ...others, [`${conversation}:${mode}`]: text } : others);
}
