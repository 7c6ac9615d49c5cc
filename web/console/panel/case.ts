/** The customer's own case as the bot's form gathered it, from the rows of the log. Pure. */
import type { DeskEvent, Rows } from "../wire";

export interface Case {
  /** Which form: withdrawal, deposit, kyc, order. */
  name: string;
  /** Slot and normalised value, in the order they came. */
  slots: readonly (readonly [string, string])[];
  skipped: readonly string[];
  /** Null while it is being filled, or when a person came in the middle. */
  outcome: Rows["bot_form_done"]["outcome"] | null;
  /** What the exchange's system said. */
  facts: readonly (readonly [string, string])[];
}

/** The newest case of the conversation; null when there is none, or its content was erased. */
export function caseOf(rows: readonly DeskEvent[]): Case | null {
  let found: Case | null = null;
  for (const row of rows) {
    if (row.kind !== "bot_form_asked" && row.kind !== "bot_form_done") continue;
    const body = row.body as Partial<Rows["bot_form_done"]>;
    if (body.form === undefined) continue;
    found = {
      name: body.form.name,
      slots: pairs(body.form.slots),
      skipped: body.form.skipped ?? [],
      outcome: row.kind === "bot_form_done" ? (body.outcome ?? null) : null,
      facts: pairs(body.facts),
    };
  }
  return found;
}

function pairs(value: unknown): [string, string][] {
  if (!Array.isArray(value)) return [];
  return value.filter((pair): pair is [string, string] => Array.isArray(pair) && pair.length === 2);
}
