"""Who is rung for whom: pure, and run again after every change of the queue or of the desk.

Customers are served by place; each gets the best of the agents who match him and have capacity left. So
afterwards no present agent with free capacity stands beside a connected customer whom he matches and has not
just passed, and nobody is overtaken by a customer with a higher place at an agent who would have suited both.

Cost: sorting the queue, plus one pass of the rules per (skill, language) that waits. A group whose agents are
used up costs one dictionary look-up per further customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from operator import attrgetter

from handoff.model import Agent, Group, Pair, Policy, Waiting
from handoff.rules import excluded, preference, staff

_place = attrgetter("lane", "order", "conversation_id")
Entry = tuple[tuple[float, ...], str, int]


class _Bench:
    """The free agents of one group, best first. An entry remembers the load it was ranked with.

    Loads only grow during one match, so a stale entry is too good, never too bad: it is ranked again when it
    comes to the top.
    """

    __slots__ = ("_desk", "_group", "_heap", "_policy", "alone", "names")

    def __init__(self, group: Group, desk: dict[str, Agent], policy: Policy) -> None:
        self._group, self._desk, self._policy = group, desk, policy
        matching = staff(group, list(desk.values()), policy)
        self.alone = len(matching) == 1
        self.names = frozenset(a.id for a in matching)
        self._heap: list[Entry] = [self._entry(a) for a in matching if a.free]
        heapify(self._heap)

    def _entry(self, agent: Agent) -> Entry:
        return (preference(self._group, agent, self._policy), agent.id, agent.load)

    def pick(self, waiting: Waiting, now: float) -> Agent | None:
        favourite = self._desk.get(waiting.affinity) if waiting.affinity is not None else None
        if favourite is not None and self._suits(favourite, waiting, now):
            return favourite
        aside: list[Entry] = []
        chosen: Agent | None = None
        while self._heap and chosen is None:
            entry = heappop(self._heap)
            agent = self._desk[entry[1]]
            if not agent.free:
                continue
            if entry[2] != agent.load:
                heappush(self._heap, self._entry(agent))
                continue
            aside.append(entry)
            if not excluded(waiting, agent, self.alone, now):
                chosen = agent
        for entry in aside:
            heappush(self._heap, entry)
        return chosen

    def _suits(self, agent: Agent, waiting: Waiting, now: float) -> bool:
        return agent.free > 0 and agent.id in self.names and not excluded(waiting, agent, self.alone, now)

    @property
    def empty(self) -> bool:
        """No agent of the group has capacity left."""
        while self._heap and not self._desk[self._heap[0][1]].free:
            heappop(self._heap)
        return not self._heap


def match(waiting: Iterable[Waiting], agents: Sequence[Agent], now: float, policy: Policy) -> list[Pair]:
    """Pairs in the order in which they should be tried; at most the free capacity of the present agents.

    Skipped, keeping their place: customers who are not connected, and those being rung for already.
    The input is not changed. A pair whose conditional write loses a race is dropped, and match runs again.
    """
    desk = {a.id: a for a in agents}
    free = sum(a.free for a in desk.values() if a.present)
    if not free:
        return []
    benches: dict[Group, _Bench] = {}
    spent: set[Group] = set()
    pairs: list[Pair] = []
    callable_now = [w for w in waiting if w.connected and w.offered_to is None]
    for customer in sorted(callable_now, key=_place):
        group = customer.group
        if group in spent:
            continue
        bench = benches.get(group)
        if bench is None:
            bench = benches[group] = _Bench(group, desk, policy)
        if bench.empty:
            spent.add(group)
            continue
        agent = bench.pick(customer, now)
        if agent is None:
            continue
        pairs.append(Pair(customer.conversation_id, agent.id, customer.seq))
        desk[agent.id] = replace(agent, load=agent.load + 1, idle_since=max(agent.idle_since, now))
        free -= 1
        if not free:
            break
    return pairs
