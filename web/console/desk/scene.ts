/** Frames as the server would send them, for tests: only what a test is about is named. */
import type { Card, Customer, DeskEvent, Me, TicketCard, ToStaff, Welcome } from "../wire";
import { type Desk, EMPTY, type Input } from "./model";
import { step } from "./step";
import type { FromStaff } from "../wire";

export const NOW = 1_800_000_000;

export const ME: Me = {
  id: "agent-lin",
  name: "林小雨",
  roles: ["agent"],
  skills: ["general"],
  languages: ["zh-CN"],
  capacity: 4,
  load: 0,
  ready: true,
};

export const CUSTOMER: Customer = {
  id: "user:42",
  name: "王**",
  verified: true,
  tier: "vip",
  locale: "zh-CN",
  channel: "web",
  earlier: [],
};

export function card(conversation: string, over: Partial<Card> = {}): Card {
  return {
    conversation,
    seq: 5,
    state: "queued",
    customer: CUSTOMER,
    agent: null,
    offered_to: null,
    until: null,
    reason: "asked",
    skill: "general",
    language: "zh",
    lane: 1,
    since: NOW - 60,
    promise: NOW + 600,
    away: false,
    alarm: null,
    last: "充值没到账",
    last_at: NOW - 30,
    misses: 1,
    ...over,
  };
}

export function ours(conversation: string, over: Partial<Card> = {}): Card {
  return card(conversation, { state: "with_agent", agent: { kind: "agent", id: ME.id, name: ME.name }, ...over });
}

export function ticket(id: string, over: Partial<TicketCard> = {}): TicketCard {
  return {
    id,
    short: id.slice(0, 6),
    conversation: `of-${id}`,
    customer: CUSTOMER,
    status: "open",
    reason: "off_hours",
    skill: "general",
    opened: NOW - 3600,
    promised: NOW + 3600,
    overdue: false,
    text: "",
    ...over,
  };
}

export function welcome(over: Partial<Welcome> = {}): Welcome {
  return {
    type: "welcome",
    v: 1,
    n: 0,
    me: ME,
    cards: [],
    tickets: [],
    colleagues: [],
    skills: ["general", "account"],
    canned: [],
    variables: {},
    now: NOW,
    beat: 20,
    ...over,
  };
}

export function row(conversation: string, seq: number, kind: string, over: Partial<DeskEvent> = {}): DeskEvent {
  const by = kind.startsWith("bot_") ? "bot" : kind === "agent_wrote" || kind === "noted" ? "agent" : "customer";
  return {
    type: "event",
    conversation,
    seq,
    at: NOW + seq,
    segment: 1,
    kind,
    author: { kind: by, id: by === "agent" ? ME.id : null, name: null },
    body: { text: `${kind} ${seq}` },
    id: null,
    ...over,
  };
}

/** A desk with the inputs given so far; `said` holds every frame it sent. */
export class Played {
  desk: Desk = EMPTY;
  said: FromStaff[] = [];

  input(input: Input): this {
    const next = step(this.desk, input);
    this.desk = next.desk;
    this.said.push(...next.out);
    return this;
  }

  gets(...frames: ToStaff[]): this {
    for (const frame of frames) this.input({ type: "received", frame, now: NOW });
    return this;
  }

  select(id: string): this {
    return this.input({ type: "select", selected: { kind: "conversation", id } });
  }

  cut(): this {
    return this.input({ type: "phase", phase: "lost" });
  }

  types(): string[] {
    return this.said.map((frame) => frame.type);
  }
}
