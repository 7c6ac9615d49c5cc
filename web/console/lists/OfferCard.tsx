import { EyeOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { words as plain } from "../../ui/render";
import type { Ringing } from "../desk/model";
import { isBusy } from "../desk/select";
import { useDesk, usePlace } from "../shell/board";
import { useNow } from "../shell/clock";
import { usePreferences } from "../shell/preferences";
import { span } from "../shell/time";
import type { Card } from "../wire";
import { Name } from "./CardItem";

const ROUND = 2 * Math.PI * 17;

/** What rings at this agent: with the time that is left, until accepted, passed or over. */
export function OfferCard({ offer, card }: { offer: Ringing; card: Card }) {
  const { t, language } = usePreferences();
  const desk = useDesk();
  const { station } = usePlace();
  const now = useNow(desk.skew);
  const left = Math.max(0, Math.floor(offer.until - now));
  const [whole] = useState(Math.max(left, 1));
  const urgent = card.alarm !== null || card.lane === 0;
  const why = t.reasons[card.reason ?? ""] ?? "";
  const conversation = card.conversation;
  return (
    <article className={urgent ? "ringing urgent" : "ringing"}>
      <div className="head">
        <svg className="ring" viewBox="0 0 40 40" role="timer" aria-label={t.lists.left(left)}>
          <circle cx="20" cy="20" r="17" />
          <circle
            className="left"
            cx="20"
            cy="20"
            r="17"
            transform="rotate(-90 20 20)"
            strokeDasharray={ROUND}
            strokeDashoffset={ROUND * (1 - Math.min(1, left / whole))}
          />
          <text x="20" y="20.5">
            {left}
          </text>
        </svg>
        <div>
          <span className="item-name">
            <Name card={card} />
          </span>
          <span className="why">
            {why}
            {card.since !== null && ` · ${t.lists.waited(span(now - card.since, language))}`}
          </span>
        </div>
      </div>
      {card.last !== "" && <p className="last">{plain(card.last)}</p>}
      <div className="acts">
        <Button
          type="primary"
          danger={urgent}
          loading={isBusy(desk, "accept", conversation)}
          disabled={desk.phase !== "open"}
          onClick={() => station.wish({ type: "accept", conversation })}
        >
          {t.lists.accept}
        </Button>
        <Button disabled={desk.phase !== "open"} onClick={() => station.wish({ type: "pass", conversation })}>
          {t.lists.pass}
        </Button>
        <Button
          icon={<EyeOutlined />}
          aria-label={t.lists.preview}
          title={t.lists.preview}
          onClick={() => station.input({ type: "select", selected: { kind: "conversation", id: conversation } })}
        />
      </div>
    </article>
  );
}
