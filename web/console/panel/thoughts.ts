/** What 小蜜 thought in the current stretch before a person came: for the agent who takes over. Pure. */
import type { DeskEvent } from "../wire";

export interface Thoughts {
  answers: number;
  /** Asked again, offered choices, or gave up. */
  misses: number;
  /** Of the newest answer, 0..1. */
  confidence: number | null;
  entry: string | null;
  helpful: number;
  unhelpful: number;
}

const MISSES = new Set(["bot_clarified", "bot_asked_again", "bot_gave_up", "bot_silent"]);
/** After these the bot begins anew. */
const ENDS = new Set(["agent_closed", "idle_closed", "customer_closed"]);

export function thoughtsOf(rows: readonly DeskEvent[]): Thoughts {
  let thoughts = blank();
  let over = false;
  for (const row of rows) {
    if (ENDS.has(row.kind)) over = true;
    // What was thought stays readable until somebody speaks again.
    if (over && row.kind === "customer_wrote") {
      thoughts = blank();
      over = false;
    }
    if (MISSES.has(row.kind)) thoughts.misses += 1;
    if (row.kind === "bot_answered") {
      thoughts.answers += 1;
      const { confidence, entry } = row.body;
      thoughts.confidence = typeof confidence === "number" ? confidence : null;
      thoughts.entry = typeof entry === "string" ? entry : null;
    }
    if (row.kind === "voted") {
      if (row.body["helpful"] === true) thoughts.helpful += 1;
      else thoughts.unhelpful += 1;
    }
  }
  return thoughts;
}

function blank(): Thoughts {
  return { answers: 0, misses: 0, confidence: null, entry: null, helpful: 0, unhelpful: 0 };
}
