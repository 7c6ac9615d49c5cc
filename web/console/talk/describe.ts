/** Rows that are no words: what happened, in the reader's language. Pure. */
import type { Texts } from "../texts/zh";
import type { DeskEvent, Rows } from "../wire";
import { bodyOf } from "./body";

export interface Happening {
  tone: "quiet" | "strong" | "red";
  text: string;
  /** Markdown shown below: the checklist of an emergency, the words of a ticket. */
  more?: string;
}

/** Agent id -> name. */
export type Names = (id: string | undefined) => string;

type Route = Rows["handoff_asked"]["route"];

/** Null: nothing to show (told elsewhere, or of no use to an agent). */
export function describe(row: DeskEvent, t: Texts, names: Names): Happening | null {
  const body = row.body as Partial<Record<string, unknown>>;
  const route = body["route"] as Route | undefined;
  const agent = names(typeof body["agent"] === "string" ? body["agent"] : undefined) || row.author.name || "";
  const quiet = (text: string): Happening => ({ tone: "quiet", text });
  const strong = (text: string): Happening => ({ tone: "strong", text: [text, whereTo(route, t)].filter(Boolean).join(" · ") });
  switch (row.kind as keyof Rows) {
    case "opened":
      return quiet(t.rows.opened(bodyOf(row, "opened")?.topic === "support" ? "" : (bodyOf(row, "opened")?.topic ?? "")));
    case "handoff_asked":
      return strong(t.rows.handoff[bodyOf(row, "handoff_asked")?.by ?? "button"] ?? "");
    case "emergency_raised": {
      const raised = bodyOf(row, "emergency_raised");
      const kind = raised?.kind ?? "";
      return { tone: "red", text: t.rows.emergency(t.alarm.kinds[kind] ?? kind), more: raised?.checklist };
    }
    case "ticket_taken":
      return { ...strong(t.rows.ticketTaken), more: bodyOf(row, "ticket_taken")?.text };
    case "customer_closed":
      return quiet(t.rows.customerClosed);
    case "customer_away":
      return quiet(t.rows.customerAway);
    case "customer_back":
      return quiet(t.rows.customerBack);
    case "bot_gave_up":
      return strong(t.rows.gaveUp(t.reasons[bodyOf(row, "bot_gave_up")?.reason ?? ""] ?? ""));
    case "bot_silent":
      return strong(bodyOf(row, "bot_silent")?.broken ? t.rows.botBroken : t.rows.botSilent);
    case "bot_had_nothing":
      return quiet(t.rows.hadNothing);
    case "offer_made":
      return quiet(t.rows.offered(agent));
    case "accepted":
      return { tone: "strong", text: t.rows.accepted(bodyOf(row, "accepted")?.name || agent) };
    case "pulled":
      return { tone: "strong", text: t.rows.pulled(bodyOf(row, "pulled")?.name || agent) };
    case "passed":
      return quiet(t.rows.passed(agent));
    case "offer_expired":
      return quiet(t.rows.expired(agent));
    case "transferred":
      return { tone: "strong", text: t.rows.transferred(agent, transferredTo(route, t, names)) };
    case "agent_closed":
      return { tone: "strong", text: t.rows.closed(agent, bodyOf(row, "agent_closed")?.outcome === "unsolved" ? t.act.unsolved : t.act.solved) };
    case "lease_lost":
      return quiet(t.rows.leaseLost(agent));
    case "lease_regained":
      return quiet(t.rows.leaseBack(agent));
    case "grace_over":
      return { tone: "strong", text: t.rows.graceOver(agent) };
    case "promise_broke":
      return quiet(t.rows.promiseBroke);
    case "away_too_long":
      return { tone: "strong", text: t.rows.awayTooLong };
    case "idle_closed":
      return quiet(t.rows.idle);
    case "voted":
      return quiet(t.rows.voted(bodyOf(row, "voted")?.helpful ?? false));
    case "rated": {
      const rated = bodyOf(row, "rated");
      const solved = rated?.solved == null ? "" : rated.solved ? t.act.solved : t.act.unsolved;
      return { tone: "strong", text: t.rows.rated(rated?.score ?? 0, solved), more: rated?.comment };
    }
    case "ticket_answered": {
      const answered = bodyOf(row, "ticket_answered");
      const who = answered?.name || agent;
      if (answered?.text) return { tone: "strong", text: t.rows.ticketAnswered(who), more: answered.text };
      return quiet(t.rows.ticketMoved(who, t.ticket.status[answered?.status ?? "answered"]));
    }
    case "alarm_acknowledged":
      return quiet(t.rows.alarmAcknowledged(agent));
    case "secret_masked":
      return { tone: "red", text: t.rows.secretMasked(secretNames(bodyOf(row, "secret_masked")?.kinds ?? [], t)) };
    case "customer_wrote":
    case "bot_answered":
    case "bot_clarified":
    case "bot_asked_again":
    case "bot_form_asked":
    case "bot_form_done":
    case "agent_wrote":
    case "noted":
      return null; // Words, not happenings.
    default:
      return quiet(t.rows.unknown(row.kind));
  }
}

export function secretNames(kinds: readonly string[], t: Texts): string {
  return kinds.map((kind) => t.secrets[kind] ?? t.secret).join("、") || t.secret;
}

function whereTo(route: Route | undefined, t: Texts): string {
  if (route === undefined) return "";
  if ("ticket" in route) return t.rows.toTicket(t.reasons[route.why] ?? "");
  return t.rows.toQueue(t.skills[route.skill ?? ""] ?? route.skill ?? "");
}

function transferredTo(route: Route | undefined, t: Texts, names: Names): string {
  if (route === undefined || "ticket" in route) return "";
  return route.wanted ? names(route.wanted) : (t.skills[route.skill] ?? route.skill);
}
