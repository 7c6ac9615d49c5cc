import { Segmented } from "antd";
import type { ReactNode } from "react";
import { isOverdue, mine, ringing, tickets, waiting } from "../desk/select";
import { useDesk, usePlace, type Tab } from "../shell/board";
import { useNow } from "../shell/clock";
import { useTexts } from "../shell/preferences";
import { MineItem, WaitingItem } from "./CardItem";
import { OfferCard } from "./OfferCard";
import { TicketItem } from "./TicketItem";

export function Lists() {
  const t = useTexts();
  const desk = useDesk();
  const { board, show } = usePlace();
  const now = useNow(desk.skew);
  const open = tickets(desk).filter((ticket) => ticket.status === "open");
  const overdue = open.filter((ticket) => isOverdue(ticket, now)).length;
  const count = mine(desk).length + ringing(desk).length;
  return (
    <div className="lists">
      <div className="tabs">
        <Segmented<Tab>
          block
          value={board.tab}
          onChange={(tab) => show({ tab })}
          options={[
            { value: "chats", label: <TabLabel words={t.lists.chats} count={count} /> },
            { value: "tickets", label: <TabLabel words={t.lists.tickets} count={overdue || open.length} red={overdue > 0} /> },
          ]}
        />
      </div>
      <div className="scroll" tabIndex={-1}>
        {board.tab === "chats" ? <Chats /> : <Tickets />}
      </div>
    </div>
  );
}

function TabLabel({ words, count, red }: { words: string; count: number; red?: boolean }) {
  return (
    <>
      {words}
      {count > 0 && <span className={red ? "count red" : "count"}>{count}</span>}
    </>
  );
}

function Chats() {
  const t = useTexts();
  const desk = useDesk();
  const own = mine(desk);
  const queue = waiting(desk);
  const calls = ringing(desk);
  return (
    <>
      {calls.length > 0 && (
        <Group title={t.lists.ringing} count={calls.length}>
          {calls.map(({ offer, card }) => (
            <OfferCard key={card.conversation} offer={offer} card={card} />
          ))}
        </Group>
      )}
      <Group title={t.lists.mine} count={own.length}>
        {own.map((card, i) => (
          <MineItem key={card.conversation} card={card} nth={i + 1} />
        ))}
        {own.length === 0 && (
          <Empty title={t.lists.emptyMine} hint={desk.me?.ready ? t.lists.emptyMineHint : t.lists.emptyMineNotReady} />
        )}
      </Group>
      <Group title={t.lists.queue} count={queue.length}>
        {queue.map((card) => (
          <WaitingItem key={card.conversation} card={card} />
        ))}
        {queue.length === 0 && <Empty title={t.lists.emptyQueue} hint={t.lists.emptyQueueHint} />}
      </Group>
    </>
  );
}

function Tickets() {
  const t = useTexts();
  const desk = useDesk();
  const all = tickets(desk);
  const open = all.filter((ticket) => ticket.status === "open");
  const done = all.filter((ticket) => ticket.status !== "open");
  return (
    <>
      <Group title={t.lists.openTickets} count={open.length}>
        {open.map((ticket) => (
          <TicketItem key={ticket.id} ticket={ticket} />
        ))}
        {open.length === 0 && <Empty title={t.lists.emptyTickets} hint={t.lists.emptyTicketsHint} />}
      </Group>
      {done.length > 0 && (
        <Group title={t.lists.doneTickets} count={done.length}>
          {done.map((ticket) => (
            <TicketItem key={ticket.id} ticket={ticket} />
          ))}
        </Group>
      )}
    </>
  );
}

function Group({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  return (
    <section className="group" aria-label={title}>
      <h2>
        {title} <span className="n">{count > 0 ? count : ""}</span>
      </h2>
      {children}
    </section>
  );
}

function Empty({ title, hint }: { title: string; hint: string }) {
  return (
    <p className="empty">
      <strong>{title}</strong>
      {hint}
    </p>
  );
}
