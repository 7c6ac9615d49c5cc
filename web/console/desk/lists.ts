/**
 * The lists: a snapshot (`welcome`) and deltas numbered `n` without gaps. A delta out of turn is not guessed at:
 * the lists are asked for again and everything until the next snapshot is left alone.
 */
import type { Alarm, Card, Delta, Offer, OfferOver, Welcome } from "../wire";
import { type Desk, type Ringing, without } from "./model";

export function snapshot(desk: Desk, frame: Welcome, now: number): Desk {
  let next: Desk = {
    ...desk,
    phase: "open",
    ending: null,
    n: frame.n,
    stale: false,
    skew: frame.now - now,
    me: frame.me,
    colleagues: frame.colleagues,
    skills: frame.skills,
    canned: frame.canned,
    variables: frame.variables,
    cards: {},
    offers: {},
    alarms: {},
    tickets: Object.fromEntries(frame.tickets.map((ticket) => [ticket.id, ticket])),
  };
  for (const card of frame.cards) next = withCard(next, card);
  const hushed = Object.entries(desk.hushed).filter(([id, kind]) => next.cards[id]?.alarm === kind);
  return { ...next, hushed: Object.fromEntries(hushed) };
}

/** Null: a gap, nothing was applied. */
export function delta(desk: Desk, frame: Delta): Desk | null {
  if (frame.n <= desk.n) return desk;
  if (frame.n > desk.n + 1) return null;
  const next = { ...desk, n: frame.n };
  switch (frame.type) {
    case "card":
      return withCard(next, frame.card);
    case "gone":
      return withoutCard(next, frame.conversation);
    case "colleagues":
      return { ...next, me: frame.me, colleagues: frame.colleagues };
    case "ticket":
      return { ...next, tickets: { ...next.tickets, [frame.ticket.id]: frame.ticket } };
  }
}

export function rung(desk: Desk, frame: Offer): Desk {
  const next = fresher(desk, frame.card);
  const ringing: Ringing = { conversation: frame.conversation, until: frame.until };
  return { ...next, offers: { ...next.offers, [frame.conversation]: ringing } };
}

/** Null when the list still says that it rings here: the numbered list is the truth, this frame only its reason. */
export function rungOff(desk: Desk, frame: OfferOver, now: number): Desk | null {
  const card = desk.cards[frame.conversation];
  const rings = card?.state === "offered" && card.offered_to === desk.me?.id && (card.until ?? 0) > now + desk.skew;
  return rings && frame.conversation in desk.offers ? null : { ...desk, offers: without(desk.offers, frame.conversation) };
}

export function belled(desk: Desk, frame: Alarm): Desk {
  const next = fresher(desk, frame.card);
  const bell = { conversation: frame.conversation, kind: frame.kind, since: frame.since };
  return { ...next, alarms: { ...next.alarms, [frame.conversation]: bell } };
}

/** The card that an offer or alarm brings has no number: it counts only if it is newer than what is known. */
function fresher(desk: Desk, card: Card): Desk {
  const known = desk.cards[card.conversation];
  return known !== undefined && known.seq >= card.seq ? desk : withCard(desk, card);
}

function withCard(desk: Desk, card: Card): Desk {
  const id = card.conversation;
  const mineToAnswer = card.state === "offered" && card.offered_to === desk.me?.id && card.until !== null;
  const known = desk.alarms[id];
  const alarms =
    card.alarm === null
      ? without(desk.alarms, id)
      : {
          ...desk.alarms,
          [id]: known?.kind === card.alarm ? known : { conversation: id, kind: card.alarm, since: card.since ?? card.last_at },
        };
  return {
    ...desk,
    cards: { ...desk.cards, [id]: card },
    offers: mineToAnswer
      ? { ...desk.offers, [id]: { conversation: id, until: card.until as number } }
      : without(desk.offers, id),
    alarms,
    hushed: desk.hushed[id] === card.alarm ? desk.hushed : without(desk.hushed, id),
    kept: desk.kept?.conversation === id ? card : desk.kept,
  };
}

function withoutCard(desk: Desk, id: string): Desk {
  return {
    ...desk,
    cards: without(desk.cards, id),
    offers: without(desk.offers, id),
    alarms: without(desk.alarms, id),
    hushed: without(desk.hushed, id),
  };
}
