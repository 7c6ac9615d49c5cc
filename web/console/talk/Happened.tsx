import { usePreferences } from "../shell/preferences";
import { clockTime } from "../shell/time";
import type { DeskEvent } from "../wire";
import { describe } from "./describe";
import { useNames } from "./names";
import { useWords } from "./words";

/** What happened, between the words. */
export function Happened({ row }: { row: DeskEvent }) {
  const { t, language } = usePreferences();
  const names = useNames();
  const render = useWords();
  const told = describe(row, t, names);
  if (told === null) return null;
  const card = told.more !== undefined && told.more !== "";
  return (
    <div className={`sys ${told.tone} ${card ? "card" : ""}`}>
      {told.text}
      <time dateTime={new Date(row.at * 1000).toISOString()}>{clockTime(row.at, language)}</time>
      {card && render.markdown(told.more ?? "")}
    </div>
  );
}
