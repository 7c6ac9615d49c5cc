import type { DeskEvent, Rows } from "../wire";

/** The body of a row of this kind, or null for other kinds. Fields may be missing: erased rows have an empty body. */
export function bodyOf<K extends keyof Rows>(row: DeskEvent, kind: K): Partial<Rows[K]> | null {
  return row.kind === kind ? (row.body as Partial<Rows[K]>) : null;
}

const SPOKEN = new Set(["customer_wrote", "bot_answered", "bot_clarified", "bot_asked_again", "bot_form_asked", "bot_form_done", "agent_wrote", "noted"]);

/** Somebody's words, as opposed to what happened. */
export function isSpoken(row: DeskEvent): boolean {
  return SPOKEN.has(row.kind);
}

/** The words of a row; null when it has none or they were erased. */
export function textOf(row: DeskEvent): string | null {
  const text = row.body["text"];
  return typeof text === "string" ? text : null;
}

export function labelOf(choice: Record<string, unknown>): string {
  for (const name of ["label", "title", "text", "entry", "id"]) {
    const value = choice[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}
