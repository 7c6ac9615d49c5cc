import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Choices } from "./choices";
import { useDesk } from "./context";
import { GreetingBlock } from "./greeting";
import { Alert, Down, ThumbDown, ThumbUp, Tick } from "./icons";
import { Survey } from "./survey";
import { timeline, unrated, type Item } from "./timeline";
import { speaker } from "./transcript";

type Message = Extract<Item, { kind: "message" }>;
const NEAR = 80;

function Votes({ item }: { item: Message }) {
  const { chat, words } = useDesk();
  const { t } = words;
  const about = item.row.seq;
  const button = (helpful: boolean) => (
    <button type="button" class="vote" aria-pressed={item.vote === helpful} aria-label={t(helpful ? "helpful" : "unhelpful")} title={t(helpful ? "helpful" : "unhelpful")} onClick={() => item.vote !== helpful && chat.vote(about, helpful)}>
      {helpful ? <ThumbUp /> : <ThumbDown />}
    </button>
  );
  const offer = item.vote === false && chat.state.view?.can.includes("handoff");
  return (
    <div class="below">
      <div class="votes">
        {button(true)}
        {button(false)}
        {item.vote === true && <span class="muted" role="status">{t("thanksVote")}</span>}
      </div>
      {offer && (
        <div class="sorry" role="status">
          <span>{t("sorry")}</span>
          <button type="button" class="button" onClick={() => chat.handoff()}>{t("handoff")}</button>
        </div>
      )}
    </div>
  );
}

function MessageItem({ item }: { item: Message }) {
  const { chat, words, Bubble } = useDesk();
  const { row } = item;
  const inside: VNode[] = [];
  if (item.choices.length) inside.push(<Choices key="c" choices={item.choices} />);
  if (item.related.length) inside.push(<Choices key="r" choices={item.related} label={words.t("related")} quiet />);
  const votable = row.kind === "bot_answered" && row.conversation === chat.state.view?.conversation && (chat.state.view.can.includes("vote") || item.vote !== null);
  return Bubble({
    who: speaker(row.author, words),
    kind: row.author.kind,
    side: row.author.kind === "customer" ? "mine" : "theirs",
    time: words.time(row.at),
    at: new Date(row.at * 1000).toISOString(),
    text: item.text,
    status: item.label || (row.author.kind === "bot" ? words.t("program") : row.author.kind === "agent" ? words.t("person") : undefined),
    inside,
    below: votable ? [<Votes key="v" item={item} />] : [],
  });
}

function Notice({ item, onTicket }: { item: Extract<Item, { kind: "notice" }>; onTicket(): void }) {
  const { chat, words, markup } = useDesk();
  return (
    <div class={`notice ${item.tone}`}>
      {item.tone === "alarm" && <Alert />}
      {item.tone === "warm" && <Tick />}
      <div>
        <p>{item.text} <time dateTime={new Date(item.row.at * 1000).toISOString()}>{words.time(item.row.at)}</time></p>
        {item.markdown && markup.markdown(item.markdown)}
        {item.offer === "ticket" && chat.state.view?.can.includes("ticket") && (
          <button type="button" class="button" onClick={onTicket}>{words.t("takeTicket")}</button>
        )}
      </div>
    </div>
  );
}

function Sending({ item, onEdit }: { item: Extract<Item, { kind: "sending" }>["item"]; onEdit(text: string): void }) {
  const { chat, words, Bubble } = useDesk();
  const { t } = words;
  const { id, text } = item.frame;
  const failed = item.status === "failed";
  const again = (
    <div class="below failed" role="alert">
      <span>{words.refusal(item.code ?? "")}</span>
      <button type="button" class="button plain" onClick={() => chat.retry(id)}>{t("retry")}</button>
      <button type="button" class="button plain" onClick={() => { chat.discard(id); onEdit(text); }}>{t("edit")}</button>
    </div>
  );
  return (
    <div class={failed ? "own" : "own pending"}>
      {Bubble({
        who: t("you"), kind: "customer", side: "mine", time: words.time(item.at / 1000), at: new Date(item.at).toISOString(), text,
        status: t(failed ? "failed" : "sending"), below: failed ? [again] : [],
      })}
    </div>
  );
}

function Typing() {
  const { chat, words } = useDesk();
  const { typing, view } = chat.state;
  const [, expire] = useState(0);
  useEffect(() => {
    if (!typing) return;
    const timer = setTimeout(() => expire(typing.until), Math.max(0, typing.until - Date.now()) + 10);
    return () => clearTimeout(timer);
  }, [typing]);
  const who = typing && typing.until > Date.now() ? words.t("typing", { name: speaker(typing.author, words) }) : view?.thinking ? words.t("thinking") : "";
  if (!who) return null;
  return (
    <div class="typing">
      <span class="dots" aria-hidden="true"><i /><i /><i /></span>
      <span>{who}</span>
    </div>
  );
}

export function Log({ onTicket, onEdit }: { onTicket(): void; onEdit(text: string): void }) {
  const { chat, words } = useDesk();
  const { state } = chat;
  const outgoing = chat.outbox.list();
  const items = useMemo(() => timeline(state, outgoing, words), [state, outgoing, words]);
  const [skipped, skip] = useState<readonly number[]>([]);
  const [away, setAway] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const surveys = unrated(state, outgoing).filter((segment) => !skipped.includes(segment));
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });

  /** To the end, or to the beginning of a message that is longer than the view; a greeting alone stays at its top. */
  const follow = () => {
    const log = box.current;
    if (items.length === 0) return;
    const last = [...(log?.querySelectorAll<HTMLElement>(".hd-message") ?? [])].at(-1);
    const long = log && last && !last.matches(".hd-mine") && last.offsetHeight > log.clientHeight - 40;
    if (long) log.scrollTo({ top: last.offsetTop - 12 });
    else toEnd();
  };

  // Own words always bring the log to its end; others' only when the reader is there already.
  useLayoutEffect(() => void (!away && follow()));
  useLayoutEffect(() => void (items.length > 0 && toEnd()), [outgoing.length]);

  return (
    <div class="log-frame">
      <div
        ref={box}
        class="log"
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label={words.t("log")}
        tabIndex={0}
        onScroll={({ currentTarget: el }) => setAway(el.scrollHeight - el.scrollTop - el.clientHeight > NEAR)}
      >
        <GreetingBlock />
        {items.map((item) => {
          if (item.kind === "day") return <p key={item.key} class="day"><span>{item.text}</span></p>;
          if (item.kind === "message") return <MessageItem key={item.key} item={item} />;
          if (item.kind === "notice") return <Notice key={item.key} item={item} onTicket={onTicket} />;
          return <Sending key={item.key} item={item.item} onEdit={onEdit} />;
        })}
        <Typing />
        {surveys.map((segment) => <Survey key={segment} segment={segment} onSkip={() => skip([...skipped, segment])} />)}
      </div>
      {away && (
        <button type="button" class="newest" onClick={() => { setAway(false); toEnd(); }}>
          <Down /> {words.t("newest")}
        </button>
      )}
    </div>
  );
}
