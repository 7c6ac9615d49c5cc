import type { Ack, Author, Choice, Event as WireEvent, Greeting, StateView, ToCustomer } from "../protocol/to-customer";
import type { FromCustomer } from "../protocol/from-customer";
import { placed } from "./rows";

/** Frames that the outbox keeps until they are acknowledged. */
export type Said = Extract<FromCustomer, { type: "send" | "handoff" | "ticket" | "vote" | "rate" | "close" }>;

/** A row as shown. `provisional`: put here from an acknowledgement, the log's own row has not been seen. */
export interface Row extends WireEvent {
  provisional?: boolean;
}

/** One conversation. Rows are in order of their numbers; `after` is the last number that came as an event, where a
 * resume goes on. Numbers in acknowledgements do not count, because rows before them may still be under way. */
export interface Log {
  conversation: string;
  rows: readonly Row[];
  after: number;
}

/** Everything the widget shows that comes from the server. */
export interface ChatState {
  welcomed: boolean;
  me: Author | null;
  verified: boolean;
  locale: string;
  greeting: Greeting | null;
  view: StateView | null;
  /** In the order in which they were opened. */
  logs: readonly Log[];
  /** Server's clock minus ours, seconds. */
  skew: number;
  /** Until when (our clock, ms) somebody is shown as typing. */
  typing: { author: Author; until: number } | null;
  suggestions: { id: string; items: Choice[] } | null;
}

export const EMPTY: ChatState = {
  welcomed: false,
  me: null,
  verified: false,
  locale: "",
  greeting: null,
  view: null,
  logs: [],
  skew: 0,
  typing: null,
  suggestions: null,
};

const TYPING_FOR = 6_000;

/** What a frame makes of the state. Pure; frames seen before change nothing. `settled` is what an acknowledgement
 * answers, as the outbox knew it; `now` is our clock in ms. */
export function received(state: ChatState, frame: ToCustomer, now: number, settled?: Said): ChatState {
  switch (frame.type) {
    case "welcome": {
      const stranger = state.me !== null && state.me.id !== frame.me.id;
      const from = stranger ? EMPTY : state;
      return moved(
        {
          ...from,
          welcomed: true,
          me: frame.me,
          verified: frame.verified,
          locale: frame.locale,
          greeting: frame.greeting,
          view: frame.state,
          skew: frame.now - now / 1000,
          typing: null,
        },
        frame.state.conversation,
      );
    }
    case "state":
      return moved({ ...state, view: frame, typing: frame.owner === "agent" ? state.typing : null }, frame.conversation);
    case "event":
      return arrived(state, frame);
    case "ack":
      return settled ? acknowledged(state, frame, settled, now) : state;
    case "typing":
      return { ...state, typing: { author: frame.author, until: now + TYPING_FOR } };
    case "suggestions":
      return { ...state, suggestions: { id: frame.id, items: frame.items } };
    case "error":
      // Our numbers are from a log that the server no longer has (restored from a backup): it begins again.
      return frame.code === "sequence_ahead" ? { ...state, logs: [] } : state;
    case "token_expiring":
    case "beat":
    case "bye":
      return state;
  }
}

/** The conversation whose rows are live now; "" before the first message. */
export function current(state: ChatState): string {
  return state.view?.conversation ?? "";
}

/** The last number seen of it. */
export function lastSeen(state: ChatState): number {
  return state.logs.find((log) => log.conversation === current(state))?.after ?? 0;
}

/** All rows, older conversations first. */
export function rowsOf(state: ChatState): Row[] {
  return state.logs.flatMap((log) => log.rows);
}

function arrived(state: ChatState, frame: WireEvent): ChatState {
  const next = put(moved(state, frame.conversation), frame, frame.seq);
  if (next === state) return state;
  return { ...next, typing: frame.author.kind === next.typing?.author.kind ? null : next.typing };
}

/** A later conversation begins, or a snapshot names another than the one shown: its rows are counted from zero. */
function moved(state: ChatState, conversation: string): ChatState {
  if (conversation === "" || state.logs.some((log) => log.conversation === conversation)) return state;
  const view = state.view && { ...state.view, conversation };
  return { ...state, view, logs: [...state.logs, { conversation, rows: [], after: 0 }] };
}

function put(state: ChatState, row: Row, after = 0): ChatState {
  let changed = false;
  const logs = state.logs.map((log) => {
    if (log.conversation !== row.conversation) return log;
    const next = { ...log, rows: placed(log.rows, row, (r) => r.provisional === true), after: Math.max(log.after, after) };
    if (next.rows === log.rows && next.after === log.after) return log;
    changed = true;
    return next;
  });
  return changed ? { ...state, logs } : state;
}

function acknowledged(state: ChatState, ack: Ack, said: Said, now: number): ChatState {
  const body = bodyOf(said, ack.masked);
  if (body === null) return state;
  return put(moved(state, ack.conversation), {
    type: "event",
    conversation: ack.conversation,
    seq: ack.seq,
    at: now / 1000 + state.skew,
    segment: state.view?.segment ?? 1,
    kind: body.kind,
    author: { kind: "customer", id: null, name: null },
    body: body.fields,
    id: ack.id,
    provisional: true,
  });
}

/** The row that the server made of it, as far as we know it. A masked text is not shown as it was typed. */
function bodyOf(said: Said, masked: string[]): { kind: string; fields: Record<string, unknown> } | null {
  switch (said.type) {
    case "send": {
      const text = masked.length > 0 ? masked.map((kind) => `⟦masked:${kind}⟧`).join(" ") : said.text;
      return { kind: "customer_wrote", fields: { text, entry: said.entry, category: said.category, masked } };
    }
    case "handoff":
      return { kind: "handoff_asked", fields: { by: "button" } };
    case "ticket":
      return { kind: "ticket_taken", fields: { text: masked.length > 0 ? "" : said.text } };
    case "vote":
      return { kind: "voted", fields: { about: said.about, helpful: said.helpful } };
    case "rate":
      return { kind: "rated", fields: { segment: said.segment, score: said.score } };
    case "close":
      return { kind: "customer_closed", fields: {} };
  }
}
