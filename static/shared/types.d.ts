// The types that the scripts of all faces share. No page loads this file: it is for editors and `tsc --checkJs`.
// What the fields of frames and events mean: docs/protocol.md, docs/log.md.

/** A frame of the socket protocol. */
interface Frame { type: string; id?: string; [field: string]: any }

/** An event as it travels: the fields below, and those of its kind. */
interface LogEvent {
  seq: number;
  prev: number;
  kind: string;
  at: string;
  from: { role: string; name?: string };
  [field: string]: any;
}

/** What follows from the events: the same as `State` in chat/fold.py. */
interface State {
  handler: string;
  floor: number;
  case: number;
  assignee: string | null;
  agent: string | null;
  team: string | null;
  last_seq: number;
  last_visible_seq: number;
  answered_seq: number;
  language: string;
  moods: number[];
  unknowns: number;
  offered: boolean;
  asked_seq: number;
  waiting_since: string | null;
}

/** The preview of a running turn. */
interface Turn { turn: string; attempt: number; state: string; doing?: string; text: string }

/** A page of events: a `welcome`, or an `events` frame. */
interface Page {
  events: LogEvent[];
  more?: boolean;
  earlier?: boolean;
  reset?: boolean;
  turn?: any;
  conversation?: any;
}

/** Where frames wait for their `ack`. One that outlives the page loses nothing at a reload. */
interface Outbox { load(): Frame[]; add(frame: Frame): void; drop(id: string): void }

type LinkState = "connecting" | "open" | "waiting" | "stopped";

interface LinkOptions {
  url: string;
  /** The first frame, made anew for each connection. */
  hello(): Frame;
  /** Every frame but `pong`. */
  receive(frame: Frame): void;
  /** The close code comes along where one is known. */
  status?(state: LinkState, code: number): void;
  /** The token was refused: true, if it is forgotten now and a hello without it makes sense. */
  forget?(fault: string): boolean;
  outbox: Outbox;
  /** Milliseconds; for tests. */
  times?: Record<string, number>;
  random?(): number;
}

/** A message of ours that is not in the log yet. `why`: what is in its way. */
interface PendingMessage { frame: Frame; state: "sending" | "kept" | "sent" | "failed"; why?: string }

/** What is so beside the log. `typing`: who writes; `declined`: the seq of an offer that was turned down. */
interface Now { pending?: PendingMessage[]; typing?: string; declined?: number }

interface LogOptions {
  words: any;
  /** For dates and times. */
  locale: string;
  /** Whose side is "mine". */
  me: "visitor" | "agent";
  /** What the links of sources are relative to. */
  base?: string;
  /** Makes the buttons appear, and hears them: the item is an event, for "edit" a frame. */
  act?(what: "accept" | "decline" | "edit", item: any): void;
  /** More under an event. */
  extra?(event: LogEvent): Node | null | undefined;
  /** More under an open source of an event. */
  under?(source: any, event: LogEvent): Node | null | undefined;
}

/**
 * What the widget keeps in the browser. `seen`: the last seq that was on screen; `at`: when, in ms; `unrated`: the case
 * that they did not want to rate.
 */
interface Kept {
  token?: string;
  conversation?: string;
  epoch?: string;
  accent?: string;
  unrated?: string;
  seen?: number;
  at?: number;
}
