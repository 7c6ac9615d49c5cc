import { IdcardOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { isBusy, isOverdue } from "../desk/select";
import { useDesk, usePlace } from "../shell/board";
import { useNow } from "../shell/clock";
import { usePreferences } from "../shell/preferences";
import { dayTime, span } from "../shell/time";
import type { TicketCard } from "../wire";
import { Transcript } from "./Transcript";
import { useWords } from "./words";
import { Writing } from "./Writing";

/** A ticket: what was promised, what is asked, the conversation it came from, and the answer. */
export function TicketView({ ticket }: { ticket: TicketCard }) {
  const { t, language } = usePreferences();
  const desk = useDesk();
  const { board, show } = usePlace();
  const render = useWords();
  const now = useNow(desk.skew);
  const late = isOverdue(ticket, now);
  return (
    <section className="talk" aria-label={t.ticket.title(ticket.short)}>
      <header className="talk-head">
        <div className="titles">
          <h1>
            {ticket.customer.name}
            <span className={late ? "pill red" : ticket.status === "open" ? "pill honey" : "pill green"}>
              {late ? t.ticket.overdue : t.ticket.status[ticket.status]}
            </span>
          </h1>
          <p>
            {t.ticket.title(ticket.short)} · {t.ticket.promised} {dayTime(ticket.promised, now, language)}
            {ticket.status === "open" && ` (${late ? t.lists.overdue(span(ticket.promised - now, language)) : t.lists.due(span(ticket.promised - now, language))})`}
            {" · "}
            {t.reasons[ticket.reason] ?? ticket.reason}
          </p>
        </div>
        <Button type="text" icon={<IdcardOutlined />} aria-label={t.act.panel} aria-pressed={board.panel} onClick={() => show({ panel: !board.panel })} />
      </header>
      <Transcript
        id={ticket.conversation}
        before={
          <div className="asked-box">
            <h2>{t.ticket.request}</h2>
            {ticket.text ? render.plain(ticket.text) : <p className="quiet">{t.ticket.noText}</p>}
          </div>
        }
      />
      <AnswerBox ticket={ticket} />
    </section>
  );
}

function AnswerBox({ ticket }: { ticket: TicketCard }) {
  const { t } = usePreferences();
  const desk = useDesk();
  const { station } = usePlace();
  const key = `ticket:${ticket.id}`;
  const [text, setText] = useState(station.drafts.get(key) ?? "");
  const busy = isBusy(desk, "ticket", ticket.id);
  const held = Object.values(desk.pending).find((p) => p.command.type === "ticket" && p.command.ticket === ticket.id && p.refused !== undefined);
  const write = (words: string) => {
    station.drafts.set(key, words);
    setText(words);
  };
  const answer = (status: "answered" | "closed" | "open") => {
    if (held) station.input({ type: "forget", id: held.command.id });
    station.wish({ type: "ticket", ticket: ticket.id, text: text.trim(), status });
    write("");
  };
  if (ticket.status === "closed")
    return (
      <div className="strip">
        <span className="grow">{t.ticket.status.closed}</span>
        <Button loading={busy} onClick={() => answer("open")}>
          {t.ticket.reopen}
        </Button>
      </div>
    );
  return (
    <div className="ticket-box">
      {held?.command.type === "ticket" && (
        <p className="meta">
          <span className="bad">
            {t.talk.failed}: {t.errors[held.refused ?? ""] ?? t.errorOther(held.refused ?? "")}
          </span>
          <button type="button" onClick={() => station.input({ type: "retry", id: held.command.id, now: Date.now() / 1000 })}>
            {t.talk.retry}
          </button>
        </p>
      )}
      <div className="field">
        <Writing minRows={3} maxLength={4000} value={text} label={t.ticket.answer} placeholder={t.ticket.placeholder} onChange={write} />
      </div>
      <div className="acts">
        <Button loading={busy} onClick={() => answer("closed")}>
          {text.trim() === "" ? t.ticket.closeOnly : t.ticket.submitClose}
        </Button>
        <Button type="primary" loading={busy} disabled={text.trim() === ""} onClick={() => answer("answered")}>
          {t.ticket.submit}
        </Button>
      </div>
    </div>
  );
}
