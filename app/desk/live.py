"""The conversations that wait or are held, in memory: what routing needs at every change. Always derivable from
the store, and never trusted for a decision: every claim is checked again where it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from conversation import Conversation
from conversation.states import Offered, Place, Queued, WithAgent, holder
from handoff.model import Waiting

VISITOR = "v_"
"""Customers whose id begins like this are anonymous."""


class Live:
    def __init__(self) -> None:
        self._all: dict[str, Conversation] = {}
        self._waiting: dict[str, Conversation] = {}
        self.loads: Counter[str] = Counter()
        self.visitors = 0
        self.alarms: dict[str, Conversation] = {}

    def load(self, conversations: Iterable[Conversation]) -> None:
        for conversation in conversations:
            self.put(conversation)

    def put(self, conversation: Conversation) -> bool:
        """Take the newer snapshot. True when what routing sees of it has changed."""
        old = self._all.get(conversation.id)
        if old is not None and old.seq >= conversation.seq:
            return False
        state = conversation.state
        if old is not None and old.state is state and old.alarm == conversation.alarm:
            # Most messages of a chat change nothing but the number.
            self._all[conversation.id] = conversation
            if conversation.id in self._waiting:
                self._waiting[conversation.id] = conversation
            if conversation.alarm:
                self.alarms[conversation.id] = conversation
            return False
        live = isinstance(state, Queued | Offered | WithAgent)
        if old is not None:
            held = holder(old.state)
            if held is not None:
                self.loads[held] -= 1
                if not self.loads[held]:
                    del self.loads[held]
            self.visitors -= old.customer.startswith(VISITOR)
        if live:
            self._all[conversation.id] = conversation
            held = holder(state)
            if held is not None:
                self.loads[held] += 1
            self.visitors += conversation.customer.startswith(VISITOR)
        elif old is not None:
            del self._all[conversation.id]
        if isinstance(state, Queued | Offered):
            self._waiting[conversation.id] = conversation
        else:
            self._waiting.pop(conversation.id, None)
        if conversation.alarm and live:
            self.alarms[conversation.id] = conversation
        else:
            self.alarms.pop(conversation.id, None)
        return moved(old, conversation)

    def get(self, conversation: str) -> Conversation | None:
        return self._all.get(conversation)

    def waiting(self) -> list[Conversation]:
        """Queued and offered ones, unordered."""
        return list(self._waiting.values())

    def all(self) -> list[Conversation]:
        return list(self._all.values())

    def held_by(self, agent: str) -> list[Conversation]:
        return [c for c in self._all.values() if holder(c.state) == agent]

    @property
    def oldest(self) -> float | None:
        """When the customer who has waited longest was queued."""
        return min((place(c).since for c in self._waiting.values()), default=None)


def place(conversation: Conversation) -> Place:
    """The place of a conversation that waits or is held. Raises TypeError for any other."""
    state = conversation.state
    if not isinstance(state, Queued | Offered | WithAgent):
        raise TypeError(f"{conversation.id} has no place in the queue")
    return state.place


def moved(before: Conversation | None, after: Conversation) -> bool:
    """Whether lists and routing see a change."""
    if before is not None and before.state is after.state and before.alarm == after.alarm:
        return False
    return routing_key(before) != routing_key(after)


def routing_key(conversation: Conversation | None) -> tuple[object, ...] | None:
    """All that lists and routing see of a conversation; equal keys need no new card and no new allocation."""
    if conversation is None:
        return None
    state = conversation.state
    match state:
        case Queued():
            return ("queued", state.place, conversation.alarm)
        case Offered():
            return ("offered", state.agent, state.until, state.place, conversation.alarm)
        case WithAgent():
            return ("with_agent", state.agent, state.lost, conversation.alarm)
        case _:
            return (type(state).__name__,)


def waiting(conversation: Conversation) -> Waiting:
    """What ``handoff`` sees of a queued or offered conversation."""
    p = place(conversation)
    return Waiting(
        conversation_id=conversation.id,
        customer=conversation.customer,
        skill=p.skill,
        language=p.language,
        queued_at=p.since,
        order=p.order,
        seq=conversation.seq,
        lane=p.lane,
        connected=p.away_since is None,
        affinity=p.wanted,
        not_to=frozenset(p.not_to),
        offered_to=conversation.state.agent if isinstance(conversation.state, Offered) else None,
    )
