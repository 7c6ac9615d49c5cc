import { useEffect, useRef, useState } from "preact/hooks";
import { Composer } from "./composer";
import { useDesk } from "./context";
import { Bee, Cross, Dots, Down, Headset, Hourglass, Person, Save, Ticket } from "./icons";
import { Log } from "./log";
import { QueuePanel } from "./queue";
import { TicketForm, TicketList } from "./tickets";
import { save, transcript } from "./transcript";

function Header({ onClose, onTickets }: { onClose: (() => void) | null; onTickets(): void }) {
  const { chat, words } = useDesk();
  const { t } = words;
  const [menu, setMenu] = useState(false);
  const [sure, setSure] = useState(false);
  const { view, verified } = chat.state;
  const owner = view?.owner ?? "bot";
  const Face = { bot: Bee, queue: Hourglass, agent: Person, closed: Headset }[owner];
  const name = { bot: t("bot"), queue: t("queueTitle"), agent: view?.agent?.name ?? t("person"), closed: t("closedTitle") }[owner];
  const role = owner === "bot" ? t("program") : owner === "agent" ? t("person") : "";
  const status = chat.status === "online" ? t("online") : chat.status === "stopped" ? t("stopped") : t("connecting");
  const can = view?.can ?? [];
  const shut = () => { setMenu(false); setSure(false); };
  return (
    <header class="head">
      <span class={`face face-${owner}`}><Face /></span>
      <div class="head-text">
        <h2 id="title">{name}{role && <span class="tag">{role}</span>}</h2>
        <p class={`status is-${chat.status}`} role="status"><i aria-hidden="true" />{status}{verified && ` · ${t("verified")}`}</p>
      </div>
      <button type="button" class="round" aria-label={t("menu")} aria-expanded={menu} onClick={() => (menu ? shut() : setMenu(true))}><Dots /></button>
      {onClose && <button type="button" class="round" aria-label={t("close")} onClick={onClose}><Down /></button>}
      {menu && (
        <div class="menu" onKeyDown={(event) => { if (event.key === "Escape") { event.stopPropagation(); shut(); } }}>
          <button type="button" disabled={!view?.tickets.length} onClick={() => { shut(); onTickets(); }}><Ticket />{t("tickets")}</button>
          <button type="button" disabled={!can.includes("download")} onClick={() => { shut(); save(transcript(chat.state, words), `honeydesk-${view?.conversation}.txt`); }}><Save />{t("download")}</button>
          <button type="button" disabled={!can.includes("close")} onClick={() => { if (!sure) return setSure(true); shut(); chat.close(); }}><Cross />{t(sure ? "endSure" : "end")}</button>
        </div>
      )}
    </header>
  );
}

export function Panel({ onClose }: { onClose: (() => void) | null }) {
  const { chat, words } = useDesk();
  const { t } = words;
  const [page, setPage] = useState<"chat" | "tickets">("chat");
  const [form, setForm] = useState(false);
  const [draft, setDraft] = useState("");
  const root = useRef<HTMLDivElement>(null);
  const { view } = chat.state;
  // Before the first welcome the button is there already: a click waits in the outbox.
  const can = view?.can ?? ["send", "handoff"];
  const asked = chat.outbox.list().some(({ frame }) => frame.type === "handoff");
  const offline = chat.status === "offline" || (chat.status === "connecting" && chat.state.welcomed);

  useEffect(() => root.current?.querySelector<HTMLElement>("textarea")?.focus({ preventScroll: true }), []);

  /** Tab goes round inside; Esc closes. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && onClose && !event.isComposing) {
      event.stopPropagation();
      return onClose();
    }
    if (event.key !== "Tab" || !onClose || !root.current) return;
    const stops = [...root.current.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], textarea, input, [tabindex='0']")];
    const first = stops[0];
    const last = stops.at(-1);
    const active = (root.current.getRootNode() as ShadowRoot).activeElement;
    const to = event.shiftKey ? (active === first ? last : null) : active === last ? first : null;
    if (!to) return;
    event.preventDefault();
    to.focus();
  };

  return (
    <div ref={root} class="panel" role="dialog" aria-labelledby="title" onKeyDown={onKeyDown}>
      <Header onClose={onClose} onTickets={() => setPage("tickets")} />
      {offline && <p class="bar" role="status">{t("offline")}</p>}
      {page === "tickets" ? (
        <div class="sheet">
          <button type="button" class="button plain" onClick={() => setPage("chat")}>{t("back")}</button>
          <h3>{t("tickets")}</h3>
          <TicketList />
        </div>
      ) : (
        <>
          {view?.queue && <QueuePanel queue={view.queue} onTicket={() => setForm(true)} />}
          <Log onTicket={() => setForm(true)} onEdit={setDraft} />
        </>
      )}
      {form && <TicketForm onDone={() => setForm(false)} />}
      <footer class="foot">
        {(can.includes("handoff") || (view?.tickets.length ?? 0) > 0) && (
          <div class="foot-row">
            {can.includes("handoff") && (
              <button type="button" class="pill" disabled={asked} onClick={() => { chat.handoff(); setPage("chat"); }}><Headset />{t("handoff")}</button>
            )}
            {(view?.tickets.length ?? 0) > 0 && (
              <button type="button" class="pill quiet" onClick={() => setPage("tickets")}><Ticket />{t("tickets")} ({view?.tickets.length})</button>
            )}
          </div>
        )}
        {page === "chat" && <Composer draft={draft} setDraft={setDraft} />}
      </footer>
    </div>
  );
}
