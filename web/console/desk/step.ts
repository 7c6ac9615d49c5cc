/**
 * The one place where the console's knowledge changes: `step(desk, input) -> desk and the frames to send`.
 * Snapshot and deltas, offers, alarms, transcripts, unread marks and the outbox all meet here.
 */
import type { Ack, DeskEvent, FromStaff, Refusal, ToStaff } from "../wire";
import { belled, delta, rung, rungOff, snapshot } from "./lists";
import { type Command, type Desk, EMPTY, type Input, type Notice, type Selected, type Step, without } from "./model";
import { isMine, shown } from "./select";
import { BLANK, hasHole, ownRow, withRow } from "./transcript";

const TYPING_SECONDS = 6;
const WATCH = "watch:";
const MESSAGES = new Set(["send", "note", "ticket"]);
/** Refusals that end the session: no retry helps, the person must sign in again. */
const ENDINGS = new Set(["session_missing", "csrf", "unauthorised", "token_expired", "disabled"]);
/** Told to nobody: the wish is fulfilled already. */
const FULFILLED = new Set(["already_yours", "no_change"]);

export function step(desk: Desk, input: Input): Step {
  const out: FromStaff[] = [];
  return settle(change(desk, input, out), out);
}

function change(desk: Desk, input: Input, out: FromStaff[]): Desk {
  switch (input.type) {
    case "received":
      return received(desk, input.frame, input.now, out);
    case "phase": {
      if (input.phase === "ended" && input.ending === null) return { ...EMPTY, phase: "ended" };
      return { ...desk, phase: input.phase, ending: input.ending ?? null, stale: false };
    }
    case "command":
      return commanded(desk, input.command, input.now, out);
    case "retry": {
      const pending = desk.pending[input.id];
      if (pending === undefined) return desk;
      if (desk.phase === "open") out.push(pending.command);
      return { ...desk, pending: { ...desk.pending, [input.id]: { command: pending.command, at: input.now } } };
    }
    case "forget":
      return { ...desk, pending: without(desk.pending, input.id) };
    case "select":
      return select(desk, input.selected);
    case "visible":
      return { ...desk, visible: input.visible };
    case "dismiss":
      return { ...desk, notices: desk.notices.filter((notice) => notice.key !== input.key) };
  }
}

function select(desk: Desk, selected: Selected | null): Desk {
  const next = { ...desk, selected };
  const id = shown(next);
  const kept = id === null ? null : (desk.cards[id] ?? (desk.kept?.conversation === id ? desk.kept : null));
  return { ...next, kept };
}

function commanded(desk: Desk, command: Command, now: number, out: FromStaff[]): Desk {
  if (desk.phase === "open") out.push(command);
  let next: Desk = { ...desk, pending: { ...desk.pending, [command.id]: { command, at: now } } };
  if (command.type === "pass") next = { ...next, offers: without(next.offers, command.conversation) };
  if (command.type === "alarm") {
    const kind = desk.alarms[command.conversation]?.kind;
    if (kind !== undefined) next = { ...next, hushed: { ...next.hushed, [command.conversation]: kind } };
  }
  return next;
}

function received(desk: Desk, frame: ToStaff, now: number, out: FromStaff[]): Desk {
  switch (frame.type) {
    case "welcome": {
      const waiting = Object.values(desk.pending).filter((pending) => pending.refused === undefined);
      // After a resync the socket is the same one: what is under way there must not be sent twice.
      if (!desk.stale) for (const pending of waiting.sort((a, b) => a.at - b.at)) out.push(pending.command);
      const next = snapshot(desk, frame, now);
      return desk.stale ? next : rewatched(next, out);
    }
    case "card":
    case "gone":
    case "colleagues":
    case "ticket": {
      if (desk.stale) return desk;
      const next = delta(desk, frame);
      if (next !== null) return next;
      out.push({ type: "resync" });
      return { ...desk, stale: true };
    }
    case "offer":
      return rung(desk, frame);
    case "offer_over": {
      const mine = isMine(desk, desk.cards[frame.conversation]) || desk.selected?.id === frame.conversation;
      const over = rungOff(desk, frame, now);
      if (over === null) return desk;
      return frame.why === "passed" || mine ? over : noticed(over, `offer_${frame.why}`, frame.conversation);
    }
    case "alarm":
      return belled(desk, frame);
    case "event":
      return withEvent(desk, frame, out);
    case "ack":
      return acknowledged(desk, frame, now, out);
    case "error":
      return refused(desk, frame);
    case "typing": {
      const transcript = desk.transcripts[frame.conversation];
      if (transcript === undefined || frame.author.id === desk.me?.id) return desk;
      const typing = { name: frame.author.name ?? null, until: now + TYPING_SECONDS };
      return { ...desk, transcripts: { ...desk.transcripts, [frame.conversation]: { ...transcript, typing } } };
    }
    case "beat":
    case "bye":
    case "token_expiring":
      return desk; // The connection's own affair.
  }
}

function withEvent(desk: Desk, row: DeskEvent, out: FromStaff[]): Desk {
  const before = desk.transcripts[row.conversation];
  if (before === undefined) return desk;
  const transcript = withRow(before, row);
  const pending = row.id != null && row.author.id === desk.me?.id ? without(desk.pending, row.id) : desk.pending;
  const next = { ...desk, pending, transcripts: { ...desk.transcripts, [row.conversation]: transcript } };
  return hasHole(transcript) && !transcript.asked ? asked(next, row.conversation, out) : next;
}

function acknowledged(desk: Desk, ack: Ack, now: number, out: FromStaff[]): Desk {
  const watched = ack.id.startsWith(WATCH) ? desk.transcripts[ack.conversation] : undefined;
  if (watched !== undefined)
    return { ...desk, transcripts: { ...desk.transcripts, [ack.conversation]: { ...watched, asked: false } } };
  const pending = desk.pending[ack.id];
  if (pending === undefined || desk.me === null) return desk;
  const { command } = pending;
  let next: Desk = { ...desk, pending: without(desk.pending, ack.id) };
  if (command.type === "accept" || command.type === "pull") {
    next = { ...next, offers: without(next.offers, ack.conversation) };
    return select(next, { kind: "conversation", id: ack.conversation });
  }
  const transcript = next.transcripts[ack.conversation];
  if (transcript === undefined || transcript.rows.some((row) => row.seq === ack.seq)) return next;
  const segment = transcript.rows.at(-1)?.segment ?? 1;
  const row = ownRow(command, ack, desk.me, now + desk.skew, segment);
  if (row === null) return next;
  // What was masked is known to the server only: the stored row is asked for instead of shown from here.
  if (ack.masked.length > 0 || ack.duplicate) return asked(next, ack.conversation, out);
  return withEvent(next, row, out);
}

function refused(desk: Desk, error: Refusal): Desk {
  if (ENDINGS.has(error.code) && error.id == null) return { ...desk, phase: "ended", ending: error.code };
  const pending = error.id == null ? undefined : desk.pending[error.id];
  if (pending === undefined || error.id == null) return noticed(desk, error.code, error.conversation ?? null, error.retry_after);
  const { command } = pending;
  if (MESSAGES.has(command.type)) {
    const kept = { ...desk.pending, [error.id]: { ...pending, refused: error.code } };
    const next = { ...desk, pending: kept };
    return command.type === "ticket" ? noticed(next, error.code, null, error.retry_after) : next;
  }
  let next: Desk = { ...desk, pending: without(desk.pending, error.id) };
  if (command.type === "accept") next = { ...next, offers: without(next.offers, command.conversation) };
  if (command.type === "alarm" && !FULFILLED.has(error.code))
    next = { ...next, hushed: without(next.hushed, command.conversation) };
  if (FULFILLED.has(error.code)) {
    const took = (command.type === "accept" || command.type === "pull") && error.code === "already_yours";
    return took ? select(next, { kind: "conversation", id: command.conversation }) : next;
  }
  return noticed(next, error.code, "conversation" in command ? command.conversation : null, error.retry_after);
}

function noticed(desk: Desk, code: string, conversation: string | null, retryAfter?: number | null): Desk {
  const key = (desk.notices.at(-1)?.key ?? 0) + 1;
  const tone = code === "store_unavailable" || code === "forbidden" ? "warning" : "calm";
  const notice: Notice = { key, code, conversation, retryAfter: retryAfter ?? null, tone };
  return { ...desk, notices: [...desk.notices.slice(-4), notice] };
}

// --- watching ----------------------------------------------------------------------------------------------------

function asked(desk: Desk, conversation: string, out: FromStaff[]): Desk {
  const transcript = desk.transcripts[conversation] ?? BLANK;
  out.push({ type: "watch", id: `${WATCH}${String(desk.watches).padStart(6, "0")}`, conversation, after: transcript.through });
  return {
    ...desk,
    watches: desk.watches + 1,
    transcripts: { ...desk.transcripts, [conversation]: { ...transcript, asked: true } },
  };
}

/** A new socket watches nothing: continue each transcript from its last number. */
function rewatched(desk: Desk, out: FromStaff[]): Desk {
  let next = desk;
  for (const id of Object.keys(desk.transcripts)) next = asked(next, id, out);
  return next;
}

/** After every input: watch one's own conversations and what is on screen, nothing else; move the read marks. */
function settle(desk: Desk, out: FromStaff[]): Step {
  let next = desk;
  const screen = shown(desk);
  const wanted = new Set(Object.values(desk.cards).filter((card) => isMine(desk, card)).map((card) => card.conversation));
  if (screen !== null) wanted.add(screen);
  if (desk.phase === "open") {
    for (const id of wanted) if (!(id in next.transcripts)) next = asked(next, id, out);
    for (const id of Object.keys(next.transcripts)) {
      if (wanted.has(id)) continue;
      out.push({ type: "unwatch", conversation: id });
      next = { ...next, transcripts: without(next.transcripts, id) };
    }
  }
  const onScreen = screen === null ? undefined : next.transcripts[screen];
  if (screen !== null && onScreen !== undefined && desk.visible && (next.read[screen] ?? 0) < onScreen.through)
    next = { ...next, read: { ...next.read, [screen]: onScreen.through } };
  return { desk: next, out };
}
