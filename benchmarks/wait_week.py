"""P10: are the waits told true? A simulated week through the real `handoff.match`, `positions` and `WaitModel`.

    python benchmarks/wait_week.py [--seed N]

Several desks of 3 to 30 agents with 1 to 5 chats each, two skills (some agents have both), day and night shifts,
two peaks a day, customers who leave, offers that are passed, head starts and emergencies. Handling times are
log-normal and drift by the hour. The model never sees the parameters, only what a log would show.

For each desk it prints what share of the waits ended before the p50 and the p90 told on entering the queue:
`served` counts those who stayed, until a person answered; `turn` counts those who left, too, by when it would have
been their turn (when the first customer behind them was served by an agent of theirs, or one stood idle);
`ended` counts leaving as the end of the wait. The budget is checked on `served` for every desk, and on all three
for the desks together. Exit code 0 for PASS.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count

from handoff.match import match
from handoff.model import Agent, Group, Policy, Waiting
from handoff.position import positions
from handoff.priority import lane, order
from handoff.rules import staff
from handoff.wait import Estimate, WaitModel

DAY = 86400.0
WEEK = 7 * DAY
SKILLS = ("account", "trade")
POLICY = Policy()
KINDS = ("served", "turn", "ended")


@dataclass(frozen=True)
class Desk:
    """agents; chats each may hold; mean handling seconds of the two skills; arrivals as a share of what the
    desk could handle with everybody present; mean patience in seconds; share of agents with both skills."""

    name: str
    agents: int
    chats: tuple[int, int]
    handling: tuple[float, float]
    pressure: float
    patience: float
    both: float


DESKS = (
    Desk("3 agents x 1", 3, (1, 1), (300, 420), 0.75, 1200, 0.67),
    Desk("5 agents x 1-3", 5, (1, 3), (480, 700), 0.92, 1050, 0.4),
    Desk("8 agents x 2", 8, (2, 2), (600, 900), 0.90, 900, 0.25),
    Desk("12 agents x 1-5", 12, (1, 5), (1100, 1500), 0.90, 1800, 0.3),
    Desk("20 agents x 3", 20, (3, 3), (1300, 1700), 0.95, 1200, 0.2),
    Desk("30 agents x 5", 30, (5, 5), (2100, 2700), 0.90, 900, 0.3),
)


@dataclass
class Told:
    at: float
    position: int
    estimate: Estimate
    left: float | None = None
    served: float | None = None
    turn: float | None = None


@dataclass
class Share:
    """How many of so many waits ended before p50 and before p90."""

    waits: int = 0
    p50: int = 0
    p90: int = 0

    def add(self, wait: float, told: Estimate) -> None:
        self.waits += 1
        self.p50 += wait <= told.p50
        self.p90 += wait <= told.p90

    def plus(self, other: Share) -> Share:
        return Share(self.waits + other.waits, self.p50 + other.p50, self.p90 + other.p90)

    @property
    def shares(self) -> tuple[float, float]:
        return (self.p50 / self.waits, self.p90 / self.waits) if self.waits else (0.0, 0.0)

    @property
    def within(self) -> bool:
        half, nine = self.shares
        return 0.45 <= half <= 0.55 and 0.85 <= nine <= 0.95


class Week:
    """One desk for a week: events from a heap, the queue and the agents as the app would hold them."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.random = random.Random(f"{seed} {desk.name}")
        self.model = WaitModel(POLICY)
        self.agents: dict[str, Agent] = {}
        self.shifts: dict[str, bool] = {}
        self.waiting: dict[str, Waiting] = {}
        self.gone: dict[str, Waiting] = {}
        self.told: dict[str, Told] = {}
        self.events: list[tuple[float, int, str, str, str, float]] = []
        self.tick = count()
        self.customers = self.queued = self.leavers = self.untold = 0
        self._hire()

    def _hire(self) -> None:
        least, most = self.desk.chats
        for i in range(self.desk.agents):
            skills = SKILLS if i < self.desk.both * self.desk.agents else (SKILLS[i % 2],)
            name = f"a{i:02}"
            self.shifts[name] = i % 3 == 2 and i > 2
            self.agents[name] = Agent(
                name, frozenset(skills), frozenset({"en"}), least + i % (most - least + 1), 0, True, True, 0.0
            )
        slots = sum(a.capacity for a in self.agents.values())
        self.rate = self.desk.pressure * slots / (sum(self.desk.handling) / 2)

    def later(self, at: float, kind: str, conversation: str = "", agent: str = "", since: float = 0.0) -> None:
        heappush(self.events, (at, next(self.tick), kind, conversation, agent, since))

    def intensity(self, at: float) -> float:
        """Arrivals per second: quiet nights, peaks at 11 and 20 h, a busier Monday."""
        hour = at % DAY / 3600
        shape = 0.35 + 0.75 * math.exp(-(((hour - 11) / 2.5) ** 2)) + 0.85 * math.exp(-(((hour - 20) / 2.2) ** 2))
        return self.rate * shape * (1.15 if at < DAY else 1.0)

    def handling(self, skill: str, at: float) -> float:
        drift = 1 + 0.2 * math.sin(2 * math.pi * at / (19 * 3600))
        mean = self.desk.handling[SKILLS.index(skill)] * drift
        return max(20.0, self.random.lognormvariate(math.log(mean) - 0.32, 0.8))

    def run(self) -> None:
        top = self.rate * 2.0
        self.later(self.random.expovariate(top), "arrive")
        for hour in range(0, 24 * 7, 24):
            self.later(hour * 3600.0, "night")
            self.later((hour + 8) * 3600.0, "day")
        while self.events:
            now, _, kind, conversation, agent, since = heappop(self.events)
            if kind == "arrive":
                if now < WEEK:
                    self.later(now + self.random.expovariate(top), "arrive")
                    if self.random.random() * top < self.intensity(now):
                        self.arrive(now)
            elif kind in ("night", "day"):
                for name, late in self.shifts.items():
                    if late:
                        self.agents[name] = replace(self.agents[name], ready=kind == "day")
                self.drain(now)
            elif kind == "answer":
                self.answer(conversation, agent, now)
            elif kind == "leave":
                self.leave(conversation, now)
            elif kind == "release":
                self._load(agent, -1)
                self.model.released(agent, now - since, now)
                self.drain(now)

    def arrive(self, now: float) -> None:
        self.customers += 1
        name = f"c{self.customers:06}"
        skill = SKILLS[self.random.random() < 0.45]
        severity = self.random.choices(("normal", "high", "emergency"), (0.93, 0.06, 0.01))[0]
        tier = self.random.choices(("standard", "vip"), (0.9, 0.1))[0]
        first = order(now, severity, tier, POLICY)
        self.waiting[name] = Waiting(name, name, skill, "en", now, first, 1, lane(severity, POLICY))
        self.drain(now)
        if self.waiting[name].offered_to is not None:
            return
        self.queued += 1
        agents = list(self.agents.values())
        place = positions(self.waiting.values(), agents, POLICY)[name]
        estimate = self.model.estimate(place, staff(Group(skill, "en"), agents, POLICY), now)
        if estimate is None:
            self.untold += 1
        else:
            self.model.told(self.waiting[name], place, estimate, now)
            self.told[name] = Told(now, place, estimate)
        self.later(now + self.random.expovariate(1 / self.desk.patience), "leave", name)

    def drain(self, now: float) -> None:
        agents = list(self.agents.values())
        if self.waiting:
            for pair in match(self.waiting.values(), agents, now, POLICY):
                customer = self.waiting[pair.conversation_id]
                self.waiting[pair.conversation_id] = replace(customer, offered_to=pair.agent_id)
                self._load(pair.agent_id, 1, now)
                delay = self.random.uniform(1, 9)
                self.later(now + delay, "answer", pair.conversation_id, pair.agent_id)
        after = list(self.agents.values())
        self.model.idle(after, now)
        free = frozenset(skill for a in after if a.present and a.free for skill in a.skills)
        self._turn([g for g in self.gone.values() if g.skill in free], now)

    def answer(self, conversation: str, agent: str, now: float) -> None:
        customer = self.waiting[conversation]
        if self.random.random() < 0.03:
            passed = customer.not_to | {(agent, now + POLICY.repass)}
            self.waiting[conversation] = replace(customer, offered_to=None, not_to=passed)
            self._load(agent, -1)
            self.drain(now)
            return
        del self.waiting[conversation]
        person = self.agents[agent]
        self.model.served(customer, person, now)
        told = self.told.get(conversation)
        if told is not None:
            told.served = told.turn = now
        behind = [g for g in self.gone.values() if g.place < customer.place and g.skill in person.skills]
        self._turn(behind, now)
        self.later(now + self.handling(customer.skill, now), "release", conversation, agent, now)

    def leave(self, conversation: str, now: float) -> None:
        customer = self.waiting.get(conversation)
        if customer is None or customer.offered_to is not None:
            return
        del self.waiting[conversation]
        self.leavers += 1
        self.model.left(customer, now)
        if conversation in self.told:
            self.told[conversation].left = now
            self.gone[conversation] = customer

    def _turn(self, gone: list[Waiting], now: float) -> None:
        """It would have been the turn of these customers, had they stayed."""
        for customer in gone:
            self.told[customer.conversation_id].turn = now
            del self.gone[customer.conversation_id]

    def _load(self, agent: str, by: int, now: float | None = None) -> None:
        person = self.agents[agent]
        self.agents[agent] = replace(
            person, load=person.load + by, idle_since=person.idle_since if now is None else now
        )

    def shares(self) -> dict[str, Share]:
        found = {kind: Share() for kind in KINDS}
        for told in self.told.values():
            ends = {"turn": told.turn, "served": told.served, "ended": told.served or told.left}
            for kind, end in ends.items():
                if end is not None:
                    found[kind].add(end - told.at, told.estimate)
        return found

    def by_position(self) -> dict[str, Share]:
        found = {"0": Share(), "1-3": Share(), "4-9": Share(), "10+": Share()}
        for told in self.told.values():
            if told.served is not None:
                k = told.position
                bucket = "0" if k == 0 else "1-3" if k < 4 else "4-9" if k < 10 else "10+"
                found[bucket].add(told.served - told.at, told.estimate)
        return found


def figures(share: Share) -> str:
    half, nine = share.shares
    return f"{100 * half:5.1f} {100 * nine:5.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    started = time.perf_counter()
    total = {kind: Share() for kind in KINDS}
    positions_total: dict[str, Share] = {}
    good = True
    print("share of waits (%) that ended before the p50 | p90 told on entering")
    print(f"{'desk':16} {'customers':>9} {'queued':>6} {'left %':>6} {'told':>6}   served        turn          ended")
    for desk in DESKS:
        week = Week(desk, seed)
        week.run()
        found = week.shares()
        leaving = week.leavers / max(1, week.queued)
        row = "   ".join(figures(found[kind]) for kind in total)
        print(
            f"{desk.name:16} {week.customers:9} {week.queued:6} {100 * leaving:6.1f} {len(week.told):6}  {row}"
            f"{'' if found['served'].within and 0.1 <= leaving <= 0.3 else '   <-'}"
        )
        good = good and found["served"].within and 0.1 <= leaving <= 0.3
        total = {kind: total[kind].plus(found[kind]) for kind in total}
        for bucket, share in week.by_position().items():
            positions_total[bucket] = positions_total.get(bucket, Share()).plus(share)
    good = good and all(share.within for share in total.values())
    print(f"{'all':47}  {'   '.join(figures(total[kind]) for kind in total)}")
    print("by customers before (served): " + ", ".join(f"{b}: {figures(s)}" for b, s in positions_total.items()))
    print(f"{time.perf_counter() - started:.1f} s")
    print("P10 PASS" if good else "P10 FAIL")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
