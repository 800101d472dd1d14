// What a customer thinks of an answer: whether it helped, and which source does not say that.
import { button, make } from "../shared/log.js";

export class Opinions {
  /** @param {any} words @param {(frame: any) => void} change */
  constructor(words, change) {
    this.words = words;
    this.change = change;
    /** By the answer's seq, or by it and the source's number. @type {Map<any, boolean>} */ this.said = new Map();
  }

  /** Under an answer that has sources. @param {any} event @returns {any} */
  helped({ seq, sources }) {
    const { words: say, said } = this;
    if (!seq || !sources?.length) return "";
    const thanks = make("span");
    const choice = (/** @type {string} */ label, /** @type {boolean} */ helpful) => {
      const chosen = button(label, () => {
        for (const other of [yes, no]) other.ariaPressed = `${other === chosen}`;
        thanks.textContent = say.thanks;
        said.set(seq, helpful);
        this.change({ type: "feedback", seq, helpful });
      });
      chosen.ariaPressed = `${said.get(seq) === helpful}`;
      return chosen;
    };
    const yes = choice(say.good, true);
    const no = choice(say.bad, false);
    thanks.role = "status";
    const row = make("div", "opinion", say.helped, yes, no, thanks);
    row.role = "group";
    row.ariaLabel = say.helped;
    return row;
  }

  /** Under an open source: one tap, and then a word on it for who wants. @param {any} source @param {any} event */
  wrong({ n }, { seq }) {
    const { words: say, said } = this;
    const key = `${seq} ${n}`;
    const box = make("div", "opinion");
    box.role = "status";
    const send = (/** @type {string} */ comment) => {
      said.set(key, true);
      box.replaceChildren(say.checks);
      this.change({ type: "dispute", seq, n, comment: comment || undefined });
    };
    const ask = () => {
      send("");
      const why = make("textarea");
      why.rows = 1;
      why.maxLength = 500;
      why.placeholder = why.ariaLabel = say.wrong_how;
      box.append(why, button(say.send, () => why.value.trim() && send(why.value)));
      why.focus();
      box.scrollIntoView({ block: "center" });
    };
    box.append(said.get(key) ? say.checks : button(say.wrong, ask));
    return box;
  }
}
