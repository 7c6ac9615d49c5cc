// Generated from app/wire by `npm run protocol`. Do not edit.

/**
 * Event kind to body.
 */
export interface Rows {
  accepted: Accepted;
  agent_closed: AgentClosed;
  agent_wrote: AgentWrote;
  alarm_acknowledged: AlarmAcknowledged;
  away_too_long: AwayTooLong;
  bot_answered: BotAnswered;
  bot_asked_again: BotAskedAgain;
  bot_clarified: BotClarified;
  bot_form_asked: BotFormAsked;
  bot_form_done: BotFormDone;
  bot_gave_up: BotGaveUp;
  bot_had_nothing: BotHadNothing;
  bot_silent: BotSilent;
  customer_away: CustomerAway;
  customer_back: CustomerBack;
  customer_closed: CustomerClosed;
  customer_wrote: CustomerWrote;
  emergency_raised: EmergencyRaised;
  grace_over: GraceOver;
  handoff_asked: HandoffAsked;
  idle_closed: IdleClosed;
  lease_lost: LeaseLost;
  lease_regained: LeaseRegained;
  noted: Noted;
  offer_expired: OfferExpired;
  offer_made: OfferMade;
  opened: Opened;
  passed: Passed;
  promise_broke: PromiseBroke;
  pulled: Pulled;
  rated: Rated;
  secret_masked: SecretMasked;
  ticket_answered: TicketAnswered;
  ticket_taken: TicketTaken;
  transferred: Transferred;
  voted: Voted;
}
export interface Accepted {
  agent: string;
  name: string;
}
export interface AgentClosed {
  agent: string;
  outcome: "solved" | "unsolved" | "left" | "idle" | "ticketed";
}
export interface AgentWrote {
  agent: string;
  masked: string[];
  text: string;
}
export interface AlarmAcknowledged {
  agent: string;
}
export interface AwayTooLong {
  promised: number;
  ticket: string;
}
/**
 * ``kind``: an entry of the corpus, small talk, or a refusal at a boundary. ``confidence`` in 0..1. ``resumes``:
 * a question in the middle of a form was answered, and the form goes on where it was.
 */
export interface BotAnswered {
  buttons: {
    [k: string]: unknown;
  }[];
  confidence: number | null;
  entry: string | null;
  kind: "entry" | "chat" | "refusal";
  locale: string;
  related: {
    [k: string]: unknown;
  }[];
  resumes: boolean;
  text: string;
  turn: number;
  version: string;
}
export interface BotAskedAgain {
  confidence: number | null;
  text: string;
  turn: number;
  version: string;
}
export interface BotClarified {
  choices: {
    [k: string]: unknown;
  }[];
  confidence: number | null;
  text: string;
  turn: number;
  version: string;
}
/**
 * The bot asks for the next slot of a form about the customer's own case.
 */
export interface BotFormAsked {
  buttons: {
    [k: string]: unknown;
  }[];
  form: Form;
  locale: string;
  text: string;
  turn: number;
}
/**
 * What the bot is asking for, one slot at a time. ``slots`` are (slot, normalised value) in the order they came;
 * ``asked`` is the slot the customer was asked for last ("" before the first question), ``tries`` how often his reply
 * to it could not be used. It lives while the bot has the conversation; its rows stay in the log for the agent.
 */
export interface Form {
  asked?: string;
  name: string;
  skipped?: string[];
  slots?: unknown[][];
  tries?: number;
}
/**
 * A form ended. ``outcome``: the look-up ``answered``, it ``failed``, there is none (``noted``), the customer must
 * first ``sign_in``, or he ``cancelled``. ``form`` is what was filled; ``facts`` what the exchange's system said, for
 * the agent's card.
 */
export interface BotFormDone {
  buttons: {
    [k: string]: unknown;
  }[];
  facts: unknown[][];
  form: Form;
  locale: string;
  outcome: "answered" | "failed" | "noted" | "sign_in" | "cancelled";
  text: string;
  turn: number;
}
/**
 * The bot hands over by itself.
 */
export interface BotGaveUp {
  confidence: number | null;
  reason:
    "asked" | "unsure" | "sensitive" | "anger" | "emergency" | "bot_silent" | "bot_broken" | "feedback" | "transfer";
  route: ToQueue | ToTicket;
  turn: number;
  version: string;
}
/**
 * Decided by routing before the event: where the conversation waits. ``promise`` is the time by which a
 * person was promised (or the end of opening hours, if earlier); ``connected`` whether the customer is there.
 */
export interface ToQueue {
  connected: boolean;
  lane: number;
  language: string;
  nobody: boolean;
  order: number;
  promise: number;
  skill: string;
  wanted: string | null;
}
/**
 * Decided by routing before the event: no queue now, a ticket with a promised time.
 */
export interface ToTicket {
  promised: number;
  ticket: string;
  why: "off_hours" | "nobody" | "queue_full" | "promise" | "away" | "asked";
}
/**
 * While the customer waits the bot neither clarifies nor hands over again: the turn ends without a word.
 */
export interface BotHadNothing {
  turn: number;
}
/**
 * The turn's deadline passed, or the engine failed (``broken``).
 */
export interface BotSilent {
  broken: boolean;
  route: ToQueue | ToTicket;
  turn: number;
}
/**
 * His last connection is gone.
 */
export interface CustomerAway {}
export interface CustomerBack {}
export interface CustomerClosed {}
/**
 * A message. ``entry`` is set when a choice or quick reply was clicked instead of typed; ``masked`` names
 * the kinds of secrets removed from ``text`` before it was stored.
 */
export interface CustomerWrote {
  category: string | null;
  entry: string | null;
  locale: string | null;
  masked: string[];
  text: string;
}
export interface EmergencyRaised {
  checklist: string;
  kind: "account_taken" | "unauthorised_withdrawal" | "wrong_address" | "secret_given";
  route: ToQueue | ToTicket;
}
/**
 * ``connected``: whether the customer is there at this moment; in the log of a conversation with an agent his
 * coming and going is not written.
 */
export interface GraceOver {
  agent: string;
  connected: boolean;
  promise: number;
}
/**
 * The customer wants a person.
 */
export interface HandoffAsked {
  by: "button" | "words" | "feedback";
  route: ToQueue | ToTicket;
}
export interface IdleClosed {}
export interface LeaseLost {
  agent: string;
}
export interface LeaseRegained {
  agent: string;
}
/**
 * An internal note by a member of staff.
 */
export interface Noted {
  agent: string;
  masked: string[];
  text: string;
}
export interface OfferExpired {
  agent: string;
}
export interface OfferMade {
  agent: string;
  until: number;
}
/**
 * First row of every log.
 */
export interface Opened {
  channel: string;
  customer: string;
  locale: string;
  name: string;
  previous: string | null;
  tier: string;
  topic: string;
  verified: boolean;
}
export interface Passed {
  agent: string;
}
/**
 * About to break, so that it does not: the customer is offered a ticket and keeps his place.
 */
export interface PromiseBroke {}
/**
 * An agent takes it from the list himself, also one that is being offered to another.
 */
export interface Pulled {
  agent: string;
  name: string;
}
/**
 * CSAT of one segment; scores 1..5, ``solved`` None when not said.
 */
export interface Rated {
  clarity: number | null;
  comment: string;
  score: number;
  segment: number;
  solved: boolean | null;
  timeliness: number | null;
}
/**
 * Told to the customer at once after something secret was removed from message number ``about``.
 */
export interface SecretMasked {
  about: number;
  kinds: string[];
}
/**
 * Staff answered or moved the ticket; ``status`` as the ticket's own.
 */
export interface TicketAnswered {
  agent: string;
  name: string;
  status: "open" | "answered" | "closed";
  text: string;
  ticket: string;
}
/**
 * The customer prefers a ticket to (further) waiting.
 */
export interface TicketTaken {
  promised: number;
  text: string;
  ticket: string;
}
/**
 * Back to the queue for another skill or agent; the waiting clock goes on from the first queueing.
 */
export interface Transferred {
  agent: string;
  route: ToQueue;
}
/**
 * Thumbs up or down on the bot's message number ``about``.
 */
export interface Voted {
  about: number;
  helpful: boolean;
}
