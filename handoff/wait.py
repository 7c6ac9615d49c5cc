"""The wait told to a customer: "about p50, in nine of ten cases at most p90".

How it is found. The rate is recent: how long the agents who match hold a conversation (exponentially
weighted) and how often waiting customers leave. From it and the position follows a distribution. How that has
erred is measured on the waits told before (their deviates, weighted towards queues of like length), and the
figures are corrected by it: a conformal quantile of past errors, and a slow correction of its level.

What counts as a wait is the time until it would have been one's turn. For a customer who left, that is when
somebody behind him was served by an agent who matched him, or such an agent was idle; leaving early does not
make the queue look short.

The model has no clock, and its state follows from the observations alone: feed the log again and it is the
same; `state` and `restore` save the feeding. Times are epoch seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from handoff.model import Agent, Group, Place, Policy, Waiting
from handoff.rules import staff
from handoff.spread import Score, Spread, censored_quantiles, departures, normal_quantile

# Shares of those who stayed whose turn comes before what was told. Those who left would have waited longer than
# those who stayed, and their leaving ended their wait sooner: 0.485 keeps both other ways of counting near half.
P50, P90 = 0.485, 0.9
_SIZES = 5  # sizes of queue with a level of their own; the last is 15 and more
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class WaitSettings:
    """enough: releases by matching agents below which no figure is told.
    half_life: seconds after which a release counts half in the rate.
    memory: seconds after which it counts half towards `enough`, and a told wait is given up.
    window: how many told waits the errors are taken from.
    prior: weight, in told waits, of the model's own distribution.
    doubt: squared relative error assumed for the rate.
    unlike: weight of an error from a queue half or twice as long.
    learning: step by which the level is moved after each wait.
    """

    enough: int = 20
    half_life: float = 7200.0
    memory: float = 86400.0
    window: int = 300
    prior: int = 12
    doubt: float = 0.06
    unlike: float = 0.25
    learning: float = 0.01


class Estimate(NamedTuple):
    """Seconds from now. `spread` is the uncorrected distribution, kept to measure its error later."""

    p50: float
    p90: float
    spread: Spread


class Coverage(NamedTuple):
    """The published error: of `waits` recent ones, the shares that ended before what was told."""

    waits: int
    before_p50: float
    before_p90: float


@dataclass(slots=True)
class _Fading:
    """A sum whose parts count half after each half-life."""

    value: float = 0.0
    at: float = 0.0

    def add(self, amount: float, at: float, half_life: float) -> None:
        self.value = self.now(at, half_life) + amount
        self.at = max(at, self.at)

    def now(self, at: float, half_life: float) -> float:
        return float(self.value * 0.5 ** (max(0.0, at - self.at) / half_life))


@dataclass(slots=True)
class _Pace:
    """One agent's releases: weight and seconds held (fast fading), and their number (slow fading)."""

    releases: _Fading = field(default_factory=_Fading)
    seconds: _Fading = field(default_factory=_Fading)
    number: _Fading = field(default_factory=_Fading)


@dataclass(slots=True)
class _Told:
    """A wait that was told. `size` is that of the queue before it. `wait` and its `score`, the
    deviate, are None until the customer's turn has come."""

    conversation_id: str
    group: Group
    place: Place
    at: float
    size: int
    p50: float
    p90: float
    spread: Spread
    left: bool = False
    wait: float | None = None
    score: float | None = None


class WaitModel:
    """Fed with what happens in the queue; asked for estimates. One per desk."""

    def __init__(self, policy: Policy, settings: WaitSettings | None = None) -> None:
        self._policy = policy
        self._set = settings if settings is not None else WaitSettings()
        self._paces: dict[str, _Pace] = {}
        self._leaves = _Fading()
        self._patience = _Fading()
        self._open: dict[str, _Told] = {}
        self._gone: dict[str, _Told] = {}
        self._recent: deque[_Told] = deque(maxlen=self._set.window)
        self._hits: deque[tuple[bool, bool]] = deque(maxlen=self._set.window)
        self._levels = [(P50, P90)] * _SIZES
        self._cached: dict[int, tuple[float, ...]] = {}
        self._cached_at: float | None = None

    # Observations

    def released(self, agent_id: str, held: float, at: float) -> None:
        """An agent may take another conversation, having held one for `held` seconds (ringing included)."""
        fast = self._set.half_life
        pace = self._paces.setdefault(agent_id, _Pace())
        pace.releases.add(1.0, at, fast)
        pace.seconds.add(max(1.0, held), at, fast)
        pace.number.add(1.0, at, self._set.memory)

    def told(self, waiting: Waiting, position: int, estimate: Estimate, at: float) -> None:
        """This estimate was the first one shown to the customer, who begins to wait at `at`.

        Later ones, told when his place changes, are not scored and need not be reported here.
        """
        if waiting.conversation_id in self._open:
            return
        told = _Told(waiting.conversation_id, waiting.group, waiting.place, at, _size(position), *estimate)
        self._open[waiting.conversation_id] = told
        self._recent.append(told)
        self._cached_at = None

    def served(self, waiting: Waiting, agent: Agent, at: float) -> None:
        """The agent accepted the conversation."""
        self._patience.add(max(0.0, at - waiting.queued_at), at, self._set.half_life)
        told = self._open.pop(waiting.conversation_id, None)
        if told is not None:
            self._settle(told, at)
        for gone in list(self._gone.values()):
            if gone.place < waiting.place and (gone.group == waiting.group or self._speaks(agent, gone.group)):
                self._settle(self._gone.pop(gone.conversation_id), at)

    def left(self, waiting: Waiting, at: float) -> None:
        """The customer gave up his place, or took a ticket."""
        self._patience.add(max(0.0, at - waiting.queued_at), at, self._set.half_life)
        self._leaves.add(1.0, at, self._set.half_life)
        told = self._open.pop(waiting.conversation_id, None)
        if told is not None:
            told.left = True
            self._gone[told.conversation_id] = told

    def idle(self, agents: Sequence[Agent], at: float) -> None:
        """All agents as `match` left them: whoever is still free would have served those who left."""
        for group in {gone.group for gone in self._gone.values()}:
            if any(a.free for a in staff(group, agents, self._policy)):
                for gone in [g for g in self._gone.values() if g.group == group]:
                    self._settle(self._gone.pop(gone.conversation_id), at)
        self._forget(at)

    # Questions

    def estimate(self, position: int, matching: Sequence[Agent], now: float) -> Estimate | None:
        """The range for a customer with so many before him. `matching`: `handoff.rules.staff` of his group.

        None where no honest figure exists: nobody matching is ready, or too few observations.
        """
        slots = sum(a.capacity for a in matching if a.present)
        held = self._held(matching, now)
        if slots <= 0 or held is None:
            return None
        spread = departures(position, slots / held, self._leaving(now), self._set.doubt)
        deviate50, deviate90 = self._deviates(_size(position), now)
        p50 = max(1.0, spread.seconds(deviate50))
        return Estimate(p50, max(p50, spread.seconds(deviate90)), spread)

    def coverage(self) -> Coverage:
        """How the recent estimates did; to be published beside them."""
        waits = len(self._hits)
        if not waits:
            return Coverage(0, 0.0, 0.0)
        return Coverage(waits, sum(h[0] for h in self._hits) / waits, sum(h[1] for h in self._hits) / waits)

    # State

    def state(self) -> dict[str, Any]:
        """Everything the model knows, as JSON types."""
        return {
            "paces": {name: asdict(pace) for name, pace in self._paces.items()},
            "leaves": asdict(self._leaves),
            "patience": asdict(self._patience),
            "told": [asdict(t) for t in self._recent],
            "older": [asdict(t) for t in self._unsettled() if not any(t is r for r in self._recent)],
            "hits": [list(h) for h in self._hits],
            "levels": [list(pair) for pair in self._levels],
        }

    @classmethod
    def restore(cls, state: dict[str, Any], policy: Policy, settings: WaitSettings | None = None) -> WaitModel:
        """The model that `state` was taken from. Raises KeyError or TypeError if it is not such a state."""
        model = cls(policy, settings)
        model._paces = {
            name: _Pace(*(_Fading(**pace[part]) for part in ("releases", "seconds", "number")))
            for name, pace in state["paces"].items()
        }
        model._leaves, model._patience = _Fading(**state["leaves"]), _Fading(**state["patience"])
        model._recent.extend(_told(row) for row in state["told"])
        for told in [*(_told(row) for row in state["older"]), *model._recent]:
            if told.wait is None:
                (model._gone if told.left else model._open)[told.conversation_id] = told
        model._hits.extend((bool(a), bool(b)) for a, b in state["hits"])
        model._levels = [(half, nine) for half, nine in state["levels"]]
        return model

    # Inside

    def _held(self, matching: Iterable[Agent], now: float) -> float | None:
        """Mean seconds for which these agents hold a conversation; None below enough observations."""
        releases = seconds = number = 0.0
        for agent in matching:
            pace = self._paces.get(agent.id)
            if pace is not None:
                releases += pace.releases.now(now, self._set.half_life)
                seconds += pace.seconds.now(now, self._set.half_life)
                number += pace.number.now(now, self._set.memory)
        return seconds / releases if number >= self._set.enough and releases > 0 else None

    def _leaving(self, now: float) -> float:
        patience = self._patience.now(now, self._set.half_life)
        return self._leaves.now(now, self._set.half_life) / (patience + 3600.0)

    def _deviates(self, size: int, now: float) -> tuple[float, float]:
        """What p50 and p90 stand for, by the errors of late; those of queues of like length count most."""
        if self._cached_at != now:
            self._cached_at, self._cached = now, {}
        if size not in self._cached:
            prior = self._set.prior
            scores = [Score(normal_quantile((i + 0.5) / prior), True, 1.0) for i in range(prior)]
            weights = [self._set.unlike ** abs(size - other) for other in range(_LONGEST)]
            for told in self._recent:
                weight = weights[told.size]
                if told.score is None:
                    scores.append(Score(told.spread.deviate(max(0.0, now - told.at)), False, weight))
                else:
                    scores.append(Score(told.score, True, weight))
            self._cached[size] = tuple(censored_quantiles(scores, self._levels[min(size, _SIZES - 1)]))
        return self._cached[size][0], self._cached[size][1]

    def _settle(self, told: _Told, at: float) -> None:
        """The turn has come. Scored are those who stayed: only they saw whether they were told the truth."""
        told.wait = max(0.0, at - told.at)
        told.score = told.spread.deviate(told.wait)
        self._cached_at = None
        if told.left:
            return
        hit50, hit90 = told.wait <= told.p50, told.wait <= told.p90
        self._hits.append((hit50, hit90))
        step, size = self._set.learning, min(told.size, _SIZES - 1)
        half, nine = self._levels[size]
        half = min(0.75, max(0.25, half + step * (P50 - hit50)))
        nine = min(0.99, max(0.70, nine + step * (P90 - hit90)))
        self._levels[size] = (half, nine)

    def _speaks(self, agent: Agent, group: Group) -> bool:
        """Matches by himself; the last resort is left out, since it depends on who else is there."""
        tongues = self._policy.languages(group.language)
        return group.skill in agent.skills and not agent.languages.isdisjoint(tongues)

    def _unsettled(self) -> list[_Told]:
        return [*self._open.values(), *self._gone.values()]

    def _forget(self, at: float) -> None:
        """Give up waits whose end was never seen: they would count as pending for ever."""
        for told in [t for t in self._gone.values() if at - t.at > self._set.memory]:
            del self._gone[told.conversation_id]
            kept = [t for t in self._recent if t is not told]
            self._recent = deque(kept, maxlen=self._set.window)
            self._cached_at = None


def _size(position: int) -> int:
    """Queues of like length: 0, 1-2, 3-6, 7-14, ..."""
    return min((position + 1).bit_length(), _LONGEST) - 1


def _told(row: dict[str, Any]) -> _Told:
    group, place, spread = Group(*row["group"]), Place(*row["place"]), Spread(*row["spread"])
    return _Told(**{**row, "group": group, "place": place, "spread": spread})
