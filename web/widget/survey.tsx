import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { rowsOf } from "../client/chat-state";
import { useDesk } from "./context";
import { Star } from "./icons";

type Score = number | null;

function Stars({ name, label, value, onChange }: { name: string; label: string; value: Score; onChange(value: number): void }) {
  const { words } = useDesk();
  return (
    <fieldset class="stars">
      <legend>{label}</legend>
      {[1, 2, 3, 4, 5].map((n) => (
        <label key={n} class={value !== null && n <= value ? "on" : ""}>
          <input type="radio" name={name} checked={value === n} aria-label={words.t("star", { n })} onChange={() => onChange(n)} />
          <Star />
        </label>
      ))}
    </fieldset>
  );
}

/** CSAT of one segment: of the bot, or of that agent. */
export function Survey({ segment, onSkip }: { segment: number; onSkip(): void }) {
  const { chat, words } = useDesk();
  const { t } = words;
  const [solved, setSolved] = useState<boolean | null>(null);
  const [score, setScore] = useState<Score>(null);
  const [timeliness, setTimeliness] = useState<Score>(null);
  const [clarity, setClarity] = useState<Score>(null);
  const [comment, setComment] = useState("");
  const form = useRef<HTMLFormElement>(null);
  // The first stars unfold the rest: the button to send it must not be below the edge.
  useLayoutEffect(() => void (score !== null && form.current?.scrollIntoView({ block: "nearest" })), [score === null]);
  const rows = rowsOf(chat.state).filter((row) => row.segment === segment);
  const byAgent = rows.some((row) => row.kind === "agent_wrote");
  const submit = (event: Event) => {
    event.preventDefault();
    if (score !== null) chat.rate({ segment, score, solved, timeliness, clarity, comment: comment.trim() });
  };
  return (
    <form ref={form} class="card form survey" onSubmit={submit}>
      <strong>{t(byAgent || rows.length === 0 ? "survey" : "surveyBot")}</strong>
      <fieldset>
        <legend>{t("solved")}</legend>
        {[true, false].map((answer) => (
          <button key={String(answer)} type="button" class="choice" aria-pressed={solved === answer} onClick={() => setSolved(answer)}>
            {t(answer ? "yes" : "no")}
          </button>
        ))}
      </fieldset>
      <Stars name="score" label={t("stars")} value={score} onChange={setScore} />
      {score !== null && (
        <>
          <Stars name="timeliness" label={t("timeliness")} value={timeliness} onChange={setTimeliness} />
          <Stars name="clarity" label={t("clarity")} value={clarity} onChange={setClarity} />
          <textarea rows={2} maxLength={1000} value={comment} aria-label={t("comment")} placeholder={t("comment")} onInput={(e) => setComment(e.currentTarget.value)} />
        </>
      )}
      <div class="row">
        <button type="submit" class="button" disabled={score === null}>{t("submit")}</button>
        <button type="button" class="button plain" onClick={onSkip}>{t("skip")}</button>
      </div>
    </form>
  );
}
