// Asks how it was, once a case is resolved; no page loads this before. The frame goes out like any other.
import { button, make } from "../shared/log.js";
import { load } from "../shared/words.js";

const STAR = "M12 3l2.8 5.6 6.2.9-4.5 4.4 1.1 6.1-5.6-2.9-5.6 2.9 1.1-6.1L3 9.5l6.2-.9z";
const CSS = `.rating{position:relative;margin:var(--s4) 0 0;padding:var(--s3) var(--s4) var(--s4);border:1px solid var(--line);border-radius:var(--bubble);background:var(--sheet)}
.rating fieldset{margin:0;padding:0;border:0}.rating legend{padding:0;font-weight:600}
.stars{display:flex;flex-wrap:wrap;align-items:center;margin-inline-start:calc(0px - var(--s2));margin-top:var(--s1)}
.stars label{position:relative;display:grid;place-items:center;width:40px;height:40px;border-radius:var(--corner);cursor:pointer;-webkit-tap-highlight-color:transparent}
.stars input{position:absolute;inset:0;margin:0;opacity:0;cursor:pointer}
.stars label:has(:focus-visible){outline:2px solid var(--accent-text)}
.stars svg{width:24px;height:24px;color:var(--edge)}
.stars:not(:has(:checked)) label:is(:hover,:has(~ :hover)) svg{color:var(--accent-text)}
.stars label:is(:has(:checked),:has(~ label :checked)) svg{color:var(--accent-text);fill:currentColor}
.stars span{min-width:80px;margin-inline-start:var(--s2)}
.rating .icon{position:absolute;inset-block-start:2px;inset-inline-end:2px;color:var(--ink-soft)}
.rating p{margin:var(--s1) 0 0;color:var(--ink-soft);font-size:var(--small)}.rating p:empty{display:none}
.more{display:flex;flex-wrap:wrap;gap:var(--s2);align-items:end;margin-top:var(--s3)}.more[hidden]{display:none}
.more button{min-height:40px;padding:0 var(--s3);border:1px solid var(--edge);border-radius:var(--corner);background:none}`;

/** @param {any} widget whose case is resolved for the first time on this page */
export async function begin(widget) {
  const { face } = widget;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  const words = /** @type {any} */ (await load(face.locale, "rating/"));
  face.root.adoptedStyleSheets.push(sheet);
  widget.rating = new Rating(widget, words);
  widget.draw();
}

class Rating {
  /** @param {any} widget @param {any} words */
  constructor(widget, words) {
    this.widget = widget;
    this.words = words;
    /** @type {HTMLElement|null} */ this.card = null;
    this.about = "";
    this.sent = 0;
  }

  /** Under a case that is over, unless the customer has said it, or said "not now". */
  draw() {
    const { thread, conversation, kept, ours, sheet } = this.widget;
    const { seq: over = 0 } = thread.events.findLast((/** @type {LogEvent} */ { kind }) => kind === "resolved") || {};
    // Which case it is about goes with it: it may leave once another one has begun, or from another log.
    const named = { seq: over, conversation: conversation?.id };
    const about = over && thread.state.handler === "closed" ? `${named.conversation} ${over}` : "";
    const rated = thread.events.some((/** @type {LogEvent} */ { kind, seq, resolved }) => kind === "rated" && (resolved ? resolved === over : seq > over))
      || [...ours.values()].some(({ frame }) => frame.type === "rating" && frame.seq === over && frame.conversation === named.conversation);
    if (about === this.about && (this.sent || !rated)) return;
    this.about = about;
    this.card?.remove();
    this.card = null;
    this.sent = 0;
    if (!about || rated || kept.read().unrated === about) return;
    const card = this.card = this.ask(named);
    sheet.place.keep(() => sheet.box.append(card));
    sheet.voice.append(make("p", "", this.words.question));
  }

  /** The card: five radios that look like stars, then a field. @param {any} named the case */
  ask(named) {
    const { words, widget: { face, words: say, kept } } = this;
    const label = make("span");
    const stars = make("div", "stars");
    const told = make("p");
    told.role = "status";
    let score = 0, keys = false;
    const send = (comment = "") => {
      if (score === this.sent && !comment) return;
      this.sent = score;
      this.widget.change({ type: "rating", ...named, score, comment: comment || undefined });
      told.textContent = say.thanks;
    };
    stars.append(...words.scores.map((/** @type {string} */ word, /** @type {number} */ at) => {
      const star = make("input");
      star.type = "radio";
      star.name = "tandem-rating";
      star.ariaLabel = word;
      star.onchange = () => {
        score = at + 1;
        label.textContent = word;
        more.hidden = false;
        card.scrollIntoView({ block: "nearest" });
        if (!keys) send();
      };
      const icon = face.icon(STAR);
      return make("label", "", star, icon);
    }), label);
    label.ariaHidden = "true";
    // An arrow key chooses too: what was chosen so goes out once the group is left, a tap at once.
    stars.onkeydown = () => { keys = true; };
    stars.onpointerdown = () => { keys = false; };
    const group = make("fieldset", "", make("legend", "", words.question), stars);
    group.addEventListener("focusout", ({ relatedTarget }) => {
      if (score && !group.contains(/** @type {Node|null} */ (relatedTarget))) send();
    });
    const field = make("textarea");
    field.rows = 2;
    field.maxLength = 500;
    field.dir = "auto";
    field.placeholder = field.ariaLabel = words.more;
    const more = make("div", "more", field, button(say.send, () => {
      send(field.value.trim());
      card.replaceChildren(told);
    }));
    more.hidden = true;
    const skip = button("", () => {
      kept.write({ unrated: this.about });
      card.remove();
      this.widget.sheet.field.focus();
    }, "icon");
    skip.ariaLabel = words.skip;
    skip.append(face.icon("M6 6l12 12M18 6L6 18"));
    const card = make("div", "rating", group, told, more, skip);
    return card;
  }
}
