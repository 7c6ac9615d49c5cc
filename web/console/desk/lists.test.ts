import { describe, expect, it } from "vitest";
import type { Card, Delta, TicketCard } from "../wire";
import { EMPTY } from "./model";
import { card, CUSTOMER, ME, NOW, ours, Played, row, ticket, welcome } from "./scene";
import { bells, isOverdue, mine, ringing, tickets, waiting } from "./select";

/** Small deterministic generator (mulberry32): a failing case can be named by its seed. */
function dice(seed: number): (sides: number) => number {
  let a = seed;
  return (sides) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

/** A server in miniature: changes its lists at random and tells each change as a delta. */
class Server {
  n = 0;
  cards = new Map<string, Card>();
  tickets = new Map<string, TicketCard>();
  load = 0;
  constructor(private readonly roll: (sides: number) => number) {}

  change(): Delta {
    this.n += 1;
    const id = `conv-${this.roll(6)}`;
    switch (this.roll(5)) {
      case 0:
        this.cards.delete(id);
        return { type: "gone", n: this.n, conversation: id };
      case 1: {
        this.load = this.roll(5);
        return { type: "colleagues", n: this.n, me: { ...ME, load: this.load }, colleagues: [] };
      }
      case 2: {
        const changed = ticket(`t-${this.roll(4)}`, { status: (["open", "answered", "closed"] as const)[this.roll(3)] });
        this.tickets.set(changed.id, changed);
        return { type: "ticket", n: this.n, ticket: changed };
      }
      default: {
        const changed = this.card(id);
        this.cards.set(id, changed);
        return { type: "card", n: this.n, card: changed };
      }
    }
  }

  welcome() {
    return welcome({ n: this.n, me: { ...ME, load: this.load }, cards: [...this.cards.values()], tickets: [...this.tickets.values()] });
  }

  private card(id: string): Card {
    const over = { seq: this.n, alarm: this.roll(4) === 0 ? "account_taken" : null };
    switch (this.roll(4)) {
      case 0:
        return card(id, { ...over, state: "offered", offered_to: ME.id, until: NOW + 20 });
      case 1:
        return card(id, { ...over, state: "offered", offered_to: "agent-else", until: NOW + 20 });
      case 2:
        return ours(id, over);
      default:
        return card(id, over);
    }
  }
}

const listsOf = ({ n, me, cards, tickets, offers, alarms, colleagues }: typeof EMPTY) => ({ n, me, cards, tickets, offers, alarms, colleagues });

describe("lists", () => {
  it.each(Array.from({ length: 50 }, (_, seed) => seed))("snapshot and deltas equal a fresh snapshot (seed %i)", (seed) => {
    const server = new Server(dice(seed));
    for (let i = 0; i < 10; i += 1) server.change();
    const lived = new Played().gets(server.welcome());
    for (let i = 0; i < 60; i += 1) lived.gets(server.change());
    const fresh = new Played().gets(server.welcome());
    expect(listsOf(lived.desk)).toEqual(listsOf(fresh.desk));
  });

  it("asks for the lists once when a number is missing, and ignores what comes until they are there", () => {
    const p = new Played().gets(welcome({ n: 3 }));
    p.gets({ type: "card", n: 5, card: card("late") }, { type: "card", n: 6, card: card("later") });
    expect(p.types()).toEqual(["resync"]);
    expect(p.desk.cards).toEqual({});
    p.gets(welcome({ n: 6, cards: [card("late"), card("later")] }), { type: "gone", n: 7, conversation: "late" });
    expect(Object.keys(p.desk.cards)).toEqual(["later"]);
    expect(p.desk.stale).toBe(false);
  });

  it("applies a delta that is delivered twice once", () => {
    const p = new Played().gets(welcome({ n: 1, cards: [card("a")] }));
    p.gets({ type: "gone", n: 2, conversation: "a" }, { type: "card", n: 1, card: card("a") });
    expect(p.desk.cards).toEqual({});
    expect(p.said).toEqual([]);
  });

  it("orders the queue by lane, then by waiting; mine do not move when somebody writes", () => {
    const p = new Played().gets(
      welcome({
        cards: [
          card("young", { since: NOW - 5 }),
          card("old", { since: NOW - 500 }),
          card("urgent", { since: NOW - 1, lane: 0 }),
          ours("m1", { since: NOW - 50 }),
          ours("m2", { since: NOW - 40 }),
        ],
      }),
    );
    expect(waiting(p.desk).map((c) => c.conversation)).toEqual(["urgent", "old", "young"]);
    p.gets({ type: "card", n: 1, card: ours("m2", { since: NOW - 40, last_at: NOW + 99 }) });
    expect(mine(p.desk).map((c) => c.conversation)).toEqual(["m1", "m2"]);
  });

  it("puts overdue tickets first and done ones last", () => {
    const p = new Played().gets(
      welcome({
        tickets: [
          ticket("done", { status: "answered", promised: NOW - 9000 }),
          ticket("soon", { promised: NOW + 60 }),
          ticket("over", { promised: NOW - 60 }),
          ticket("shut", { status: "closed" }),
        ],
      }),
    );
    expect(tickets(p.desk).map((t) => t.id)).toEqual(["over", "soon", "done", "shut"]);
    expect(tickets(p.desk).map((t) => isOverdue(t, NOW))).toEqual([true, false, false, false]);
  });
});

describe("offers", () => {
  const rungCard = card("c", { state: "offered", offered_to: ME.id, until: NOW + 20 });

  it("ring from the frame, from the list and from a fresh snapshot alike", () => {
    const frame = new Played().gets(welcome(), { type: "offer", conversation: "c", until: NOW + 20, card: rungCard });
    const fromList = new Played().gets(welcome(), { type: "card", n: 1, card: rungCard });
    const resumed = new Played().gets(welcome({ cards: [rungCard] }));
    for (const p of [frame, fromList, resumed]) expect(ringing(p.desk).map((r) => r.offer.until)).toEqual([NOW + 20]);
    expect(waiting(frame.desk)).toEqual([]);
  });

  it("that a colleague took are told calmly and stop ringing", () => {
    const p = new Played().gets(welcome({ cards: [rungCard] }));
    const taken = card("c", { state: "with_agent", agent: { kind: "agent", id: "agent-else", name: "周" } });
    p.gets({ type: "card", n: 1, card: taken }, { type: "offer_over", conversation: "c", why: "already_taken" });
    expect(ringing(p.desk)).toEqual([]);
    expect(p.desk.notices.map((notice) => notice.code)).toEqual(["offer_already_taken"]);
  });

  it("go on ringing when the list says so, whatever a frame without a number claims", () => {
    const p = new Played().gets(welcome({ cards: [rungCard] }), { type: "offer_over", conversation: "c", why: "expired" });
    expect(ringing(p.desk)).toHaveLength(1);
    expect(p.desk.notices).toEqual([]);
  });

  it("that nobody answered are over when their time is", () => {
    const p = new Played().gets(welcome({ cards: [{ ...rungCard, until: NOW }] }));
    p.gets({ type: "offer_over", conversation: "c", why: "expired" });
    expect(ringing(p.desk)).toEqual([]);
    expect(p.desk.notices.map((notice) => notice.code)).toEqual(["offer_expired"]);
  });

  it("do not take away the words that the list knows", () => {
    const bare = { ...rungCard, last: "" };
    const p = new Played().gets(welcome({ cards: [rungCard] }), { type: "offer", conversation: "c", until: NOW + 20, card: bare });
    expect(p.desk.cards["c"]?.last).toBe("充值没到账");
  });

  it("that are passed stop ringing at once and say nothing", () => {
    const p = new Played().gets(welcome({ cards: [rungCard] }));
    p.input({ type: "command", command: { type: "pass", id: "pass-0001", conversation: "c" }, now: NOW });
    expect(ringing(p.desk)).toEqual([]);
    p.gets({ type: "offer_over", conversation: "c", why: "passed" });
    expect(p.desk.notices).toEqual([]);
  });

  it("open the conversation when accepted", () => {
    const p = new Played().gets(welcome({ cards: [rungCard] }));
    p.input({ type: "command", command: { type: "accept", id: "accept-01", conversation: "c" }, now: NOW });
    p.gets({ type: "ack", id: "accept-01", conversation: "c", seq: 6, duplicate: false, masked: [] });
    expect(p.desk.selected).toEqual({ kind: "conversation", id: "c" });
    expect(p.said.at(-1)).toMatchObject({ type: "watch", conversation: "c", after: 0 });
  });
});

describe("alarms", () => {
  const alarmed = card("c", { alarm: "account_taken", lane: 0 });

  it("ring until acknowledged, and a repeat of the same does not ring again", () => {
    const p = new Played().gets(welcome({ cards: [alarmed] }));
    expect(bells(p.desk)).toHaveLength(1);
    p.input({ type: "command", command: { type: "alarm", id: "alarm-001", conversation: "c" }, now: NOW });
    expect(bells(p.desk)).toEqual([]);
    p.gets({ type: "alarm", conversation: "c", kind: "account_taken", since: NOW, card: alarmed });
    expect(bells(p.desk)).toEqual([]);
    p.gets({ type: "alarm", conversation: "c", kind: "secret_given", since: NOW, card: { ...alarmed, seq: 6, alarm: "secret_given" } });
    expect(bells(p.desk).map((bell) => bell.kind)).toEqual(["secret_given"]);
  });

  it("ring again when the acknowledgement was refused", () => {
    const p = new Played().gets(welcome({ cards: [alarmed] }));
    p.input({ type: "command", command: { type: "alarm", id: "alarm-001", conversation: "c" }, now: NOW });
    p.gets({ type: "error", code: "store_unavailable", message: "", id: "alarm-001", conversation: "c", retry_after: 2 });
    expect(bells(p.desk)).toHaveLength(1);
    expect(p.desk.notices[0]).toMatchObject({ code: "store_unavailable", tone: "warning", retryAfter: 2 });
  });

  it("end with the card's alarm", () => {
    const p = new Played().gets(welcome({ cards: [alarmed] }), { type: "card", n: 1, card: card("c") });
    expect(bells(p.desk)).toEqual([]);
  });
});

describe("the customer of a conversation that left the lists", () => {
  it("stays on screen", () => {
    const p = new Played().gets(welcome({ cards: [ours("c")] })).select("c");
    p.gets(row("c", 1, "opened"), { type: "gone", n: 1, conversation: "c" });
    expect(p.desk.kept?.customer).toEqual(CUSTOMER);
    expect(p.desk.transcripts["c"]?.rows).toHaveLength(1);
  });
});
