// Generated from app/wire by `npm run protocol`. Do not edit.

export type FromStaff =
  | Hello
  | Presence
  | Accept
  | Pass
  | Pull
  | Send
  | Note
  | Transfer
  | Close
  | Watch
  | Unwatch
  | AnswerTicket
  | AckAlarm
  | IsTyping
  | Resync
  | Beat;

/**
 * First frame, within five seconds. ``token`` for scripts; a browser is known by its session cookie and
 * sends its ``csrf`` token.
 */
export interface Hello {
  csrf?: string | null;
  token?: string | null;
  type: "hello";
  v?: 1;
}
/**
 * Ready for new conversations, or only connected.
 */
export interface Presence {
  id: string;
  ready: boolean;
  type: "presence";
}
export interface Accept {
  conversation: string;
  id: string;
  type: "accept";
}
export interface Pass {
  conversation: string;
  id: string;
  type: "pass";
}
/**
 * Take from the list, also one that is being offered to another.
 */
export interface Pull {
  conversation: string;
  id: string;
  type: "pull";
}
export interface Send {
  conversation: string;
  id: string;
  text: string;
  type: "send";
}
export interface Note {
  conversation: string;
  id: string;
  text: string;
  type: "note";
}
/**
 * To a skill or to a colleague, with a note for whoever takes it; the waiting clock goes on.
 */
export interface Transfer {
  agent?: string | null;
  conversation: string;
  id: string;
  note?: string;
  skill?: string | null;
  type: "transfer";
}
export interface Close {
  conversation: string;
  id: string;
  outcome?: "solved" | "unsolved";
  type: "close";
}
/**
 * Send me the rows of this conversation after this number, and live ones from then on.
 */
export interface Watch {
  after?: number;
  conversation: string;
  id: string;
  type: "watch";
}
export interface Unwatch {
  conversation: string;
  type: "unwatch";
}
export interface AnswerTicket {
  id: string;
  status?: "answered" | "closed" | "open";
  text?: string;
  ticket: string;
  type: "ticket";
}
export interface AckAlarm {
  conversation: string;
  id: string;
  type: "alarm";
}
export interface IsTyping {
  conversation: string;
  type: "typing";
}
/**
 * A gap in ``n``: send the lists again.
 */
export interface Resync {
  type: "resync";
}
/**
 * Heartbeat, both ways, with the last number seen. The server answers a client's.
 */
export interface Beat {
  seq?: number;
  type: "beat";
}
