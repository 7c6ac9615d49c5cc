import { useState } from "preact/hooks";
import { rowsOf } from "../client/chat-state";
import { useDesk } from "./context";
import { Ticket } from "./icons";

/** The ticket's page: at the desk itself when the server names no public address; else on https only. */
function pageOf(url: string, base: string): string | null {
  if (!URL.canParse(url, base)) return null;
  const page = new URL(url, base);
  return page.origin === new URL(base).origin || page.protocol === "https:" ? page.href : null;
}

/** The customer's tickets with what was promised and what was answered. */
export function TicketList() {
  const { chat, words, markup } = useDesk();
  const { t } = words;
  const answers = rowsOf(chat.state).filter((row) => row.kind === "ticket_answered" && row.body.text);
  return (
    <ul class="tickets">
      {(chat.state.view?.tickets ?? []).map((ticket) => {
        const href = pageOf(ticket.url, chat.base);
        return (
          <li key={ticket.id} class="card">
            <p class="ticket-head">
              <Ticket />
              <strong>{t("ticketNo", { no: ticket.short })}</strong>
              <span class={`tag st-${ticket.status}`}>{t(`st_${ticket.status}`)}</span>
            </p>
            {ticket.status === "open" && <p class="muted">{t("ticketBy", { time: words.moment(ticket.promised) })}</p>}
            {answers
              .filter((row) => row.body.ticket === ticket.id)
              .map((row) => (
                <blockquote key={row.seq}>
                  <p class="muted">
                    {String(row.body.name || t("person"))} · {words.moment(row.at)}
                  </p>
                  {markup.markdown(String(row.body.text))}
                </blockquote>
              ))}
            {href && (
              <a class="link" href={href} target="_blank" rel="noopener noreferrer">
                {t("ticketOpen")}
              </a>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Asks what else the agent should know, then takes a ticket. */
export function TicketForm({ onDone }: { onDone(): void }) {
  const { chat, words } = useDesk();
  const [text, setText] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    chat.ticket(text.trim());
    onDone();
  };
  return (
    <form class="card form" onSubmit={submit}>
      <label>
        <strong>{words.t("takeTicket")}</strong>
        <textarea rows={3} maxLength={4000} value={text} placeholder={words.t("ticketText")} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <div class="row">
        <button type="submit" class="button">{words.t("ticketMake")}</button>
        <button type="button" class="button plain" onClick={onDone}>{words.t("cancel")}</button>
      </div>
    </form>
  );
}
