"""The place told to a customer: how many are served before him by agents that match him.

The rest of the queue is played through. Every place at the desk becomes free equally often, and each release
goes to the first customer whom that agent matches. A customer's position is the number of releases of his
agents that go to others first: 0 means that he is next. So those count who came later with a higher priority;
those whom other agents will have served do not. With one skill and one language it is the rank in the queue.

It may grow, when somebody with a head start queues or reconnects, or an agent leaves; `growth` says which.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heapreplace
from operator import attrgetter
from typing import Literal

from handoff.model import EMERGENCY, Agent, Group, Policy, Waiting
from handoff.rules import staff

_place = attrgetter("lane", "order", "conversation_id")
Served = frozenset[Group]
Queue = tuple[Sequence[Waiting], Sequence[Agent]]
Reason = Literal["fewer_agents", "emergency", "returned", "priority"]


def positions(waiting: Iterable[Waiting], agents: Sequence[Agent], policy: Policy) -> dict[str, int]:
    """Conversation id -> number of customers before it, for the whole queue in one pass.

    A customer who is away is not counted for others, and sees the place that he would have. One being rung
    for has 0 and is not counted. Where nobody present matches, it is the rank within the skill and language.
    """
    result: dict[str, int] = {}
    lines: dict[Group, deque[Waiting]] = {}
    for customer in sorted(waiting, key=_place):
        if customer.offered_to is not None:
            result[customer.conversation_id] = 0
        else:
            lines.setdefault(customer.group, deque()).append(customer)

    before = dict.fromkeys(lines, 0)
    slots = _slots({group: staff(group, agents, policy) for group in lines})
    # (time of the next release, tie-break, number of the release, places, groups served)
    releases = [(0.5 / count, i, 0, count, tuple(served)) for i, (served, count) in enumerate(slots.items())]
    heapify(releases)
    while releases:
        _, i, number, count, served = releases[0]
        if not _serve(served, lines, before, result):
            heappop(releases)
            continue
        heapreplace(releases, ((number + 1.5) / count, i, number + 1, count, served))
    for group, line in lines.items():
        for customer in line:
            result[customer.conversation_id] = before[group]
            before[group] += customer.connected
    return result


def position(conversation_id: str, waiting: Iterable[Waiting], agents: Sequence[Agent], policy: Policy) -> int:
    """One customer's position. Raises KeyError if the conversation does not wait."""
    return positions(waiting, agents, policy)[conversation_id]


def growth(
    conversation_id: str,
    before: Queue,
    after: Queue,
    policy: Policy,
) -> Reason | None:
    """Why a customer's position grew between two readings of the queue; None if it did not.

    The reason that alone would have made it grow, agents first: to be told beside the number.
    """
    was = positions(*before, policy).get(conversation_id)
    now = positions(*after, policy).get(conversation_id)
    if was is None or now is None or now <= was:
        return None
    if positions(before[0], after[1], policy)[conversation_id] > was:
        return "fewer_agents"
    old = {w.conversation_id: w for w in before[0]}
    me = next(w for w in after[0] if w.conversation_id == conversation_id)
    ahead = [w for w in after[0] if w.connected and w.offered_to is None and w.place < me.place]
    if any(w.lane == EMERGENCY and w.conversation_id not in old for w in ahead):
        return "emergency"
    returned = (old[w.conversation_id] for w in ahead if w.conversation_id in old)
    if any(not w.connected or w.offered_to is not None for w in returned):
        return "returned"
    return "priority"


def _slots(matching: Mapping[Group, Sequence[Agent]]) -> dict[Served, int]:
    """Places at the desk, added up over the agents who serve the same groups."""
    serves: dict[str, set[Group]] = {}
    capacity: dict[str, int] = {}
    for group, agents in matching.items():
        for agent in agents:
            serves.setdefault(agent.id, set()).add(group)
            capacity[agent.id] = agent.capacity
    slots: dict[Served, int] = {}
    for name in sorted(serves):
        if capacity[name] > 0:
            served = frozenset(serves[name])
            slots[served] = slots.get(served, 0) + capacity[name]
    return slots


def _serve(
    served: Sequence[Group],
    lines: Mapping[Group, deque[Waiting]],
    before: dict[Group, int],
    result: dict[str, int],
) -> bool:
    """Give one release to the first customer of these groups; False if nobody is left."""
    while True:
        first: deque[Waiting] | None = None
        for group in served:
            line = lines[group]
            if line and (first is None or _place(line[0]) < _place(first[0])):
                first = line
        if first is None:
            return False
        customer = first.popleft()
        result[customer.conversation_id] = before[customer.group]
        if customer.connected:
            for group in served:
                before[group] += 1
            return True
