// What this tab keeps until it is closed, for one person: who logs in next in the same tab finds nothing of it.

const PREFIX = "tandem.console.";
const user = /** @type {HTMLElement} */ (document.getElementById("panes")).dataset.user;

for (const key of Object.keys(sessionStorage)) {
  if (key.startsWith(PREFIX) && !key.endsWith(`.${user}`)) sessionStorage.removeItem(key);
}

/**
 * @template T
 * @param {string} name @param {T} nothing
 * @returns {{load: () => T, store: (value: T) => void}}
 */
export function kept(name, nothing) {
  const key = `${PREFIX}${name}.${user}`;
  return {
    load: () => JSON.parse(sessionStorage.getItem(key) || "null") ?? nothing,
    store: (value) => sessionStorage.setItem(key, JSON.stringify(value)),
  };
}
