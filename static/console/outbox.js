// Frames that wait for their ack: kept over a reload, so that nothing written is lost or sent twice.

const KEY = "tandem.console.outbox";

/** @returns {any[]} */
const load = () => JSON.parse(sessionStorage.getItem(KEY) || "[]");

/** @param {any[]} frames */
const store = (frames) => sessionStorage.setItem(KEY, JSON.stringify(frames));

/** @type {import("../shared/socket.js").Outbox} */
export const outbox = {
  load,
  add: (frame) => store([...load(), frame]),
  drop: (id) => store(load().filter((frame) => frame.id !== id)),
};
