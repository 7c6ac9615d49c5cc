import { DownOutlined } from "@ant-design/icons";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { unsent } from "../desk/select";
import { useDesk } from "../shell/board";
import { useNow } from "../shell/clock";
import { usePreferences } from "../shell/preferences";
import { dayName, dayOf } from "../shell/time";
import type { DeskEvent } from "../wire";
import { isSpoken } from "./body";
import { Happened } from "./Happened";
import { Message } from "./Message";
import { Unsent } from "./Unsent";

const NEAR = 60;
const GROUP_SECONDS = 180;

/** The rows of a conversation. Keeps to the newest unless one has scrolled away; then it counts what came. */
export function Transcript({ id, before }: { id: string; before?: ReactNode }) {
  const { t, language } = usePreferences();
  const desk = useDesk();
  const now = useNow(desk.skew);
  const transcript = desk.transcripts[id];
  const rows = transcript?.rows;
  const waiting = unsent(desk, id);
  const box = useRef<HTMLDivElement>(null);
  const [below, setBelow] = useState<number | null>(null);
  const newest = rows?.at(-1)?.seq ?? 0;

  const toNewest = useCallback(() => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
    setBelow(null);
  }, []);

  useLayoutEffect(() => {
    if (below === null) toNewest();
  }, [newest, waiting.length, below, toNewest]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const keep = new ResizeObserver(() => {
      if (below === null) element.scrollTop = element.scrollHeight;
    });
    keep.observe(element);
    return () => keep.disconnect();
  }, [below]);

  const scrolled = () => {
    const element = box.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (near) setBelow(null);
    else if (below === null) setBelow(newest);
  };

  const votes = useMemo(() => votesOf(rows ?? []), [rows]);
  const fresh = below === null ? 0 : (rows?.filter((row) => row.seq > below && isSpoken(row)).length ?? 0);
  const typing = transcript?.typing != null && transcript.typing.until > now - desk.skew ? transcript.typing : null;
  return (
    <div className="log-box">
      <div className="log scroll" ref={box} onScroll={scrolled} tabIndex={0} role="log" aria-label={t.talk.log} aria-live="polite">
        {before}
        {rows === undefined || (rows.length === 0 && <p className="sys">{t.talk.loading}</p>)}
        <ol>
          {(rows ?? []).map((row, i) => {
            const previous = rows?.[i - 1];
            const newDay = previous === undefined || dayOf(previous.at) !== dayOf(row.at);
            return (
              <li key={row.seq} className="entry">
                {newDay && <div className="day">{dayName(row.at, now, language, t)}</div>}
                {isSpoken(row) ? (
                  <Message row={row} first={newDay || !continues(previous, row)} vote={votes.get(row.seq)} />
                ) : (
                  <Happened row={row} />
                )}
              </li>
            );
          })}
          {waiting.map((pending) => (
            <li key={pending.command.id} className="entry">
              <Unsent pending={pending} />
            </li>
          ))}
        </ol>
        {typing && (
          <div className="typing" role="status">
            <span className="dots" aria-hidden>
              <i />
              <i />
              <i />
            </span>
            {t.talk.typing(typing.name ?? t.customer)}
          </div>
        )}
      </div>
      {below !== null && (
        <button type="button" className={fresh > 0 ? "newest fresh" : "newest"} onClick={toNewest}>
          <DownOutlined aria-hidden /> {fresh > 0 ? t.talk.newer(fresh) : t.talk.newest}
        </button>
      )}
    </div>
  );
}

/** The same speaker goes on within three minutes: his name stands once above both. */
function continues(previous: DeskEvent | undefined, row: DeskEvent): boolean {
  return (
    previous !== undefined &&
    isSpoken(previous) &&
    previous.author.kind === row.author.kind &&
    previous.author.id === row.author.id &&
    (previous.kind === "noted") === (row.kind === "noted") &&
    row.at - previous.at < GROUP_SECONDS
  );
}

function votesOf(rows: readonly DeskEvent[]): Map<number, boolean> {
  const votes = new Map<number, boolean>();
  for (const row of rows) {
    const about = row.body["about"];
    if (row.kind === "voted" && typeof about === "number") votes.set(about, row.body["helpful"] === true);
  }
  return votes;
}
