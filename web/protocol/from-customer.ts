// Generated from app/wire by `npm run protocol`. Do not edit.

export type FromCustomer =
  Hello | Send | Handoff | TakeTicket | Vote | Rate | Close | Suggest | IsTyping | FreshToken | Beat;

/**
 * First frame, within five seconds. ``token``: identity signed by the exchange; ``visitor``: an anonymous
 * visitor's own token from an earlier welcome; neither: a new visitor. ``after``: last number seen of
 * ``conversation`` (0: from the beginning).
 */
export interface Hello {
  after?: number;
  channel?: "web" | "app" | "client";
  conversation?: string | null;
  locale?: string | null;
  token?: string | null;
  topic?: string;
  type: "hello";
  v?: 1;
  visitor?: string | null;
}
/**
 * A typed message, or a clicked choice (``entry``) or category, whose title is then ``text``.
 */
export interface Send {
  category?: string | null;
  entry?: string | null;
  id: string;
  text: string;
  type: "send";
}
/**
 * 转人工 by button.
 */
export interface Handoff {
  id: string;
  type: "handoff";
}
/**
 * A ticket instead of (further) waiting; ``text`` is added to it.
 */
export interface TakeTicket {
  id: string;
  text?: string;
  type: "ticket";
}
export interface Vote {
  about: number;
  helpful: boolean;
  id: string;
  type: "vote";
}
/**
 * CSAT of one segment, scores 1..5.
 */
export interface Rate {
  clarity?: number | null;
  comment?: string;
  id: string;
  score: number;
  segment: number;
  solved?: boolean | null;
  timeliness?: number | null;
  type: "rate";
}
export interface Close {
  id: string;
  type: "close";
}
/**
 * Type-ahead: standard questions that begin like this or mean this.
 */
export interface Suggest {
  id: string;
  prefix: string;
  type: "suggest";
}
export interface IsTyping {
  type: "typing";
}
/**
 * The answer to ``token_expiring``.
 */
export interface FreshToken {
  token: string;
  type: "token";
}
/**
 * Heartbeat, both ways, with the last number seen. The server answers a client's.
 */
export interface Beat {
  seq?: number;
  type: "beat";
}
