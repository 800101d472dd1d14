// Frames that wait for their ack: kept over a reload, so that nothing written is lost or sent twice.
import { kept } from "./kept.js";

const { load, store } = kept("outbox", /** @type {any[]} */ ([]));

/** @type {import("../shared/socket.js").Outbox} */
export const outbox = {
  load,
  add: (frame) => store([...load(), frame]),
  drop: (id) => store(load().filter((frame) => frame.id !== id)),
};
