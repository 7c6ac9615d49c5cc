/**
 * What the console knows, as one value. Nothing in this folder does I/O: `step` takes an input and returns the
 * next value and the frames to send.
 */
import type {
  Canned,
  Card,
  Colleague,
  DeskEvent,
  FromStaff,
  Me,
  TicketCard,
  ToStaff,
} from "../wire";

export type Phase = "connecting" | "open" | "lost" | "ended";

/** Frames that carry a client id: they stay here until acknowledged or refused. */
export type Command = Exclude<Extract<FromStaff, { id: string }>, { type: "watch" }>;

/** What the middle of the screen shows. A conversation may be one's own, a waiting one, or an earlier one (read-only). */
export interface Selected {
  kind: "conversation" | "ticket";
  id: string;
}

export interface Pending {
  command: Command;
  /** Seconds since the epoch, this machine's clock. */
  at: number;
  /** Set when the server refused it: stays visible for messages, so that no text is lost. */
  refused?: string;
}

export interface Ringing {
  conversation: string;
  /** Server time in seconds. */
  until: number;
}

export interface AlarmBell {
  conversation: string;
  kind: string;
  since: number;
}

export interface Transcript {
  /** Ascending, without holes up to `through`. */
  rows: DeskEvent[];
  /** The newest number up to which nothing is missing. */
  through: number;
  /** A `watch` for what is missing is under way. */
  asked: boolean;
  /** Who is typing, and until when (this machine's clock, seconds). */
  typing: { name: string | null; until: number } | null;
}

export interface Notice {
  /** Grows by one with each notice. */
  key: number;
  code: string;
  conversation: string | null;
  retryAfter: number | null;
  tone: "calm" | "warning";
}

export interface Desk {
  phase: Phase;
  /** Why it ended, when `phase` is "ended". */
  ending: string | null;
  /** Number of the last list change; deltas continue from it. */
  n: number;
  /** A gap was seen and the lists were asked for again: deltas until the next welcome mean nothing. */
  stale: boolean;
  /** Server time minus this machine's, in seconds. */
  skew: number;
  me: Me | null;
  cards: Record<string, Card>;
  tickets: Record<string, TicketCard>;
  colleagues: Colleague[];
  skills: string[];
  canned: Canned[];
  variables: Record<string, unknown>;
  offers: Record<string, Ringing>;
  alarms: Record<string, AlarmBell>;
  /** Conversation -> kind of the alarm that this agent acknowledged: a repeat of the same is not a new one. */
  hushed: Record<string, string>;
  transcripts: Record<string, Transcript>;
  /** Conversation -> newest row this agent has seen. Kept across reloads. */
  read: Record<string, number>;
  selected: Selected | null;
  /** The last card known of the selected conversation: stays when the card leaves the lists. */
  kept: Card | null;
  /** The page is visible: what is on screen counts as read. */
  visible: boolean;
  /** How many `watch` frames were sent: makes their ids. */
  watches: number;
  pending: Record<string, Pending>;
  notices: Notice[];
}

export type Input =
  | { type: "received"; frame: ToStaff; now: number }
  | { type: "phase"; phase: Phase; ending?: string | null }
  | { type: "command"; command: Command; now: number }
  | { type: "forget"; id: string }
  | { type: "retry"; id: string; now: number }
  | { type: "select"; selected: Selected | null }
  | { type: "visible"; visible: boolean }
  | { type: "dismiss"; key: number };

export interface Step {
  desk: Desk;
  out: FromStaff[];
}

export const EMPTY: Desk = {
  phase: "connecting",
  ending: null,
  n: 0,
  stale: false,
  skew: 0,
  me: null,
  cards: {},
  tickets: {},
  colleagues: [],
  skills: [],
  canned: [],
  variables: {},
  offers: {},
  alarms: {},
  hushed: {},
  transcripts: {},
  read: {},
  selected: null,
  kept: null,
  visible: true,
  watches: 0,
  pending: {},
  notices: [],
};

export function without<T>(map: Record<string, T>, key: string): Record<string, T> {
  if (!(key in map)) return map;
  const rest = { ...map };
  delete rest[key];
  return rest;
}
