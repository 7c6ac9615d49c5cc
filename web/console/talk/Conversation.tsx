import { CheckOutlined, IdcardOutlined, SwapOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { initialOf } from "../lists/initial";
import { Name } from "../lists/CardItem";
import { isBusy, isMine } from "../desk/select";
import { useDesk, usePlace } from "../shell/board";
import { useNow } from "../shell/clock";
import { usePreferences, useTexts } from "../shell/preferences";
import { span } from "../shell/time";
import type { Card } from "../wire";
import { CloseDialog } from "./CloseDialog";
import { Composer } from "./Composer";
import { Transcript } from "./Transcript";
import { TransferDialog } from "./TransferDialog";

export function Conversation({ id }: { id: string }) {
  const t = useTexts();
  const desk = useDesk();
  const { board } = usePlace();
  const live = desk.cards[id];
  const card = live ?? (desk.kept?.conversation === id ? desk.kept : undefined);
  const own = isMine(desk, live);
  return (
    <section className="talk" aria-label={card?.customer.name ?? t.talk.earlier}>
      <Head id={id} card={card} own={own} />
      <Transcript id={id} />
      {own && live !== undefined ? <Composer card={live} /> : <Strip id={id} card={live} />}
      {own && board.dialog === "transfer" && <TransferDialog id={id} />}
      {own && board.dialog === "close" && <CloseDialog id={id} />}
    </section>
  );
}

function Head({ id, card, own }: { id: string; card: Card | undefined; own: boolean }) {
  const { t, language } = usePreferences();
  const desk = useDesk();
  const { board, show } = usePlace();
  const now = useNow(desk.skew);
  const opened = desk.transcripts[id]?.rows[0]?.body["name"];
  const facts = [
    card && (t.channels[card.customer.channel] ?? card.customer.channel),
    card?.skill && (t.skills[card.skill] ?? card.skill),
    card?.reason && t.reasons[card.reason],
    card?.since && card.state !== "with_agent" && t.lists.waited(span(now - card.since, language)),
    card?.away && t.panel.offline,
    card === undefined && t.talk.earlier,
  ].filter(Boolean);
  return (
    <header className="talk-head">
      <span className="avatar" aria-hidden>
        {initialOf(card?.customer.name ?? (typeof opened === "string" ? opened : ""))}
      </span>
      <div className="titles">
        <h1>{card ? <Name card={card} /> : t.talk.earlier}</h1>
        <p>{facts.join(" · ")}</p>
      </div>
      <div className="acts">
        {own && (
          <>
            <Tooltip title="Alt T">
              <Button icon={<SwapOutlined />} onClick={() => show({ dialog: "transfer" })}>
                {t.act.transfer}
              </Button>
            </Tooltip>
            <Tooltip title="Alt C">
              <Button icon={<CheckOutlined />} loading={isBusy(desk, "close", id)} onClick={() => show({ dialog: "close" })}>
                {t.act.close}
              </Button>
            </Tooltip>
          </>
        )}
        <Tooltip title={`${t.act.panel} · Alt I`}>
          <Button
            type="text"
            icon={<IdcardOutlined />}
            aria-label={t.act.panel}
            aria-pressed={board.panel}
            onClick={() => show({ panel: !board.panel })}
          />
        </Tooltip>
      </div>
    </header>
  );
}

/** Below a conversation that is not one's own: why there is nothing to write in, and what can be done. */
function Strip({ id, card }: { id: string; card: Card | undefined }) {
  const t = useTexts();
  const desk = useDesk();
  const { station } = usePlace();
  const rings = id in desk.offers;
  const waits = card?.state === "queued" || card?.state === "offered";
  const closed = card === undefined || card.state === "closed";
  const words = closed ? t.talk.closedBar : card.state === "with_bot" ? t.act.withBot : waits ? t.talk.readOnly : t.act.taken(card.agent?.name ?? "");
  const offline = desk.phase !== "open";
  return (
    <div className="strip">
      <span className="grow">{words}</span>
      {rings && (
        <>
          <Button disabled={offline} onClick={() => station.wish({ type: "pass", conversation: id })}>
            {t.act.pass}
          </Button>
          <Button type="primary" disabled={offline} loading={isBusy(desk, "accept", id)} onClick={() => station.wish({ type: "accept", conversation: id })}>
            {t.act.accept}
          </Button>
        </>
      )}
      {waits && !rings && (
        <Button type="primary" danger={card.lane === 0} disabled={offline} loading={isBusy(desk, "pull", id)} onClick={() => station.wish({ type: "pull", conversation: id })}>
          {t.act.take}
        </Button>
      )}
    </div>
  );
}
