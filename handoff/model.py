"""What the hand-off package talks about: customers who wait, agents, pairs, and the routing policy.

Everything here is a frozen value. Times are epoch seconds (UTC), spans are seconds. The package reads no
clock: whoever calls it passes `now`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

EMERGENCY: Final = 0
NORMAL: Final = 1


class Group(NamedTuple):
    """What decides which agents may serve a customer. Customers of one group share their agents."""

    skill: str
    language: str


class Place(NamedTuple):
    """Where a customer stands: places compare, the lower one is served first.

    The conversation id breaks ties, so that two readers of one queue always see the same order.
    """

    lane: int
    order: float
    conversation_id: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in the queue.

    `order` is `queued_at` minus the head start (see `handoff.priority`): set once when queued, never changed.
    `seq` is the conversation's log position that was read; the store claims only if it is still current.
    `not_to` holds (agent id, until) of agents who passed or let the offer run out. `offered_to` is the agent
    being rung: nobody else is rung meanwhile, and the agent's load already counts the offer.
    `affinity` is the agent who served the customer last, if recently enough.
    """

    conversation_id: str
    customer: str
    skill: str
    language: str
    queued_at: float
    order: float
    seq: int
    lane: int = NORMAL
    connected: bool = True
    affinity: str | None = None
    not_to: frozenset[tuple[str, float]] = frozenset()
    offered_to: str | None = None

    @property
    def group(self) -> Group:
        return Group(self.skill, self.language)

    @property
    def place(self) -> Place:
        return Place(self.lane, self.order, self.conversation_id)


@dataclass(frozen=True, slots=True)
class Agent:
    """A person at the desk. `connected` is a live lease, `ready` is the agent's own switch.

    `load` counts conversations held and offers ringing, so `capacity - load` is what may still be offered.
    `idle_since` is when the agent last took a conversation (or became ready): the lowest is served first.
    """

    id: str
    skills: frozenset[str]
    languages: frozenset[str]
    capacity: int
    load: int
    ready: bool
    connected: bool
    idle_since: float

    @property
    def free(self) -> int:
        """Conversations that may still be given; 0 when above capacity (it may have been lowered)."""
        return max(0, self.capacity - self.load)

    @property
    def present(self) -> bool:
        return self.ready and self.connected


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposal: ring this agent for this conversation, if the conversation still stands at `seq`."""

    conversation_id: str
    agent_id: str
    seq: int


def _severities() -> Mapping[str, float]:
    return MappingProxyType({"low": 0.0, "normal": 0.0, "high": 300.0, "critical": 900.0})


def _tiers() -> Mapping[str, float]:
    return MappingProxyType({"standard": 0.0, "vip": 180.0})


def _fallbacks() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({"zh-TW": ("zh-CN",), "zh-CN": ("zh-TW",)})


@dataclass(frozen=True, slots=True)
class Policy:
    """The desk's routing policy.

    severity_head_start, tier_head_start: seconds by which such a customer counts as having queued earlier.
    emergencies: severities that go to the lane of their own.
    repass: seconds for which a conversation is not offered again to whoever passed it.
    affinity_window: seconds after which a returning customer no longer prefers the former agent.
    ring: seconds an offer rings.
    fallbacks: languages that do as well as the customer's own, in order of preference.
    last_resort: the language tried only if nobody present with the skill speaks one of those; None for none.
    """

    severity_head_start: Mapping[str, float] = field(default_factory=_severities)
    tier_head_start: Mapping[str, float] = field(default_factory=_tiers)
    emergencies: frozenset[str] = frozenset({"emergency"})
    repass: float = 60.0
    affinity_window: float = 7 * 86400.0
    ring: float = 30.0
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=_fallbacks)
    last_resort: str | None = "en"

    def languages(self, language: str) -> tuple[str, ...]:
        """The customer's language and those that do as well, best first."""
        return (language, *self.fallbacks.get(language, ()))
