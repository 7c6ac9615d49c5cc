import type { ChatState, Row, Said } from "../client/chat-state";
import type { Outgoing } from "../client/outbox";
import type { Choice, StateView } from "../protocol/to-customer";
import type { Key, Words } from "./texts";

/** What stands in the log, in order. Texts of notices are in the reader's language already. */
export type Item =
  | { kind: "day"; key: string; text: string }
  | { kind: "message"; key: string; row: Row; text: string; choices: Choice[]; related: Choice[]; label: string; vote: boolean | null }
  | { kind: "notice"; key: string; row: Row; text: string; tone: "calm" | "warm" | "late" | "alarm"; markdown: string; offer: "ticket" | null }
  | { kind: "sending"; key: string; item: Outgoing<Extract<Said, { type: "send" }>> };

/** A route as customers see it. */
interface SeenRoute {
  ticket?: string;
  promised?: number;
  promise?: number;
  nobody?: boolean;
  emergency?: boolean;
}

const MESSAGES = new Set([
  "customer_wrote", "bot_answered", "bot_clarified", "bot_asked_again", "bot_form_asked", "bot_form_done", "agent_wrote", "ticket_answered",
]);

export function timeline(state: ChatState, outgoing: readonly Outgoing<Said>[], words: Words): Item[] {
  const items: Item[] = [];
  const votes = votesOf(state, outgoing);
  let day = "";
  state.logs.forEach((log, index) => {
    if (index > 0) items.push({ kind: "day", key: `new-${log.conversation}`, text: words.t("fresh") });
    for (const row of log.rows) {
      const key = `${row.conversation}/${row.seq}`;
      const item = MESSAGES.has(row.kind) ? message(row, key, words, votes, state.view) : notice(row, key, words, state.view);
      if (item === null) continue;
      const today = words.day(row.at);
      if (today !== day) items.push({ kind: "day", key: `day-${key}`, text: (day = today) });
      items.push(item);
    }
  });
  for (const item of outgoing) {
    if (item.frame.type !== "send") continue;
    items.push({ kind: "sending", key: item.frame.id, item: item as Outgoing<Extract<Said, { type: "send" }>> });
  }
  return items;
}

/** Segments that ask for a rating and have none yet. */
export function unrated(state: ChatState, outgoing: readonly Outgoing<Said>[]): number[] {
  const rows = state.logs.at(-1)?.rows ?? [];
  const rated = new Set<unknown>(rows.filter((row) => row.kind === "rated").map((row) => row.body.segment));
  for (const { frame } of outgoing) if (frame.type === "rate") rated.add(frame.segment);
  return (state.view?.survey ?? []).filter((segment) => segment > 0 && !rated.has(segment));
}

/** How many rows after the mark ask to be read: words of others and notices of weight. */
export function unread(state: ChatState, mark: { conversation: string; seq: number } | null): number {
  const rows = state.logs.at(-1)?.rows ?? [];
  const from = mark && mark.conversation === rows[0]?.conversation ? mark.seq : 0;
  const loud = new Set(["bot_answered", "bot_clarified", "bot_form_asked", "bot_form_done", "agent_wrote", "accepted", "pulled", "ticket_answered", "promise_broke"]);
  return rows.filter((row) => row.seq > from && loud.has(row.kind)).length;
}

function votesOf(state: ChatState, outgoing: readonly Outgoing<Said>[]): Map<string, boolean> {
  const votes = new Map<string, boolean>();
  for (const log of state.logs) {
    for (const row of log.rows) if (row.kind === "voted") votes.set(`${row.conversation}/${String(row.body.about)}`, row.body.helpful === true);
  }
  for (const { frame } of outgoing) if (frame.type === "vote") votes.set(`${state.view?.conversation}/${frame.about}`, frame.helpful);
  return votes;
}

function message(row: Row, key: string, words: Words, votes: Map<string, boolean>, view: StateView | null): Item | null {
  const { body } = row;
  const text = String(body.text ?? "");
  if (row.kind === "ticket_answered" && text === "") return null;
  const short = view?.tickets.find((ticket) => ticket.id === body.ticket)?.short ?? "";
  const choices = listed(body.choices ?? body.buttons);
  // The bot's question back names a way out of its list.
  if (row.kind === "bot_clarified") choices.push({ kind: "handoff", label: words.t("none"), id: null, url: null });
  const offered = new Set(choices.map((choice) => choice.id));
  return {
    kind: "message",
    key,
    row,
    text,
    choices,
    related: listed(body.related).filter((choice) => !offered.has(choice.id)),
    label: row.kind === "ticket_answered" ? words.t("ticketAnswer", { no: short }) : "",
    vote: votes.get(key) ?? null,
  };
}

function listed(value: unknown): Choice[] {
  return Array.isArray(value) ? [...(value as Choice[])] : [];
}

function notice(row: Row, key: string, words: Words, view: StateView | null): Item | null {
  const { t } = words;
  const { body } = row;
  const calm = (text: string, more: Partial<Extract<Item, { kind: "notice" }>> = {}): Item => ({
    kind: "notice", key, row, text, tone: "calm", markdown: "", offer: null, ...more,
  });
  const name = String(body.name || row.author.name || t("person"));
  const by = (at: unknown) => words.moment(Number(at));
  const route = (queued: Key): string => {
    const seen = body.route as SeenRoute | undefined;
    if (seen?.ticket !== undefined) return t("e_ticket", { time: by(seen.promised) });
    return seen?.nobody === true ? `${t(queued)}。${t("e_nobody")}`.replace("。", words.locale === "en" ? ". " : "。") : t(queued);
  };
  // Our own ticket as acknowledged does not name the time yet; the newest ticket in the state does.
  const promised = body.promised ?? (row.provisional ? view?.tickets.at(-1)?.promised : undefined);
  switch (row.kind) {
    case "handoff_asked":
      return calm(body.route === undefined ? t(view?.owner === "queue" ? "e_queued" : "e_asked") : route("e_queued"));
    case "bot_gave_up":
      return calm(route(body.reason === "unsure" ? "e_gaveup" : "e_sensitive"));
    case "bot_silent":
      return calm(route("e_broken"));
    case "emergency_raised": {
      const seen = body.route as SeenRoute | undefined;
      const ticket = seen?.ticket === undefined ? "" : `\n\n${t("e_ticketPlain", { time: by(seen.promised) })}`;
      return calm(t("e_emergency"), { tone: "alarm", markdown: String(body.checklist ?? "") + ticket });
    }
    case "accepted":
    case "pulled":
      return calm(t("e_joined", { name }), { tone: "warm" });
    case "transferred":
      return calm(t("e_transfer"));
    case "lease_lost":
      return calm(t("e_lost"));
    case "grace_over":
      return calm(t("e_grace"));
    case "agent_closed":
      return calm(t("e_agentClosed", { name }));
    case "customer_closed":
      return calm(t("e_youClosed"));
    case "idle_closed":
      return calm(t("e_idle"));
    case "ticket_taken":
      return calm(promised === undefined ? t("e_ticketSoon") : t("e_ticketPlain", { time: by(promised) }), { tone: "warm" });
    case "away_too_long":
      return calm(t("e_away", { time: by(body.promised) }), { tone: "late" });
    case "promise_broke":
      return calm(t("e_promise"), { tone: "late", offer: "ticket" });
    case "secret_masked": {
      const kinds = (body.kinds ?? []) as string[];
      const wallet = kinds.some((kind) => kind === "seed_phrase" || kind === "private_key");
      const what = t("e_masked", { kinds: words.secrets(kinds) });
      return calm(what + t(wallet ? "e_maskedWallet" : "e_maskedCode"), { tone: "alarm" });
    }
    case "rated":
      return calm(t("e_rated"));
    default:
      return null;
  }
}
