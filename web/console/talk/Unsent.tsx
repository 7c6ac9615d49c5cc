import type { Pending } from "../desk/model";
import { useDesk, usePlace } from "../shell/board";
import { useTexts } from "../shell/preferences";
import { useWords } from "./words";

/** One's own words until the server has them on disk; refused ones stay with their text. */
export function Unsent({ pending }: { pending: Pending }) {
  const t = useTexts();
  const desk = useDesk();
  const { station } = usePlace();
  const render = useWords();
  const { command, refused } = pending;
  if (command.type !== "send" && command.type !== "note") return null;
  const note = command.type === "note";
  return (
    <article className={`msg ours unsent ${note ? "note" : "agent"}`} aria-label={desk.me?.name ?? t.talk.you}>
      <div className="side" />
      <div className="stack">
        <div className="bubble">{render.markdown(command.text)}</div>
        <p className="meta" role="status">
          {refused === undefined ? (
            desk.phase === "open" ? (
              t.talk.sending
            ) : (
              t.talk.queued
            )
          ) : (
            <>
              <span className="bad">
                {t.talk.failed}: {t.errors[refused] ?? t.errorOther(refused)}
              </span>
              <button type="button" onClick={() => station.input({ type: "retry", id: command.id, now: Date.now() / 1000 })}>
                {t.talk.retry}
              </button>
              <button type="button" onClick={() => station.input({ type: "forget", id: command.id })}>
                {t.talk.discard}
              </button>
            </>
          )}
        </p>
      </div>
    </article>
  );
}
