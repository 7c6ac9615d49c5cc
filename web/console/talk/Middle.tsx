import { Comb } from "../shell/Brand";
import { useDesk } from "../shell/board";
import { useTexts } from "../shell/preferences";
import { Conversation } from "./Conversation";
import { TicketView } from "./TicketView";

/** What is chosen on the left: a conversation, a ticket, or nothing yet. */
export function Middle() {
  const desk = useDesk();
  if (desk.selected === null) return <Hello />;
  if (desk.selected.kind === "conversation") return <Conversation key={desk.selected.id} id={desk.selected.id} />;
  const ticket = desk.tickets[desk.selected.id];
  return ticket === undefined ? <Hello /> : <TicketView key={ticket.id} ticket={ticket} />;
}

function Hello() {
  const t = useTexts();
  return (
    <div className="hello">
      <Comb className="comb" />
      <h1>{t.talk.emptyTitle}</h1>
      <p>{t.talk.emptyHint}</p>
      <ul>
        <li>
          <kbd className="kbd">Alt A</kbd> {t.talk.emptyKeys.accept}
        </li>
        <li>
          <kbd className="kbd">Alt 1–9</kbd> {t.talk.emptyKeys.next}
        </li>
        <li>
          <kbd className="kbd">Alt /</kbd> {t.talk.emptyKeys.help}
        </li>
      </ul>
    </div>
  );
}
