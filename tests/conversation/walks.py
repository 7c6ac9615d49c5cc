"""Random walks over the life cycle, the same on every run: each step tries an event that is plausible, stale, foreign
or impossible, and what came of it is kept as a ``Moment``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from conversation import Conversation, IllegalEvent, Late, Policy, Stepped, start, step
from conversation import events as ev
from conversation.events import EVENTS, Event, Opened
from conversation.states import STATES, Closed, Form, Offered, Queued, State, WithBot, deadline, holder, open_turn

POLICY = Policy()
AGENTS = ("ann", "ben", "cai")
REPLIES = (
    ev.BotAnswered,
    ev.BotFormAsked,
    ev.BotFormDone,
    ev.BotClarified,
    ev.BotAskedAgain,
    ev.BotGaveUp,
    ev.BotHadNothing,
    ev.BotSilent,
)
AFTER_CLOSE = 12
"""How many more events are tried on a closed conversation before the next walk begins."""

Cell = tuple[type[State], type[Event]]
Edge = tuple[type[State], type[Event], type[State]]


@dataclass(frozen=True, slots=True)
class Moment:
    """``outcome`` is what ``step`` returned, or the error it raised."""

    walk: int
    before: Conversation
    event: Event
    at: float
    outcome: Stepped | Late | IllegalEvent


@dataclass(frozen=True, slots=True)
class Walk:
    opened: Opened
    begun: float
    moments: tuple[Moment, ...]


class Author:
    """Writes events that fit a conversation seven times in ten and are off in some detail otherwise."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def event(self, kind: type[Event], c: Conversation, at: float) -> Event:
        makers: dict[type[Event], Callable[[], Event]] = {
            ev.CustomerWrote: lambda: ev.CustomerWrote(
                "提币 how?", masked=self._some("card"), locale=self._one(None, "en")
            ),
            ev.HandoffAsked: lambda: ev.HandoffAsked(self._one("button", "words", "feedback"), self._route(at)),
            ev.EmergencyRaised: lambda: ev.EmergencyRaised(self._emergency(), self._route(at, lane=0)),
            ev.TicketTaken: lambda: ev.TicketTaken("t1", at + 3_600),
            ev.BotAnswered: lambda: ev.BotAnswered(
                self._turn(c),
                "so",
                confidence=0.9,
                buttons=({"text": "x"},),
                related=self._some({"entry": "y"}),
                resumes=self._one(True, False),
            ),
            ev.BotFormAsked: lambda: ev.BotFormAsked(
                self._turn(c), "which coin?", self._form(), self._some({"kind": "say", "label": "skip"})
            ),
            ev.BotFormDone: lambda: ev.BotFormDone(
                self._turn(c), "done", self._form(), self._one("answered", "cancelled"), self._some(("status", "sent"))
            ),
            ev.BotClarified: lambda: ev.BotClarified(self._turn(c), "which?", ({"entry": "a"}, {"entry": "b"})),
            ev.BotAskedAgain: lambda: ev.BotAskedAgain(self._turn(c), "again?"),
            ev.BotGaveUp: lambda: ev.BotGaveUp(self._turn(c), self._one("unsure", "anger"), self._route(at)),
            ev.BotHadNothing: lambda: ev.BotHadNothing(self._turn(c)),
            ev.BotSilent: lambda: ev.BotSilent(self._turn(c), self._route(at), self._one(True, False)),
            ev.OfferMade: lambda: ev.OfferMade(self._one(*AGENTS), at + POLICY.ring),
            ev.Transferred: lambda: ev.Transferred(self._agent(c), self._queue(at)),
            ev.AgentWrote: lambda: ev.AgentWrote(self._agent(c), "hello", self._some("phrase")),
            ev.GraceOver: lambda: ev.GraceOver(self._agent(c), at + POLICY.max_wait, self._one(True, False)),
            ev.AwayTooLong: lambda: ev.AwayTooLong("t2", at + 3_600),
            ev.Noted: lambda: ev.Noted(self._one(*AGENTS), "vip"),
            ev.Voted: lambda: ev.Voted(2, self._one(True, False)),
            ev.Rated: lambda: ev.Rated(1, 5, True, 4, comment="好"),
            ev.TicketAnswered: lambda: ev.TicketAnswered("t1", "ann", "done"),
            ev.SecretMasked: lambda: ev.SecretMasked(2, ("card",)),
        }
        maker = makers.get(kind)
        if maker is not None:
            return maker()
        plain: Any = kind
        event: Event = plain(self._agent(c)) if kind.__match_args__ else plain()
        return event

    def _one(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def _some(self, value: Any) -> tuple[Any, ...]:
        return (value,) * self._random.randrange(3)

    def _form(self) -> Form:
        return Form("withdrawal", self._some(("coin", "USDT")), self._some("txid"), self._one("", "amount"))

    def _emergency(self) -> Any:
        return self._one("account_taken", "unauthorised_withdrawal", "wrong_address", "secret_given")

    def _agent(self, c: Conversation) -> str:
        held = holder(c.state)
        return held if held is not None and self._random.random() < 0.7 else self._one(*AGENTS)

    def _turn(self, c: Conversation) -> int:
        turn = open_turn(c.state)
        if turn is not None and self._random.random() < 0.7:
            return turn.number
        return self._random.randint(1, c.turns + 1)

    def _queue(self, at: float, lane: int = 1) -> ev.ToQueue:
        order = at - self._random.choice((0.0, 60.0, 300.0))
        promise = at + self._random.choice((0.0, 30.0, POLICY.max_wait))
        skill, language = self._one("general", "withdrawal"), self._one("zh", "en")
        wanted, nobody = self._one(None, "ann"), self._random.random() < 0.1
        return ev.ToQueue(skill, language, order, promise, lane, wanted, self._random.random() < 0.8, nobody)

    def _route(self, at: float, lane: int = 1) -> ev.Route:
        if self._random.random() < 0.25:
            return ev.ToTicket("t0", self._one("off_hours", "nobody", "queue_full"), at + 36_000)
        return self._queue(at, lane)


class Walker:
    """Goes on until every cell and every declared edge was met ``enough`` times, or ``limit`` steps are over."""

    def __init__(self, seed: int, enough: int, edges: frozenset[Edge]) -> None:
        self._random = Random(seed)
        self._author = Author(self._random)
        self._enough = enough
        self.cells: Counter[Cell] = Counter({(state, kind): 0 for state in STATES for kind in EVENTS})
        self.edges: Counter[Edge] = Counter(dict.fromkeys(edges, 0))
        self._to = {cell: [to for to in STATES if (*cell, to) in edges] for cell in self.cells}
        self.walks: list[Walk] = []

    def go(self, limit: int) -> list[Walk]:
        steps = 0
        while steps < limit and min(*self.cells.values(), *self.edges.values()) < self._enough:
            self.walks.append(self._walk(len(self.walks)))
            steps += len(self.walks[-1].moments)
        return self.walks

    def _walk(self, number: int) -> Walk:
        begun = at = 1_760_000_000.0
        opened = Opened("li", "support", "zh-CN", verified=True, name="李", previous=self._random.choice((None, "c0")))
        c = start(f"c{number}", opened, begun, POLICY)
        moments: list[Moment] = []
        beyond = 0
        while beyond < AFTER_CLOSE and len(moments) < 400:
            at = self._later(c, at)
            event = self._author.event(self._kind(c.state), c, at)
            outcome: Stepped | Late | IllegalEvent
            try:
                outcome = step(c, event, at, POLICY)
            except IllegalEvent as error:
                outcome = error
            moments.append(Moment(number, c, event, at, outcome))
            self.cells[type(c.state), type(event)] += 1
            if isinstance(outcome, Stepped):
                self.edges[type(c.state), type(event), type(outcome.conversation.state)] += 1
                c = outcome.conversation
            beyond += isinstance(c.state, Closed)
        return Walk(opened, begun, tuple(moments))

    def _kind(self, state: State) -> type[Event]:
        """Of a handful, what this state has seen least. Where the bot can be asked it often is, and often replies,
        and who went away while he was rung for may come back: two events in a row, which chance brings too rarely."""
        if isinstance(state, Offered) and state.place.away_since is not None and self._random.random() < 0.3:
            return ev.CustomerBack
        if self._random.random() < 0.4 and isinstance(state, WithBot | Queued | Offered):
            if state.turn is None:
                return ev.CustomerWrote
            return min(REPLIES, key=lambda kind: self._met(type(state), kind))
        return min(self._random.sample(EVENTS, 4), key=lambda kind: self._met(type(state), kind))

    def _met(self, state: type[State], kind: type[Event]) -> int:
        """How often the least met outcome was met."""
        reached = [self.edges[state, kind, to] for to in self._to[state, kind]]
        return min(reached, default=self.cells[state, kind])

    def _later(self, c: Conversation, at: float) -> float:
        due = deadline(c.state)
        if due is not None and self._random.random() < 0.1:
            return max(at, due)
        return at + self._random.choice((0.0, 0.5, 3.0, 20.0))
