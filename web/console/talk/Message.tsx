import { DislikeFilled, LikeFilled, LockFilled, RobotOutlined } from "@ant-design/icons";
import { memo, type ReactElement } from "react";
import { initialOf } from "../lists/initial";
import { useDesk } from "../shell/board";
import { usePreferences, useTexts } from "../shell/preferences";
import { clockTime } from "../shell/time";
import type { DeskEvent } from "../wire";
import { bodyOf, labelOf, textOf } from "./body";
import { customerOf } from "../desk/select";
import { useNames } from "./names";
import { useWords } from "./words";

interface Props {
  row: DeskEvent;
  /** Begins a stretch of this speaker: his name and face are shown. */
  first: boolean;
  vote: boolean | undefined;
}

/** Somebody's words. Who speaks is said for every one, by name to the eye and in full to a screen reader. */
export const Message = memo(function Message({ row, first, vote }: Props) {
  const { t, language } = usePreferences();
  const render = useWords();
  const who = useSpeaker(row);
  const text = textOf(row);
  const kind = row.kind === "noted" ? "note" : row.author.kind;
  const clicked = bodyOf(row, "customer_wrote")?.entry ?? bodyOf(row, "customer_wrote")?.category;
  return (
    <article className={`msg ${kind} ${kind === "customer" ? "" : "ours"} ${first ? "first" : ""}`} aria-label={`${who}, ${clockTime(row.at, language)}`}>
      <div className="side" aria-hidden>
        {first && <Face row={row} who={who} />}
      </div>
      <div className="stack">
        {first && (
          <p className="by">
            <b>{who}</b> <time dateTime={new Date(row.at * 1000).toISOString()}>{clockTime(row.at, language)}</time>
          </p>
        )}
        <div className="bubble">
          {kind === "note" && (
            <span className="tag">
              <LockFilled aria-hidden /> {t.talk.note}
            </span>
          )}
          {text === null ? <em className="quiet">{t.talk.erased}</em> : kind === "customer" ? render.plain(text) : render.markdown(text)}
          <Choices row={row} />
        </div>
        {clicked && (
          <p className="meta">
            {t.talk.clicked} <code>{clicked}</code>
          </p>
        )}
        {row.author.kind === "bot" && <Thought row={row} vote={vote} />}
      </div>
    </article>
  );
});

function useSpeaker(row: DeskEvent): string {
  const t = useTexts();
  const names = useNames();
  const desk = useDesk();
  switch (row.author.kind) {
    case "bot":
      return t.bot;
    case "agent": {
      const name = row.author.name ?? names(row.author.id ?? undefined);
      return row.author.id === desk.me?.id ? `${name} (${t.talk.you})` : name;
    }
    case "customer":
      return customerOf(desk, row.conversation)?.name ?? t.customer;
    case "system":
      return t.product;
  }
}

function Face({ row, who }: { row: DeskEvent; who: string }): ReactElement {
  if (row.author.kind === "bot")
    return (
      <span className="avatar bot">
        <RobotOutlined />
      </span>
    );
  return <span className={row.author.kind === "agent" ? "avatar agent" : "avatar"}>{initialOf(who)}</span>;
}

function Choices({ row }: { row: DeskEvent }) {
  const t = useTexts();
  const buttons = bodyOf(row, "bot_answered")?.buttons ?? bodyOf(row, "bot_form_asked")?.buttons ?? bodyOf(row, "bot_form_done")?.buttons;
  const given = bodyOf(row, "bot_clarified")?.choices ?? buttons ?? [];
  const labels = given.map(labelOf).filter(Boolean);
  if (labels.length === 0) return null;
  return (
    <div className="chips" role="group" aria-label={t.talk.choices}>
      {labels.map((label, i) => (
        <span key={i}>{label}</span>
      ))}
    </div>
  );
}

/** How sure 小蜜 was, which entry and version answered, and what the customer thought of it. */
function Thought({ row, vote }: { row: DeskEvent; vote: boolean | undefined }) {
  const t = useTexts();
  const answered = bodyOf(row, "bot_answered");
  const confidence = row.body["confidence"];
  const version = row.body["version"];
  return (
    <p className="meta">
      {typeof confidence === "number" && (
        <span className={`sure ${confidence >= 0.8 ? "high" : confidence >= 0.5 ? "middle" : "low"}`}>
          <i aria-hidden /> {t.talk.confidence(`${Math.round(confidence * 100)}%`)}
        </span>
      )}
      {answered?.entry && <code title={t.talk.entry}>{answered.entry}</code>}
      {typeof version === "string" && version !== "" && <span title={version}>{t.talk.version(version.slice(0, 8))}</span>}
      {vote !== undefined &&
        (vote ? (
          <span>
            <LikeFilled aria-hidden /> {t.talk.helpful}
          </span>
        ) : (
          <span className="bad">
            <DislikeFilled aria-hidden /> {t.talk.unhelpful}
          </span>
        ))}
    </p>
  );
}
