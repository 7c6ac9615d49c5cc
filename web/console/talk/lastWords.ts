import { words } from "../../ui/render";
import type { Transcript } from "../desk/model";
import type { Texts } from "../texts/zh";
import { isSpoken, textOf } from "./body";

/** The newest words of a conversation; `owed` when they are the customer's, so that he is waiting for an answer since
 * `at` (his first unanswered message). */
export function lastWords(transcript: Transcript | undefined, t: Texts): { text: string; at: number; owed: boolean } | null {
  const spoken = transcript?.rows.filter((row) => isSpoken(row) && row.kind !== "noted");
  const last = spoken?.at(-1);
  if (spoken === undefined || last === undefined) return null;
  let at = last.at;
  for (let i = spoken.length - 1; i >= 0 && spoken[i]?.kind === last.kind; i -= 1) at = spoken[i]?.at ?? at;
  const own = last.author.kind === "customer" ? "" : `${last.author.kind === "bot" ? t.bot : (last.author.name ?? t.talk.you)}: `;
  return { text: own + words(textOf(last) ?? t.talk.erased).replace(/\s+/g, " "), at, owed: last.kind === "customer_wrote" };
}
