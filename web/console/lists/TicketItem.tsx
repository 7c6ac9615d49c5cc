import { words as plain } from "../../ui/render";
import { isOverdue } from "../desk/select";
import { useDesk, usePlace } from "../shell/board";
import { useNow } from "../shell/clock";
import { usePreferences } from "../shell/preferences";
import { span } from "../shell/time";
import type { TicketCard } from "../wire";

export function TicketItem({ ticket }: { ticket: TicketCard }) {
  const { t, language } = usePreferences();
  const desk = useDesk();
  const { station } = usePlace();
  const now = useNow(desk.skew);
  const late = isOverdue(ticket, now);
  const on = desk.selected?.kind === "ticket" && desk.selected.id === ticket.id;
  const left = span(ticket.promised - now, language);
  return (
    <div className={on ? "item ticket on" : "item ticket"}>
      <button
        type="button"
        className="cover"
        aria-label={`${t.ticket.title(ticket.short)} ${ticket.customer.name}`}
        aria-current={on ? "true" : undefined}
        onClick={() => station.input({ type: "select", selected: { kind: "ticket", id: ticket.id } })}
      />
      <i className={`bar ${ticket.status} ${late ? "late" : ""}`} aria-hidden />
      <div className="body">
        <div className="line">
          <span className="name">{ticket.customer.name}</span>
          <span className="quiet small">{ticket.short}</span>
          {ticket.status === "open" ? (
            <time className={late ? "when late" : "when"}>{late ? t.lists.overdue(left) : t.lists.due(left)}</time>
          ) : (
            <span className="when">{t.ticket.status[ticket.status]}</span>
          )}
        </div>
        <div className="line">
          <span className="last">{plain(ticket.text) || t.reasons[ticket.reason] || ticket.reason}</span>
        </div>
      </div>
    </div>
  );
}
