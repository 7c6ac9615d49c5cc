/** Canned replies: finding them by what follows `/`, and filling their variables. Pure. */
import type { Canned } from "../wire";

const VARIABLE = /\{\{\s*([\w.-]+)\s*\}\}/g;

/** Those of the language first, then the rest; `query` is what stands after the slash. */
export function matching(all: readonly Canned[], query: string, locale: string): Canned[] {
  const wanted = query.trim().toLowerCase();
  const language = locale.slice(0, 2).toLowerCase();
  return all
    .filter((canned) => wanted === "" || `${canned.title}\n${canned.text}`.toLowerCase().includes(wanted))
    .map((canned, at) => ({ canned, rank: Number(!canned.locale.toLowerCase().startsWith(language)), at }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ canned }) => canned);
}

/** Variables without a value stay as they are, so that they are seen before sending. */
export function fill(text: string, variables: Record<string, unknown>): string {
  return text.replace(VARIABLE, (whole, name: string) => {
    const value = variables[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : whole;
  });
}

/** Names of variables that are still empty. */
export function unfilled(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1] ?? ""))];
}

/** What follows the slash at the start of a draft of one line; null when the draft is no such query. */
export function slashQuery(draft: string): string | null {
  const match = /^\/([^\n]{0,40})$/.exec(draft);
  return match ? (match[1] ?? "") : null;
}
