// What the console knows: the rows, in which list each is and in which order, and the alerts that stand. No elements.

/**
 * @typedef {{conversation: string, site: string, subject: string, customer: string, handler: string,
 *   assignee: string|null, agent: string|null, mine: boolean, waiting_since: string|null, changed_at: string|null,
 *   mood: number|null, reasons: string[], unread: number, language: string, last_seq: number,
 *   last: {text: string, from: string, at: string}|null, here: {state: string, since: string}|null, gone?: boolean,
 *   team: string, snoozed: string|null, email: boolean, calls: boolean, translate: string[]|null}} Row
 * @typedef {{conversation: string, seq: number, reasons: {code: string, text: string, evidence: string}[],
 *   summary: string, mood_trail: number[], at: string}} Alert
 */

export const LISTS = ["queue", "mine", "snoozed", "others", "assistant", "closed"];

/** @param {Row} row */
export function listOf(row) {
  if (row.handler === "agent") return row.mine ? (row.snoozed ? "snoozed" : "mine") : "others";
  return row.handler;
}

/** Since when somebody waits; whoever was answered and then given back to the queue does so too. @param {Row} row */
const waits = (row) => row.waiting_since || (row.handler === "queue" ? row.changed_at : null);

/** Where somebody waits, the longest first; then whatever changed last. @param {Row} a @param {Row} b */
function byWaiting(a, b) {
  const [one, other] = [waits(a), waits(b)];
  if (one && other) return one < other ? -1 : 1;
  if (one || other) return one ? -1 : 1;
  return byChange(a, b);
}

/** @param {Row} a @param {Row} b */
const byChange = (a, b) => ((a.changed_at || "") < (b.changed_at || "") ? 1 : -1);

export class Store {
  constructor() {
    /** @type {Map<string, Row>} */ this.rows = new Map();
    /** @type {Map<string, Alert>} */ this.alerts = new Map();
    /** @type {Record<string, number>} */ this.counts = {};
  }

  /** A `welcome`: everything anew. @param {{inbox: Row[], counts: Record<string, number>}} welcome */
  begin({ inbox, counts }) {
    this.rows = new Map(inbox.map((row) => [row.conversation, row]));
    this.alerts.clear();
    this.counts = counts;
  }

  /** @param {Row} row @returns {Row|undefined} what it was */
  put(row) {
    const before = this.rows.get(row.conversation);
    if (row.gone) this.rows.delete(row.conversation);
    else this.rows.set(row.conversation, row);
    if (row.gone || !row.calls) this.alerts.delete(row.conversation);
    return before;
  }

  /** @param {string} list @returns {Row[]} in the order in which it is shown */
  list(list) {
    const order = list === "queue" || list === "mine" ? byWaiting : byChange;
    return [...this.rows.values()].filter((row) => listOf(row) === list).sort(order);
  }

  /** How many a heading names: the server's number counts open ones that are not loaded too. @param {string} list */
  count(list) {
    return Math.max(this.counts[list] || 0, this.list(list).length);
  }

  /** Whether the rows are of more than one site: then each says of which. */
  get several() {
    return new Set([...this.rows.values()].map(({ site }) => site)).size > 1;
  }

  /** What waits for this person: messages in what is theirs, and the queue. */
  waiting() {
    return this.list("mine").reduce((sum, row) => sum + row.unread, 0) + this.list("queue").length;
  }
}
