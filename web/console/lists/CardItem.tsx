import { AlertFilled, SafetyCertificateFilled } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";
import { words as plain } from "../../ui/render";
import { isBusy, load, unread, unsent } from "../desk/select";
import { useDesk, usePlace } from "../shell/board";
import { useNow } from "../shell/clock";
import { usePreferences, useTexts } from "../shell/preferences";
import { span } from "../shell/time";
import { lastWords } from "../talk/lastWords";
import type { Card } from "../wire";
import { initialOf } from "./initial";

export function MineItem({ card, nth }: { card: Card; nth: number }) {
  const { t, language } = usePreferences();
  const desk = useDesk();
  const now = useNow(desk.skew);
  const fresh = unread(desk, card.conversation);
  const held = unsent(desk, card.conversation).some((pending) => pending.refused !== undefined);
  const words = lastWords(desk.transcripts[card.conversation], t) ?? { text: plain(card.last), at: card.last_at, owed: true };
  return (
    <Item card={card} className={fresh > 0 ? "fresh" : ""} hint={nth <= 9 ? `Alt ${nth}` : ""}>
      <div className="line">
        <Name card={card} />
        {words.owed && (
          <time className={now - words.at > 120 ? "when late" : "when"} title={t.lists.waited(span(now - words.at, language))}>
            {span(now - words.at, language)}
          </time>
        )}
      </div>
      <div className="line">
        <span className="last">{words.text}</span>
        {card.away && <span className="pill">{t.header.offline}</span>}
        {held && <span className="pill red">{t.talk.failed}</span>}
        {fresh > 0 && (
          <span className="badge" aria-label={t.lists.unread(fresh)} role="img">
            {fresh > 99 ? "99+" : fresh}
          </span>
        )}
      </div>
    </Item>
  );
}

export function WaitingItem({ card }: { card: Card }) {
  const { t, language } = usePreferences();
  const desk = useDesk();
  const { station } = usePlace();
  const now = useNow(desk.skew);
  const late = card.promise !== null && card.promise - now < 60;
  const full = desk.me !== null && load(desk) >= desk.me.capacity;
  return (
    <Item card={card} className={card.away ? "gone" : ""}>
      <div className="line">
        <Name card={card} />
        {card.since !== null && <time className={late ? "when late" : "when"}>{span(now - card.since, language)}</time>}
      </div>
      <div className="line">
        <span className="last">{plain(card.last)}</span>
      </div>
      <div className="line">
        <span className="why">
          {[
            card.state === "offered" ? t.lists.ringingAt : (t.reasons[card.reason ?? ""] ?? card.skill ?? ""),
            card.away ? t.lists.away : "",
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <Button
          size="small"
          className="take"
          {...(card.lane === 0 ? { type: "primary" as const, danger: true } : {})}
          loading={isBusy(desk, "pull", card.conversation)}
          disabled={full || desk.phase !== "open"}
          title={full ? t.errors["no_capacity"] : undefined}
          onClick={() => station.wish({ type: "pull", conversation: card.conversation })}
        >
          {t.lists.pull}
        </Button>
      </div>
    </Item>
  );
}

interface ItemProps {
  card: Card;
  className: string;
  hint?: string;
  children: ReactNode;
}

function Item({ card, className, hint, children }: ItemProps) {
  const desk = useDesk();
  const { station } = usePlace();
  const on = desk.selected?.kind === "conversation" && desk.selected.id === card.conversation;
  return (
    <div className={`item ${className} ${on ? "on" : ""}`}>
      <button
        type="button"
        className="cover"
        aria-label={card.customer.name}
        aria-current={on ? "true" : undefined}
        title={hint}
        onClick={() => station.input({ type: "select", selected: { kind: "conversation", id: card.conversation } })}
      />
      <span className={card.away ? "avatar away" : "avatar"} aria-hidden>
        {initialOf(card.customer.name)}
      </span>
      <div className="body">{children}</div>
    </div>
  );
}

export function Name({ card }: { card: Card }) {
  const t = useTexts();
  const tier = card.customer.tier;
  return (
    <>
      {(card.alarm !== null || card.lane === 0) && (
        <AlertFilled className="flag" aria-label={t.alarm.kinds[card.alarm ?? ""] ?? t.lists.firstLane} />
      )}
      <span className="name">{card.customer.name}</span>
      {card.customer.verified && <SafetyCertificateFilled className="ok" aria-label={t.panel.verified} />}
      {tier !== "" && tier !== "visitor" && <span className="pill honey">{t.tiers[tier] ?? tier}</span>}
    </>
  );
}
