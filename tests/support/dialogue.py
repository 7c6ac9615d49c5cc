"""A conversation told as a story: ``Dialogue().customer("asdf").bot_asks_again().customer("qwer").bot_gives_up()``.

Every line is one event of the life cycle at the dialogue's own clock; a line that comes too late fails the test
unless it was announced: ``d.too_late("already_taken").accepts("ben")``. Nothing here sleeps: ``wait(seconds)``
moves the clock, ``sweep()`` makes happen what a passed deadline means.
"""

from __future__ import annotations

from typing import Any

from conversation import Conversation, Late, Policy, due, replay, start, step
from conversation import events as ev
from conversation.effects import Effect
from conversation.states import Form, Place, State, Turn, WithAgent, WithBot, holder, open_turn, owner

NOW = 1_760_000_000.0
"""An ordinary moment, in seconds since the epoch."""


class Dialogue:
    def __init__(self, policy: Policy | None = None, *, at: float = NOW, **opened: Any) -> None:
        """``opened``: fields of ``Opened`` that differ from a plain Chinese customer's."""
        self.policy = policy or Policy()
        self.now = at
        self.opened = ev.Opened(**{"customer": "li", "topic": "support", "locale": "zh-CN", **opened})
        self.begun = at
        self.conversation: Conversation = start("c1", self.opened, at, self.policy)
        self.log: list[tuple[ev.Event, float]] = []
        self.effects: tuple[Effect, ...] = ()
        """What the last line asks of the outside."""
        self.off_hours = False
        self.nobody = False
        self._code: str | None = None
        self._tickets = 0

    # --- reading ----------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self.conversation.state

    @property
    def kind(self) -> type[State]:
        return type(self.state)

    @property
    def owner(self) -> str:
        return owner(self.state)

    @property
    def holder(self) -> str | None:
        return holder(self.state)

    @property
    def place(self) -> Place:
        """Raises AttributeError with the bot and after the end, where nobody has a place."""
        place: Place = self.state.place  # type: ignore[union-attr]
        return place

    @property
    def turn(self) -> Turn | None:
        return open_turn(self.state)

    def replayed(self) -> Conversation:
        return replay("c1", self.opened, self.begun, self.log, self.policy)

    # --- the clock --------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> Dialogue:
        self.now += seconds
        return self

    def too_late(self, code: str) -> Dialogue:
        """The next line must be late with this code and change nothing."""
        self._code = code
        return self

    def happens(self, event: ev.Event) -> Dialogue:
        expected, self._code = self._code, None
        outcome = step(self.conversation, event, self.now, self.policy)
        got = outcome.code if isinstance(outcome, Late) else None
        assert got == expected, f"{event} in {self.kind.__name__}: {got or 'stored'}, expected {expected or 'stored'}"
        if isinstance(outcome, Late):
            self.effects = ()
        else:
            self.conversation, self.effects = outcome
            self.log.append((event, self.now))
        return self

    def sweep(self) -> Dialogue:
        """What the sweeper does at this moment: at most one event."""
        what = due(self.conversation, self.now)
        assert what is not None, f"nothing is due in {self.kind.__name__}"
        return self.happens(self.deadline_event(what))

    def deadline_event(self, what: str) -> ev.Event:
        agent = self.holder or ""
        match what:
            case "bot_silent":
                assert self.turn is not None
                return ev.BotSilent(self.turn.number, self.route())
            case "idle":
                return ev.IdleClosed()
            case "promise":
                return ev.PromiseBroke()
            case "away":
                return ev.AwayTooLong(self._ticket(), self.now + 3_600)
            case "offer_expired":
                return ev.OfferExpired(agent)
            case "grace_over":
                return ev.GraceOver(agent, self.now + self.policy.max_wait)
        raise AssertionError(what)

    # --- routing ----------------------------------------------------------------------------------------------

    def route(self, lane: int = 1, connected: bool = True) -> ev.Route:
        """What routing says now: the queue, or a ticket off hours."""
        if self.off_hours:
            return ev.ToTicket(self._ticket(), "off_hours", self.now + 36_000)
        return self.queue(lane=lane, connected=connected)

    def queue(self, **fields: Any) -> ev.ToQueue:
        plain = {"skill": "general", "language": "zh", "order": self.now, "promise": self.now + self.policy.max_wait}
        return ev.ToQueue(**{**plain, "nobody": self.nobody, **fields})

    def _ticket(self) -> str:
        self._tickets += 1
        return f"t{self._tickets}"

    # --- the customer -----------------------------------------------------------------------------------------

    def customer(self, text: str = "怎么提币？", **fields: Any) -> Dialogue:
        return self.happens(ev.CustomerWrote(text, **fields))

    def asks_for_person(self, **route: Any) -> Dialogue:
        return self.happens(ev.HandoffAsked("button", self.queue(**route) if route else self.route()))

    def emergency(self, kind: ev.EmergencyKind = "account_taken") -> Dialogue:
        return self.happens(ev.EmergencyRaised(kind, self.route(lane=0)))

    def takes_ticket(self) -> Dialogue:
        return self.happens(ev.TicketTaken(self._ticket(), self.now + 3_600))

    def goes_away(self) -> Dialogue:
        return self.happens(ev.CustomerAway())

    def comes_back(self) -> Dialogue:
        return self.happens(ev.CustomerBack())

    def leaves(self) -> Dialogue:
        return self.happens(ev.CustomerClosed())

    def rates(self, segment: int, score: int) -> Dialogue:
        return self.happens(ev.Rated(segment, score))

    # --- the bot ----------------------------------------------------------------------------------------------

    def _asked(self, turn: int | None) -> int:
        return turn if turn is not None else self.conversation.turns

    def bot_answers(self, text: str = "点击“提币”。", turn: int | None = None) -> Dialogue:
        return self.happens(ev.BotAnswered(self._asked(turn), text, entry="withdraw"))

    def bot_asks_for(self, slot: str, *known: tuple[str, str], turn: int | None = None) -> Dialogue:
        """A question of a form, in which these slots are filled."""
        return self.happens(ev.BotFormAsked(self._asked(turn), f"{slot}？", Form("withdrawal", known, asked=slot)))

    def bot_ends_form(self, outcome: Any = "answered", turn: int | None = None) -> Dialogue:
        form = self.state.form if isinstance(self.state, WithBot) and self.state.form else Form("withdrawal")
        return self.happens(ev.BotFormDone(self._asked(turn), "处理中。", form, outcome, (("status", "sent"),)))

    def bot_offers_choices(self, turn: int | None = None) -> Dialogue:
        return self.happens(ev.BotClarified(self._asked(turn), "您是想问？", ({"entry": "withdraw"},)))

    def bot_asks_again(self, turn: int | None = None) -> Dialogue:
        return self.happens(ev.BotAskedAgain(self._asked(turn), "请换个说法。"))

    def bot_gives_up(self, turn: int | None = None) -> Dialogue:
        return self.happens(ev.BotGaveUp(self._asked(turn), "unsure", self.route()))

    def bot_has_nothing(self, turn: int | None = None) -> Dialogue:
        return self.happens(ev.BotHadNothing(self._asked(turn)))

    def bot_breaks(self, turn: int | None = None) -> Dialogue:
        return self.happens(ev.BotSilent(self._asked(turn), self.route(), broken=True))

    # --- the agents -------------------------------------------------------------------------------------------

    def rings(self, agent: str) -> Dialogue:
        return self.happens(ev.OfferMade(agent, self.now + self.policy.ring))

    def accepts(self, agent: str) -> Dialogue:
        return self.happens(ev.Accepted(agent, agent.title()))

    def pulls(self, agent: str) -> Dialogue:
        return self.happens(ev.Pulled(agent, agent.title()))

    def passes(self, agent: str) -> Dialogue:
        return self.happens(ev.Passed(agent))

    def served_by(self, agent: str) -> Dialogue:
        """Rung and accepted."""
        return self.rings(agent).accepts(agent)

    def agent(self, text: str, name: str | None = None) -> Dialogue:
        who = name or (self.state.agent if isinstance(self.state, WithAgent) else "")
        return self.happens(ev.AgentWrote(who, text))

    def transfers(self, agent: str, **route: Any) -> Dialogue:
        return self.happens(ev.Transferred(agent, self.queue(**route)))

    def closes(self, agent: str) -> Dialogue:
        return self.happens(ev.AgentClosed(agent))

    def loses_lease(self, agent: str) -> Dialogue:
        return self.happens(ev.LeaseLost(agent))

    def regains_lease(self, agent: str) -> Dialogue:
        return self.happens(ev.LeaseRegained(agent))
