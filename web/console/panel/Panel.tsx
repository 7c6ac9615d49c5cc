import { SafetyCertificateFilled } from "@ant-design/icons";
import { initialOf } from "../lists/initial";
import { shown, tickets } from "../desk/select";
import { useDesk, usePlace } from "../shell/board";
import { useNow } from "../shell/clock";
import { usePreferences, useTexts } from "../shell/preferences";
import { dayTime, languageName, span } from "../shell/time";
import type { Card, Customer } from "../wire";
import { CaseCard } from "./CaseCard";
import { thoughtsOf } from "./thoughts";

/** Who the customer is, why he came and what 小蜜 thought. */
export function Panel() {
  const t = useTexts();
  const desk = useDesk();
  const id = shown(desk);
  const card = id === null ? undefined : (desk.cards[id] ?? (desk.kept?.conversation === id ? desk.kept : undefined));
  const ticket = desk.selected?.kind === "ticket" ? desk.tickets[desk.selected.id] : undefined;
  const customer = card?.customer ?? ticket?.customer;
  if (id === null || customer === undefined)
    return (
      <div className="panel">
        <p className="empty">{t.panel.empty}</p>
      </div>
    );
  return (
    <div className="panel scroll" tabIndex={0} role="group" aria-label={t.panel.title}>
      <Person customer={customer} />
      {card && <Why card={card} />}
      <CaseCard id={id} />
      <BotPart id={id} />
      <Earlier customer={customer} shownId={id} />
      <Tickets customer={customer} />
    </div>
  );
}

function Person({ customer }: { customer: Customer }) {
  const { t, language } = usePreferences();
  return (
    <section>
      <div className="person">
        <span className="avatar" aria-hidden>
          {initialOf(customer.name)}
        </span>
        <div>
          <b>{customer.name}</b>
          <span className="badges">
            {customer.verified ? (
              <span className="pill green" title={t.panel.verifiedHint}>
                <SafetyCertificateFilled aria-hidden /> {t.panel.verified}
              </span>
            ) : (
              <span className="pill">{t.panel.visitor}</span>
            )}
            {customer.tier !== "" && customer.tier !== "visitor" && <span className="pill honey">{t.tiers[customer.tier] ?? customer.tier}</span>}
          </span>
        </div>
      </div>
      {!customer.verified && <p className="warn">{t.panel.visitorHint}</p>}
      <dl className="facts first">
        <dt>{t.panel.language}</dt>
        <dd>{languageName(customer.locale, language)}</dd>
        <dt>{t.panel.channel}</dt>
        <dd>{t.channels[customer.channel] ?? customer.channel}</dd>
        <dt>{t.panel.id}</dt>
        <dd>{customer.id}</dd>
      </dl>
    </section>
  );
}

function Why({ card }: { card: Card }) {
  const { t, language } = usePreferences();
  const { skew } = useDesk();
  const now = useNow(skew);
  const waits = card.state === "queued" || card.state === "offered";
  if (card.reason === null && card.since === null) return null;
  return (
    <section>
      <h2>{t.panel.handover}</h2>
      <dl className="facts">
        {card.reason !== null && (
          <>
            <dt>{t.panel.why}</dt>
            <dd>{t.reasons[card.reason] ?? card.reason}</dd>
          </>
        )}
        {card.skill !== null && (
          <>
            <dt>{t.panel.skill}</dt>
            <dd>{t.skills[card.skill] ?? card.skill}</dd>
          </>
        )}
        {card.since !== null && (
          <>
            <dt>{waits ? t.panel.waiting : t.panel.queuedAt}</dt>
            <dd>{waits ? span(now - card.since, language) : dayTime(card.since, now, language)}</dd>
          </>
        )}
        {waits && card.promise !== null && (
          <>
            <dt>{t.panel.promised}</dt>
            <dd className={card.promise < now ? "late" : ""}>{dayTime(card.promise, now, language)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function BotPart({ id }: { id: string }) {
  const t = useTexts();
  const desk = useDesk();
  const thoughts = thoughtsOf(desk.transcripts[id]?.rows ?? []);
  return (
    <section>
      <h2>{t.panel.bot}</h2>
      {thoughts.answers === 0 && thoughts.misses === 0 ? (
        <p className="quiet">{t.panel.noAnswers}</p>
      ) : (
        <dl className="facts">
          <dt>{t.panel.misses}</dt>
          <dd>{t.panel.missesValue(thoughts.misses)}</dd>
          {thoughts.answers > 0 && (
            <>
              <dt>{t.panel.lastAnswer}</dt>
              <dd>{[thoughts.confidence === null ? null : `${Math.round(thoughts.confidence * 100)}%`, thoughts.entry].filter(Boolean).join(" · ")}</dd>
            </>
          )}
          {thoughts.helpful + thoughts.unhelpful > 0 && (
            <>
              <dt>{t.panel.votes}</dt>
              <dd>
                +{thoughts.helpful} / −{thoughts.unhelpful}
              </dd>
            </>
          )}
        </dl>
      )}
    </section>
  );
}

function Earlier({ customer, shownId }: { customer: Customer; shownId: string }) {
  const t = useTexts();
  const { station } = usePlace();
  const others = customer.earlier.filter((id) => id !== shownId);
  return (
    <section>
      <h2>{t.panel.earlier}</h2>
      {others.length === 0 ? (
        <p className="quiet">{t.panel.noEarlier}</p>
      ) : (
        <div className="rows">
          {others.map((id) => (
            <button key={id} type="button" onClick={() => station.input({ type: "select", selected: { kind: "conversation", id } })}>
              <span>#{id.slice(-8)}</span>
              <span className="quiet">{t.panel.open}</span>
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

function Tickets({ customer }: { customer: Customer }) {
  const t = useTexts();
  const desk = useDesk();
  const { station, show } = usePlace();
  const own = tickets(desk).filter((ticket) => ticket.customer.id === customer.id);
  return (
    <section>
      <h2>{t.panel.tickets}</h2>
      {own.length === 0 ? (
        <p className="quiet">{t.panel.noTickets}</p>
      ) : (
        <div className="rows">
          {own.map((ticket) => (
            <button
              key={ticket.id}
              type="button"
              onClick={() => {
                show({ tab: "tickets" });
                station.input({ type: "select", selected: { kind: "ticket", id: ticket.id } });
              }}
            >
              <span>{ticket.text || ticket.short}</span>
              <span className={ticket.status === "open" ? "pill honey" : "pill"}>{t.ticket.status[ticket.status]}</span>
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
