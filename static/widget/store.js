// What the widget keeps in this browser, shared by a site's tabs: one entry, and one for each unsent message. No cookie.

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
  const box = `${key}:`;
  const names = () => {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(box)).sort(); } catch { return []; }
  };
  let at = 0;
  /** Messages without an ack outlive a reload. An entry each: tabs that write at once lose none. @type {Outbox} */
  const outbox = {
    load: () => names().map((name) => JSON.parse(localStorage.getItem(name) || "0")).filter(Boolean),
    add: (frame) => {
      at = Math.max(at + 1, Date.now());
      try { localStorage.setItem(`${box}${at} ${frame.id}`, JSON.stringify(frame)); } catch { /* closed or full */ }
    },
    drop: (id) => {
      for (const name of names()) if (name.endsWith(` ${id}`)) localStorage.removeItem(name);
    },
  };
  return { read, write, outbox };
}
