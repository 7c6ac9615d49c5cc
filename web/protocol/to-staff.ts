// Generated from app/wire by `npm run protocol`. Do not edit.

export type ToStaff =
  | Welcome
  | Event
  | Ack
  | Error
  | CardChanged
  | CardGone
  | Colleagues
  | TicketChanged
  | Offer
  | OfferOver
  | Alarm
  | Typing
  | TokenExpiring
  | Beat
  | Bye;

/**
 * The snapshot of all lists; later ``card``, ``gone``, ``colleagues`` and ``tickets`` frames are deltas
 * numbered ``n`` without gaps.
 */
export interface Welcome {
  beat: number;
  canned: Canned[];
  cards: Card[];
  colleagues: Colleague[];
  me: Me;
  n: number;
  now: number;
  skills: string[];
  tickets: TicketCard[];
  type: "welcome";
  v: 1;
  variables: {
    [k: string]: unknown;
  };
}
/**
 * A canned reply; ``{{customer}}``, ``{{agent}}`` and the corpus' variables are filled by the console.
 */
export interface Canned {
  id: string;
  locale: string;
  text: string;
  title: string;
}
/**
 * One conversation in a list. ``state`` as in the life cycle. ``unread`` counts the customer's messages
 * since this agent last wrote or looked; ``last`` is the newest text (160 characters at most).
 */
export interface Card {
  agent: Author | null;
  alarm: string | null;
  away: boolean;
  conversation: string;
  customer: Customer;
  lane: number | null;
  language: string | null;
  last: string;
  last_at: number;
  misses: number;
  offered_to: string | null;
  promise: number | null;
  reason: string | null;
  seq: number;
  since: number | null;
  skill: string | null;
  state: "with_bot" | "queued" | "offered" | "with_agent" | "closed";
  until: number | null;
}
/**
 * Who speaks: always shown. ``name`` is what the reader may see of him.
 */
export interface Author {
  id: string | null;
  kind: "customer" | "bot" | "agent" | "system";
  name: string | null;
}
/**
 * What the panel shows; personal data is masked.
 */
export interface Customer {
  channel: string;
  earlier: string[];
  id: string;
  locale: string;
  name: string;
  tier: string;
  verified: boolean;
}
export interface Colleague {
  capacity: number;
  connected: boolean;
  id: string;
  load: number;
  name: string;
  ready: boolean;
  skills: string[];
}
export interface Me {
  capacity: number;
  id: string;
  languages: string[];
  load: number;
  name: string;
  ready: boolean;
  roles: string[];
  skills: string[];
}
export interface TicketCard {
  conversation: string;
  customer: Customer;
  id: string;
  opened: number;
  overdue: boolean;
  promised: number;
  reason: string;
  short: string;
  skill: string;
  status: "open" | "answered" | "closed";
  text: string;
}
/**
 * One row of the conversation's log, as this reader may see it. ``kind`` and ``body`` as in
 * ``conversation/events.py`` (snake case). ``at`` is seconds since the epoch.
 */
export interface Event {
  at: number;
  author: Author;
  body: {
    [k: string]: unknown;
  };
  conversation: string;
  id: string | null;
  kind: string;
  segment: number;
  seq: number;
  type: "event";
}
/**
 * Sent only when the row is on disk. ``duplicate``: it had been stored before, ``seq`` is the first row's.
 * ``conversation`` differs from the one written to when that was closed and a linked one was opened.
 */
export interface Ack {
  conversation: string;
  duplicate: boolean;
  id: string;
  masked: string[];
  seq: number;
  type: "ack";
}
/**
 * Nothing was stored for ``id``. ``code`` is stable and documented; ``retry_after`` in seconds.
 */
export interface Error {
  code: string;
  conversation: string | null;
  id: string | null;
  message: string;
  retry_after: number | null;
  type: "error";
}
export interface CardChanged {
  card: Card;
  n: number;
  type: "card";
}
export interface CardGone {
  conversation: string;
  n: number;
  type: "gone";
}
export interface Colleagues {
  colleagues: Colleague[];
  me: Me;
  n: number;
  type: "colleagues";
}
export interface TicketChanged {
  n: number;
  ticket: TicketCard;
  type: "ticket";
}
/**
 * You are rung: accept or pass until ``until``.
 */
export interface Offer {
  card: Card;
  conversation: string;
  type: "offer";
  until: number;
}
export interface OfferOver {
  conversation: string;
  type: "offer_over";
  why: "expired" | "already_taken" | "closed" | "passed";
}
/**
 * Repeats until acknowledged or accepted.
 */
export interface Alarm {
  card: Card;
  conversation: string;
  kind: string;
  since: number;
  type: "alarm";
}
export interface Typing {
  author: Author;
  conversation: string;
  type: "typing";
}
/**
 * Send a fresh token before then. An anonymous visitor gets his: ``visitor`` is the one to keep from now on.
 */
export interface TokenExpiring {
  in_seconds: number;
  type: "token_expiring";
  visitor: string | null;
}
/**
 * Heartbeat, both ways, with the last number seen. The server answers a client's.
 */
export interface Beat {
  seq: number;
  type: "beat";
}
/**
 * The server closes this socket on purpose; reconnect after so many seconds (None: do not).
 */
export interface Bye {
  code: string;
  reconnect_in: number | null;
  type: "bye";
}
