// What the widget keeps in this browser: one entry for a site, shared by its tabs. No cookie.

/** Where storage is closed (some private windows and frames), it lasts as long as the page. @param {string} key */
export function store(key) {
  let text = "{}";
  /** @returns {Kept} */
  const read = () => {
    try { text = localStorage.getItem(key) || text; } catch { /* closed */ }
    return JSON.parse(text);
  };
  /** @param {Partial<Kept>} change */
  const write = (change) => {
    text = JSON.stringify({ ...read(), ...change });
    try { localStorage.setItem(key, text); } catch { /* closed or full */ }
  };
  /** Messages without an ack outlive a reload. @type {Outbox} */
  const outbox = {
    load: () => read().outbox || [],
    add: (frame) => write({ outbox: [...outbox.load(), frame] }),
    drop: (id) => write({ outbox: outbox.load().filter((frame) => frame.id !== id) }),
  };
  return { read, write, outbox };
}
