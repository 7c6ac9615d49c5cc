/** What the lists show, in their order. Times are server time in seconds. */
import type { Card, Customer, TicketCard } from "../wire";
import type { AlarmBell, Desk, Pending, Ringing } from "./model";

export function isMine(desk: Desk, card: Card | undefined): boolean {
  return card?.state === "with_agent" && desk.me !== null && card.agent?.id === desk.me.id;
}

/** Places in use, counted from the lists: what rings is reserved too. Faster than the server's own count. */
export function load(desk: Desk): number {
  return mine(desk).length + Object.keys(desk.offers).length;
}

/** Oldest first: the order does not move under the hand, so that Alt+1..9 stays the same conversation. */
export function mine(desk: Desk): Card[] {
  return Object.values(desk.cards)
    .filter((card) => isMine(desk, card))
    .sort(byWaiting);
}

export function ringing(desk: Desk): { offer: Ringing; card: Card }[] {
  const found = [];
  for (const offer of Object.values(desk.offers)) {
    const card = desk.cards[offer.conversation];
    if (card !== undefined) found.push({ offer, card });
  }
  return found.sort((a, b) => a.offer.until - b.offer.until);
}

/** Emergencies first, then by the promised time. What rings at this agent is shown above instead. */
export function waiting(desk: Desk): Card[] {
  return Object.values(desk.cards)
    .filter((card) => (card.state === "queued" || card.state === "offered") && !(card.conversation in desk.offers))
    .sort((a, b) => (a.lane ?? 1) - (b.lane ?? 1) || byWaiting(a, b));
}

export function isOverdue(ticket: TicketCard, now: number): boolean {
  return ticket.status === "open" && (ticket.overdue || ticket.promised < now);
}

const RANK = { open: 0, answered: 1, closed: 2 };

/** Open ones by promised time, so that the overdue are on top; then answered and closed, newest promise first. */
export function tickets(desk: Desk): TicketCard[] {
  return Object.values(desk.tickets).sort(
    (a, b) =>
      RANK[a.status] - RANK[b.status] ||
      (a.status === "open" ? a.promised - b.promised : b.promised - a.promised) ||
      a.id.localeCompare(b.id),
  );
}

export function bells(desk: Desk): AlarmBell[] {
  return Object.values(desk.alarms)
    .filter((bell) => desk.hushed[bell.conversation] !== bell.kind)
    .sort((a, b) => a.since - b.since);
}

/** Customer's messages since this agent last looked or wrote. */
export function unread(desk: Desk, conversation: string): number {
  const transcript = desk.transcripts[conversation];
  if (transcript === undefined || desk.me === null) return 0;
  let after = desk.read[conversation] ?? 0;
  let count = 0;
  for (const row of transcript.rows) {
    const own = row.author.kind === "agent" && (row.author.id === desk.me.id || row.body["agent"] === desk.me.id);
    if (own && OWN_WORDS.has(row.kind)) {
      after = Math.max(after, row.seq);
      count = 0;
    } else if (row.kind === "customer_wrote" && row.seq > after) count += 1;
  }
  return count;
}

const OWN_WORDS = new Set(["agent_wrote", "noted"]);

export function unsent(desk: Desk, conversation: string): Pending[] {
  return Object.values(desk.pending)
    .filter((p) => (p.command.type === "send" || p.command.type === "note") && p.command.conversation === conversation)
    .sort((a, b) => a.at - b.at);
}

export function isBusy(desk: Desk, type: Pending["command"]["type"], target?: string): boolean {
  return Object.values(desk.pending).some(({ command, refused }) => {
    if (command.type !== type || refused !== undefined) return false;
    return target === undefined || ("conversation" in command ? command.conversation : "ticket" in command ? command.ticket : "") === target;
  });
}

/** Who the customer of the conversation on screen is, also after it left the lists, or of a ticket's conversation. */
export function customerOf(desk: Desk, conversation: string): Customer | undefined {
  if (desk.kept?.conversation === conversation) return desk.kept.customer;
  const ticket = desk.selected?.kind === "ticket" ? desk.tickets[desk.selected.id] : undefined;
  return desk.cards[conversation]?.customer ?? (ticket?.conversation === conversation ? ticket.customer : undefined);
}

/** The conversation whose transcript the middle shows. */
export function shown(desk: Desk): string | null {
  if (desk.selected === null) return null;
  return desk.selected.kind === "conversation" ? desk.selected.id : (desk.tickets[desk.selected.id]?.conversation ?? null);
}

function byWaiting(a: Card, b: Card): number {
  return (a.since ?? a.last_at) - (b.since ?? b.last_at) || a.conversation.localeCompare(b.conversation);
}
