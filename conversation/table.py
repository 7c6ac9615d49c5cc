"""The life cycle as one table: for each state and event, what follows.

A (state, event) cell is *handled* (a function of ``conversation.cells`` and the states it may lead to), *late*
(a harmless race: nothing is stored, the caller gets the code), or absent, which is *illegal*: ``step`` raises
and changes nothing. The diagram and the table in the documentation are drawn from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversation import cells as do
from conversation import events as ev
from conversation.cells import Handler, Late, Now, Outcome
from conversation.events import ANNOTATIONS, Event
from conversation.states import STATES, Closed, Offered, Queued, State, WithAgent, WithBot

__all__ = ["TABLE", "Cell", "Handler", "Late", "Now", "Outcome"]


@dataclass(frozen=True, slots=True)
class Cell:
    handler: Handler
    to: tuple[type[State], ...]


B, Q, O, A, C = WithBot, Queued, Offered, WithAgent, Closed
_TURN, _MINE, _TAKEN, _OVER = Late("stale_turn"), Late("not_yours"), Late("already_taken"), Late("offer_over")
_SAME, _DONE, _QUEUED, _AGENT = Late("no_change"), Late("closed"), Late("already_queued"), Late("with_agent")

# fmt: off
TABLE: dict[tuple[type[State], type[Event]], Cell | Late] = {
    # the customer
    (B, ev.CustomerWrote): Cell(do.wrote_to_bot, (B,)),        (Q, ev.CustomerWrote): Cell(do.wrote_waiting, (Q,)),
    (O, ev.CustomerWrote): Cell(do.wrote_waiting, (O,)),       (A, ev.CustomerWrote): Cell(do.wrote_to_agent, (A,)),
    (B, ev.HandoffAsked): Cell(do.asked_person, (B, Q)),       (Q, ev.HandoffAsked): _QUEUED,
    (O, ev.HandoffAsked): _QUEUED,                          (A, ev.HandoffAsked): _AGENT,
    (B, ev.EmergencyRaised): Cell(do.emergency_with_bot, (B, Q)), (Q, ev.EmergencyRaised): Cell(do.emergency_waiting, (Q,)),
    (O, ev.EmergencyRaised): Cell(do.emergency_waiting, (O,)), (A, ev.EmergencyRaised): Cell(do.emergency_with_agent, (A,)),
    (B, ev.TicketTaken): Cell(do.ticket_with_bot, (B,)),       (Q, ev.TicketTaken): Cell(do.ticket_waiting, (C,)),
    (O, ev.TicketTaken): Cell(do.ticket_offered, (C,)),        (A, ev.TicketTaken): _AGENT, (C, ev.TicketTaken): _DONE,
    (B, ev.CustomerClosed): Cell(do.left_bot, (C,)),           (Q, ev.CustomerClosed): Cell(do.left_queue, (C,)),
    (O, ev.CustomerClosed): Cell(do.left_offer, (C,)),         (A, ev.CustomerClosed): Cell(do.left_agent, (C,)),
    (C, ev.CustomerClosed): _DONE,
    (B, ev.CustomerAway): _SAME, (Q, ev.CustomerAway): Cell(do.away_queued, (Q,)),
    (O, ev.CustomerAway): Cell(do.away_offered, (O,)), (A, ev.CustomerAway): _SAME, (C, ev.CustomerAway): _SAME,
    (B, ev.CustomerBack): _SAME, (Q, ev.CustomerBack): Cell(do.back_queued, (Q,)),
    (O, ev.CustomerBack): Cell(do.back_offered, (O,)), (A, ev.CustomerBack): _SAME, (C, ev.CustomerBack): _SAME,
    # the bot
    (B, ev.BotAnswered): Cell(do.bot_answered, (B,)),          (Q, ev.BotAnswered): Cell(do.bot_answered_waiting, (Q,)),
    (O, ev.BotAnswered): Cell(do.bot_answered_waiting, (O,)),  (A, ev.BotAnswered): _TURN, (C, ev.BotAnswered): _TURN,
    (B, ev.BotFormAsked): Cell(do.bot_form_asked, (B,)),
    (Q, ev.BotFormAsked): _TURN, (O, ev.BotFormAsked): _TURN, (A, ev.BotFormAsked): _TURN, (C, ev.BotFormAsked): _TURN,
    (B, ev.BotFormDone): Cell(do.bot_form_done, (B,)),
    (Q, ev.BotFormDone): _TURN, (O, ev.BotFormDone): _TURN, (A, ev.BotFormDone): _TURN, (C, ev.BotFormDone): _TURN,
    (B, ev.BotClarified): Cell(do.bot_clarified, (B,)),
    (Q, ev.BotClarified): _TURN, (O, ev.BotClarified): _TURN, (A, ev.BotClarified): _TURN, (C, ev.BotClarified): _TURN,
    (B, ev.BotAskedAgain): Cell(do.bot_asked_again, (B,)),
    (Q, ev.BotAskedAgain): _TURN, (O, ev.BotAskedAgain): _TURN, (A, ev.BotAskedAgain): _TURN, (C, ev.BotAskedAgain): _TURN,
    (B, ev.BotGaveUp): Cell(do.bot_gave_up, (B, Q)),
    (Q, ev.BotGaveUp): _TURN, (O, ev.BotGaveUp): _TURN, (A, ev.BotGaveUp): _TURN, (C, ev.BotGaveUp): _TURN,
    (B, ev.BotHadNothing): _TURN,                           (Q, ev.BotHadNothing): Cell(do.bot_answered_waiting, (Q,)),
    (O, ev.BotHadNothing): Cell(do.bot_answered_waiting, (O,)), (A, ev.BotHadNothing): _TURN, (C, ev.BotHadNothing): _TURN,
    (B, ev.BotSilent): Cell(do.bot_silent, (B, Q)),            (Q, ev.BotSilent): Cell(do.bot_silent_waiting, (Q,)),
    (O, ev.BotSilent): Cell(do.bot_silent_waiting, (O,)),      (A, ev.BotSilent): _TURN, (C, ev.BotSilent): _TURN,
    # queue and agents
    (Q, ev.OfferMade): Cell(do.offered, (O,)), (O, ev.OfferMade): _TAKEN, (A, ev.OfferMade): _TAKEN, (C, ev.OfferMade): _DONE,
    (Q, ev.Accepted): _OVER, (O, ev.Accepted): Cell(do.accepted, (A,)),
    (A, ev.Accepted): Cell(do.accepted_again, ()), (C, ev.Accepted): _DONE,
    (Q, ev.Pulled): Cell(do.pulled, (A,)), (O, ev.Pulled): Cell(do.pulled_offered, (A,)),
    (A, ev.Pulled): Cell(do.accepted_again, ()), (C, ev.Pulled): _DONE,
    (Q, ev.Passed): _OVER, (O, ev.Passed): Cell(do.offer_failed, (Q,)), (A, ev.Passed): _OVER, (C, ev.Passed): _DONE,
    (Q, ev.OfferExpired): _OVER, (O, ev.OfferExpired): Cell(do.offer_failed, (Q,)), (A, ev.OfferExpired): _OVER,
    (C, ev.OfferExpired): _DONE,
    (Q, ev.AgentWrote): _MINE, (O, ev.AgentWrote): _MINE, (A, ev.AgentWrote): Cell(do.agent_wrote, (A,)), (C, ev.AgentWrote): _DONE,
    (Q, ev.Transferred): _MINE, (O, ev.Transferred): _MINE, (A, ev.Transferred): Cell(do.transferred, (Q,)), (C, ev.Transferred): _DONE,
    (Q, ev.AgentClosed): _MINE, (O, ev.AgentClosed): _MINE, (A, ev.AgentClosed): Cell(do.agent_closed, (C,)), (C, ev.AgentClosed): _DONE,
    (Q, ev.LeaseLost): _SAME, (O, ev.LeaseLost): Cell(do.offer_lost, (Q,)), (A, ev.LeaseLost): Cell(do.lease_lost, (A,)), (C, ev.LeaseLost): _SAME,
    (Q, ev.LeaseRegained): _SAME, (O, ev.LeaseRegained): _SAME, (A, ev.LeaseRegained): Cell(do.lease_regained, (A,)), (C, ev.LeaseRegained): _SAME,
    (Q, ev.GraceOver): _SAME, (O, ev.GraceOver): _SAME, (A, ev.GraceOver): Cell(do.grace_over, (Q,)), (C, ev.GraceOver): _SAME,
    # deadlines
    (B, ev.PromiseBroke): _SAME, (Q, ev.PromiseBroke): Cell(do.promise_broke, (Q,)),
    (O, ev.PromiseBroke): _SAME, (A, ev.PromiseBroke): _SAME, (C, ev.PromiseBroke): _SAME,
    (Q, ev.AwayTooLong): Cell(do.away_too_long, (C,)), (O, ev.AwayTooLong): _SAME, (A, ev.AwayTooLong): _SAME, (C, ev.AwayTooLong): _SAME,
    (B, ev.IdleClosed): Cell(do.idle_with_bot, (C,)), (Q, ev.IdleClosed): _SAME, (O, ev.IdleClosed): _SAME,
    (A, ev.IdleClosed): Cell(do.idle_with_agent, (C,)), (C, ev.IdleClosed): _SAME,
    # rows that change nobody's turn
    **{(state, kind): Cell(do.annotated, (state,)) for state in STATES for kind in ANNOTATIONS},
}
# fmt: on
