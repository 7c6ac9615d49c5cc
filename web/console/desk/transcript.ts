/**
 * One conversation's rows. Staff get every row, numbered without holes, so a hole means that something was
 * lost on the way and is asked for by number, never by time.
 */
import type { Ack, DeskEvent } from "../wire";
import type { Command, Transcript } from "./model";

export const BLANK: Transcript = { rows: [], through: 0, asked: true, typing: null };

/** Puts a row in its place; a second one with the same number replaces the first (the stored text wins). */
export function withRow(transcript: Transcript, row: DeskEvent): Transcript {
  const rows = transcript.rows;
  const at = place(rows, row.seq);
  const replaced = rows[at]?.seq === row.seq;
  const next = [...rows.slice(0, at), row, ...rows.slice(replaced ? at + 1 : at)];
  const through = contiguous(next, transcript.through);
  const speaks = row.kind === "customer_wrote" && transcript.typing !== null;
  return {
    rows: next,
    through,
    asked: transcript.asked && row.seq > through,
    typing: speaks ? null : transcript.typing,
  };
}

/** A row beyond the first missing number. */
export function hasHole(transcript: Transcript): boolean {
  const last = transcript.rows.at(-1);
  return last !== undefined && last.seq > transcript.through;
}

/** The row that an acknowledged message of one's own became; null for commands that are not messages. */
export function ownRow(command: Command, ack: Ack, me: { id: string; name: string }, at: number, segment: number): DeskEvent | null {
  if (command.type !== "send" && command.type !== "note") return null;
  return {
    type: "event",
    conversation: ack.conversation,
    seq: ack.seq,
    at,
    segment,
    kind: command.type === "send" ? "agent_wrote" : "noted",
    author: { kind: "agent", id: me.id, name: me.name },
    body: { agent: me.id, text: command.text, masked: [] },
    id: ack.id,
  };
}

function place(rows: DeskEvent[], seq: number): number {
  let at = rows.length;
  while (at > 0 && (rows[at - 1] as DeskEvent).seq >= seq) at -= 1;
  return at;
}

function contiguous(rows: DeskEvent[], from: number): number {
  const first = rows[0];
  // The log begins at 0 or 1, whatever the store calls its first row; from there on numbers do not jump.
  let through = first !== undefined && first.kind === "opened" ? Math.max(from, first.seq) : from;
  for (const row of rows) {
    if (row.seq === through + 1) through = row.seq;
  }
  return through;
}
