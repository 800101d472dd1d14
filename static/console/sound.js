// Two sounds, made here: one for an escalation, another for a message in what is mine.

import { words } from "./words.js";

const OFF = "tandem.console.sound-off";

/** [frequency in Hz, start and length in s] @type {{escalation: [number, number, number][], message: [number, number, number][]}} */
const TUNES = {
  escalation: [[660, 0, 0.16], [880, 0.18, 0.16], [660, 0.42, 0.16], [880, 0.6, 0.24]],
  message: [[523, 0, 0.09], [392, 0.1, 0.14]],
};

export class Sound {
  /** @param {HTMLButtonElement} button */
  constructor(button) {
    this.button = button;
    this.on = localStorage.getItem(OFF) !== "1";
    /** @type {AudioContext|null} */ this.context = null;
    button.addEventListener("click", () => this.turn(!this.on));
    const unlock = () => this.unlock();
    addEventListener("pointerdown", unlock, { capture: true });
    addEventListener("keydown", unlock, { capture: true });
    this.draw();
  }

  /** A browser lets a page sound only after the person has touched it. */
  async unlock() {
    if (!this.context) this.context = new AudioContext();
    if (this.context.state === "suspended") await this.context.resume();
    this.draw();
  }

  /** @param {boolean} on */
  turn(on) {
    this.on = on;
    localStorage.setItem(OFF, on ? "0" : "1");
    this.draw();
    if (on) this.play("message");
  }

  draw() {
    const ready = this.context?.state === "running";
    this.button.setAttribute("aria-pressed", String(this.on));
    this.button.textContent = this.on ? (ready ? words.soundOn : words.soundWaits) : words.soundOff;
  }

  /** @param {"escalation"|"message"} tune */
  play(tune) {
    if (!this.on || !this.context || this.context.state !== "running") return;
    for (const [frequency, start, length] of TUNES[tune]) this.note(this.context, frequency, start, length);
  }

  /** @param {AudioContext} context @param {number} frequency @param {number} start @param {number} length */
  note(context, frequency, start, length) {
    const from = context.currentTime + start;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.12, from + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.0001, from + length);
    const tone = context.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}
