// Generated from app/wire by `npm run protocol`. Do not edit.

export type ToCustomer = Welcome | Event | StateView | Ack | Error | Typing | Suggestions | TokenExpiring | Beat | Bye;

/**
 * Answer to hello: the snapshot. Rows after ``after`` follow as events up to ``state.seq``, then live ones.
 * ``visitor`` is the token an anonymous visitor must keep.
 */
export interface Welcome {
  beat: number;
  earlier: string[];
  greeting: Greeting;
  locale: string;
  me: Author;
  now: number;
  state: StateView;
  type: "welcome";
  v: 1;
  verified: boolean;
  visitor: string | null;
}
/**
 * Says it is a program, who is there today, and offers topics.
 */
export interface Greeting {
  categories: Choice[];
  hot: Choice[];
  hours: string;
  text: string;
  wait: string | null;
}
/**
 * A button: an entry to ask, a category to open, a person, a link, or a reply (``say``) whose label is sent as a
 * message.
 */
export interface Choice {
  id: string | null;
  kind: "entry" | "category" | "handoff" | "link" | "say";
  label: string;
  url: string | null;
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
 * Everything the widget needs besides the rows: whose turn it is and what the customer can do.
 */
export interface StateView {
  agent: Author | null;
  can: ("send" | "handoff" | "ticket" | "close" | "vote" | "rate" | "download")[];
  conversation: string;
  owner: "bot" | "queue" | "agent" | "closed";
  queue: QueueView | null;
  segment: number;
  seq: number;
  survey: number[];
  thinking: boolean;
  tickets: TicketView[];
  type: "state";
}
/**
 * ``position`` 1 is next. The wait in seconds: about ``p50``, in nine of ten cases at most ``p90``; None
 * when no honest figure can be told. ``why`` says why a position grew.
 */
export interface QueueView {
  emergency: boolean;
  p50: number | null;
  p90: number | null;
  position: number;
  promise: number;
  since: number;
  ticket_offered: boolean;
  why: ("transfer" | "priority") | null;
}
export interface TicketView {
  id: string;
  opened: number;
  promised: number;
  reason: string;
  short: string;
  status: "open" | "answered" | "closed";
  url: string;
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
export interface Typing {
  author: Author;
  conversation: string;
  type: "typing";
}
export interface Suggestions {
  id: string;
  items: Choice[];
  type: "suggestions";
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
