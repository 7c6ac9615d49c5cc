"""What happens in the handled cells of ``table.TABLE``: state, event and ``Now`` in, the next state and the effects
out, or ``Late``. Everything that makes a state from a state is in this file; it knows no roles and no storage.

States are built with positional arguments, not with ``dataclasses.replace``, where every message passes: the
fields in the order of ``conversation.states``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from conversation import events as ev
from conversation.effects import (
    AskBot,
    Effect,
    FindAgent,
    OfferSurvey,
    OfferTicket,
    OpenTicket,
    RaiseAlarm,
    Release,
    RequestFreeze,
    Ring,
)
from conversation.events import Event, Route, ToQueue
from conversation.policy import Policy
from conversation.states import (
    EMERGENCY,
    Closed,
    HandoffReason,
    Offered,
    Place,
    Queued,
    State,
    Turn,
    WithAgent,
    WithBot,
)

FRONT = 86_400.0
"""Head start, in seconds, of a conversation whose agent was lost: the front of its lane."""


class Now(NamedTuple):
    """What a cell may know besides state and event: the time, the numbers, and two counters of the conversation.
    A named tuple, as is ``Stepped``: one is made for every message, a third of the price of a frozen dataclass."""

    at: float
    policy: Policy
    turns: int
    segment: int


@dataclass(frozen=True, slots=True)
class Late:
    """A lost race as a value. Codes: ``already_taken``, ``already_yours``, ``not_yours``, ``offer_over``,
    ``stale_turn``, ``already_queued``, ``with_agent``, ``closed``, ``no_change``."""

    code: str


Outcome = tuple[State, tuple[Effect, ...]] | Late
Handler = Callable[[Any, Any, Now], Outcome]


# --- shared steps ----------------------------------------------------------------------------------------------


def _queued(place: Place, turn: Turn | None, now: Now) -> Queued:
    if not place.ticket_offered:
        due = place.promise
    elif place.away_since is not None:
        due = max(place.away_since + now.policy.away, now.at)
    else:
        due = now.at + now.policy.max_wait
    return Queued(place, turn, due)


def _route(state: WithBot, route: Route, reason: HandoffReason, now: Now) -> tuple[State, tuple[Effect, ...]]:
    """From the bot to the queue, or to a ticket, in which case the bot keeps the conversation. Either way the
    open turn is fenced."""
    if isinstance(route, ToQueue):
        away = None if route.connected else now.at
        place = Place(now.at, route.order, route.lane, reason, route.skill, route.language, route.promise)
        place = replace(place, wanted=route.wanted, away_since=away, ticket_offered=route.nobody)
        offer: tuple[Effect, ...] = (OfferTicket(),) if route.nobody else ()
        return _queued(place, None, now), (FindAgent(), *offer)
    return WithBot(0, 0, None, state.idle), (OpenTicket(route.ticket, route.why, route.promised),)


def _ask(now: Now) -> tuple[Turn, AskBot]:
    number = now.turns + 1
    return Turn(number, now.at + now.policy.bot_answer), AskBot(number)


def _skip(place: Place, agent: str, now: Now) -> Place:
    kept = tuple(p for p in place.not_to if p[0] != agent and p[1] > now.at)
    return replace(place, not_to=(*kept, (agent, now.at + now.policy.repass)))


# --- the customer ----------------------------------------------------------------------------------------------


def wrote_to_bot(s: WithBot, e: ev.CustomerWrote, now: Now) -> Outcome:
    turn, ask = _ask(now)
    return WithBot(s.misses, s.clarified, turn, now.at + now.policy.bot_idle, s.form), (ask,)


def wrote_waiting(s: Queued | Offered, e: ev.CustomerWrote, now: Now) -> Outcome:
    turn, ask = _ask(now)
    return replace(s, turn=turn), (ask,)


def _talked(s: WithAgent, now: Now) -> WithAgent:
    """The idle deadline moves in steps of a 240th (one minute of four hours): else every message of a chat would
    change the state, and an indexed column with it."""
    idle = now.at + now.policy.agent_idle
    if idle - s.idle < now.policy.agent_idle / 240:
        return s
    return WithAgent(s.agent, s.place, idle, s.lost, s.grace)


def wrote_to_agent(s: WithAgent, e: ev.CustomerWrote, now: Now) -> Outcome:
    return _talked(s, now), ()


def asked_person(s: WithBot, e: ev.HandoffAsked, now: Now) -> Outcome:
    return _route(s, e.route, "asked" if e.by != "feedback" else "feedback", now)


def emergency_with_bot(s: WithBot, e: ev.EmergencyRaised, now: Now) -> Outcome:
    state, effects = _route(s, e.route, "emergency", now)
    return state, (*effects, RaiseAlarm(e.kind), RequestFreeze(e.kind))


def emergency_waiting(s: Queued | Offered, e: ev.EmergencyRaised, now: Now) -> Outcome:
    place = s.place
    if isinstance(e.route, ToQueue):
        order = min(place.order, e.route.order)
        place = replace(place, lane=EMERGENCY, order=order, reason="emergency", skill=e.route.skill)
    again: tuple[Effect, ...] = (FindAgent(),) if isinstance(s, Queued) else ()
    return replace(s, place=place, turn=None), (*again, RaiseAlarm(e.kind), RequestFreeze(e.kind))


def emergency_with_agent(s: WithAgent, e: ev.EmergencyRaised, now: Now) -> Outcome:
    return s, (RaiseAlarm(e.kind), RequestFreeze(e.kind))


def ticket_with_bot(s: WithBot, e: ev.TicketTaken, now: Now) -> Outcome:
    return s, (OpenTicket(e.ticket, "asked", e.promised),)


def _why_taken(place: Place) -> ev.TicketReason:
    """The customer chose it: because it was offered to him, or of his own accord."""
    return "promise" if place.ticket_offered else "asked"


def ticket_waiting(s: Queued, e: ev.TicketTaken, now: Now) -> Outcome:
    return Closed(now.at, "ticketed"), (OpenTicket(e.ticket, _why_taken(s.place), e.promised),)


def ticket_offered(s: Offered, e: ev.TicketTaken, now: Now) -> Outcome:
    return Closed(now.at, "ticketed"), (OpenTicket(e.ticket, _why_taken(s.place), e.promised), Release(s.agent))


def left_bot(s: WithBot, e: ev.CustomerClosed, now: Now) -> Outcome:
    return Closed(now.at, "left"), (OfferSurvey(now.segment),)


def left_queue(s: Queued, e: ev.CustomerClosed, now: Now) -> Outcome:
    return Closed(now.at, "left"), ()


def left_offer(s: Offered, e: ev.CustomerClosed, now: Now) -> Outcome:
    return Closed(now.at, "left"), (Release(s.agent),)


def left_agent(s: WithAgent, e: ev.CustomerClosed, now: Now) -> Outcome:
    return Closed(now.at, "left"), (Release(s.agent), OfferSurvey(now.segment))


def away_queued(s: Queued, e: ev.CustomerAway, now: Now) -> Outcome:
    if s.place.away_since is not None:
        return Late("no_change")
    return _queued(replace(s.place, away_since=now.at), s.turn, now), ()


def away_offered(s: Offered, e: ev.CustomerAway, now: Now) -> Outcome:
    if s.place.away_since is not None:
        return Late("no_change")
    return replace(s, place=replace(s.place, away_since=now.at)), ()


def back_queued(s: Queued, e: ev.CustomerBack, now: Now) -> Outcome:
    if s.place.away_since is None:
        return Late("no_change")
    return _queued(replace(s.place, away_since=None), s.turn, now), (FindAgent(),)


def back_offered(s: Offered, e: ev.CustomerBack, now: Now) -> Outcome:
    if s.place.away_since is None:
        return Late("no_change")
    return replace(s, place=replace(s.place, away_since=None)), ()


# --- the bot: every reply names its turn -------------------------------------------------------------------------


def bot_answered(s: WithBot, e: ev.BotAnswered, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return WithBot(0, 0, None, s.idle, s.form if e.resumes else None), ()


def bot_form_asked(s: WithBot, e: ev.BotFormAsked, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return WithBot(0, 0, None, s.idle, e.form), ()


def bot_form_done(s: WithBot, e: ev.BotFormDone, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return WithBot(0, 0, None, s.idle), ()


def bot_answered_waiting(s: Queued | Offered, e: ev.BotAnswered | ev.BotHadNothing, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return replace(s, turn=None), ()


def bot_clarified(s: WithBot, e: ev.BotClarified, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return WithBot(s.misses, s.clarified + 1, None, s.idle), ()


def bot_asked_again(s: WithBot, e: ev.BotAskedAgain, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return WithBot(s.misses + 1, s.clarified, None, s.idle), ()


def bot_gave_up(s: WithBot, e: ev.BotGaveUp, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return _route(s, e.route, e.reason, now)


def bot_silent(s: WithBot, e: ev.BotSilent, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return _route(s, e.route, "bot_broken" if e.broken else "bot_silent", now)


def bot_silent_waiting(s: Queued | Offered, e: ev.BotSilent, now: Now) -> Outcome:
    if s.turn is None or s.turn.number != e.turn:
        return Late("stale_turn")
    return replace(s, turn=None), ()


# --- the queue and the agents ------------------------------------------------------------------------------------


def offered(s: Queued, e: ev.OfferMade, now: Now) -> Outcome:
    """Nobody is rung for a customer who is not connected: he keeps his place and is skipped."""
    if s.place.away_since is not None:
        return Late("no_change")
    return Offered(e.agent, e.until, s.place, s.turn), (Ring(e.agent, e.until),)


def _taken(agent: str, place: Place, now: Now) -> WithAgent:
    """With an agent nobody tells whether the customer is connected, so what is known of it ends here; whoever puts
    the conversation back says it anew."""
    return WithAgent(agent, replace(place, wanted=None, not_to=(), away_since=None), now.at + now.policy.agent_idle)


def accepted(s: Offered, e: ev.Accepted, now: Now) -> Outcome:
    return (_taken(e.agent, s.place, now), ()) if e.agent == s.agent else Late("already_taken")


def accepted_again(s: WithAgent, e: ev.Accepted | ev.Pulled, now: Now) -> Outcome:
    return Late("already_yours" if e.agent == s.agent else "already_taken")


def pulled(s: Queued, e: ev.Pulled, now: Now) -> Outcome:
    return _taken(e.agent, s.place, now), ()


def pulled_offered(s: Offered, e: ev.Pulled, now: Now) -> Outcome:
    """The agent who was being rung loses the reservation; when he pulls it himself, he keeps it."""
    released: tuple[Effect, ...] = () if e.agent == s.agent else (Release(s.agent),)
    return _taken(e.agent, s.place, now), released


def offer_failed(s: Offered, e: ev.Passed | ev.OfferExpired, now: Now) -> Outcome:
    if e.agent != s.agent:
        return Late("offer_over")
    return _queued(_skip(s.place, e.agent, now), s.turn, now), (Release(e.agent), FindAgent())


def offer_lost(s: Offered, e: ev.LeaseLost, now: Now) -> Outcome:
    if e.agent != s.agent:
        return Late("no_change")
    return _queued(s.place, s.turn, now), (Release(e.agent), FindAgent())


def agent_wrote(s: WithAgent, e: ev.AgentWrote, now: Now) -> Outcome:
    if e.agent != s.agent:
        return Late("not_yours")
    return _talked(s, now), ()


def transferred(s: WithAgent, e: ev.Transferred, now: Now) -> Outcome:
    if e.agent != s.agent:
        return Late("not_yours")
    r = e.route
    place = replace(s.place, reason="transfer", skill=r.skill, language=r.language, promise=r.promise)
    place = replace(place, wanted=r.wanted, ticket_offered=False, away_since=None if r.connected else now.at)
    return _queued(_skip(place, e.agent, now), None, now), (Release(e.agent), FindAgent())


def agent_closed(s: WithAgent, e: ev.AgentClosed, now: Now) -> Outcome:
    if e.agent != s.agent:
        return Late("not_yours")
    return Closed(now.at, e.outcome), (Release(e.agent), OfferSurvey(now.segment))


def lease_lost(s: WithAgent, e: ev.LeaseLost, now: Now) -> Outcome:
    if e.agent != s.agent or s.lost is not None:
        return Late("no_change")
    return replace(s, lost=now.at, grace=now.at + now.policy.grace), ()


def lease_regained(s: WithAgent, e: ev.LeaseRegained, now: Now) -> Outcome:
    if e.agent != s.agent or s.lost is None:
        return Late("no_change")
    return replace(s, lost=None, grace=None), ()


def grace_over(s: WithAgent, e: ev.GraceOver, now: Now) -> Outcome:
    if e.agent != s.agent or s.lost is None:
        return Late("no_change")
    away = None if e.connected else now.at
    place = replace(s.place, order=s.place.order - FRONT, promise=e.promise, ticket_offered=False, away_since=away)
    return _queued(_skip(place, e.agent, now), None, now), (Release(e.agent), FindAgent())


# --- deadlines ---------------------------------------------------------------------------------------------------


def promise_broke(s: Queued, e: ev.PromiseBroke, now: Now) -> Outcome:
    return _queued(replace(s.place, ticket_offered=True), s.turn, now), (OfferTicket(), FindAgent())


def away_too_long(s: Queued, e: ev.AwayTooLong, now: Now) -> Outcome:
    if s.place.away_since is None or not s.place.ticket_offered:
        return Late("no_change")
    return Closed(now.at, "ticketed"), (OpenTicket(e.ticket, "away", e.promised),)


def idle_with_bot(s: WithBot, e: ev.IdleClosed, now: Now) -> Outcome:
    return Late("no_change") if s.turn else (Closed(now.at, "idle"), ())


def idle_with_agent(s: WithAgent, e: ev.IdleClosed, now: Now) -> Outcome:
    return Closed(now.at, "idle"), (Release(s.agent), OfferSurvey(now.segment))


def annotated(s: State, e: Event, now: Now) -> Outcome:
    return s, ()
