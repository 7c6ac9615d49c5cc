import type { QueueView } from "../protocol/to-customer";
import { useDesk, useTick } from "./context";
import { Hourglass } from "./icons";

/** The place in the queue: where, about how long, what was promised, and the way out by ticket. */
export function QueuePanel({ queue, onTicket }: { queue: QueueView; onTicket(): void }) {
  const { chat, words } = useDesk();
  useTick(10_000);
  const { t } = words;
  const waited = Math.max(0, Date.now() / 1000 + chat.state.skew - queue.since);
  return (
    <section class={queue.emergency ? "queue urgent" : "queue"} aria-label={t("queueTitle")}>
      <div class="queue-place" role="status">
        <Hourglass />
        <strong>{queue.position === 1 ? t("next") : t("place", { n: queue.position })}</strong>
        {queue.emergency && <span class="tag">{t("urgent")}</span>}
      </div>
      <p class="queue-wait">
        {queue.p50 !== null && queue.p90 !== null
          ? t("about", { p50: words.duration(queue.p50), p90: words.duration(queue.p90) })
          : t("unknownWait")}
      </p>
      {queue.why !== null && <p>{t(queue.why === "transfer" ? "whyTransfer" : "whyPriority")}</p>}
      <p class="queue-small">
        {t("waited", { time: words.duration(waited) })} · {t("promised", { time: words.moment(queue.promise) })}
        <br />
        {t("keep")}
      </p>
      {chat.state.view?.can.includes("ticket") && (
        <button type="button" class={queue.ticket_offered ? "button" : "button plain"} onClick={onTicket}>
          {t("takeTicket")}
        </button>
      )}
    </section>
  );
}
