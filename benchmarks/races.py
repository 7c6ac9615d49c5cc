"""Races: a bot reply against 转人工, and a bot reply against an agent's accept, through a running server.

    python -m benchmarks.races [--quick] [--races 10000] [--delay 0.02]

The toy engine takes ``--delay`` seconds; the person comes at a random moment around the bot's reply. Afterwards the
log is read: a leak is a bot's row after the row that handed the conversation over, for a turn opened before it, or
any bot's row while an agent has the conversation. The customers' sockets are checked for the same. Each order must
have won at least a tenth of the races of each kind.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from benchmarks.support.corpus import small_corpus
from benchmarks.support.log import conversations
from benchmarks.support.people import Tokens, agent_ids, hire
from benchmarks.support.server import Process, empty_folder, honeydesk, running
from benchmarks.support.verdict import Verdict, table
from benchmarks.support.wire import Frame, Refusal, agent, customer

LANES = 48
"""Customers who race at the same time."""
AGENTS, CHATS = 4, 40
LATE = 2.5
"""Delays waited for a reply that comes too late."""
OWNED = frozenset({"accepted", "pulled"})
RELEASED = frozenset({"transferred", "grace_over", "agent_closed", "customer_closed", "idle_closed"})


class Fence:
    """Follows one conversation, row by row, and knows what the bot may not do any more."""

    def __init__(self) -> None:
        self.turns = 0
        self.fenced = 0
        """Turns up to this number were ended by a hand-over."""
        self.owned = False
        self.answered = True
        """Whether the bot had a word since the customer's last message."""
        self.wins: list[tuple[str, str]] = []
        self.leaks = 0

    def row(self, kind: str, turn: int | None) -> None:
        if kind == "customer_wrote":
            self.turns += 1
            self.answered = False
        elif kind.startswith("bot_"):
            self.leaks += self.owned or (turn if turn is not None else self.turns) <= self.fenced
            self.answered = True
        elif kind == "handoff_asked" or kind in OWNED:
            if self.turns > self.fenced:
                race = "handoff" if kind == "handoff_asked" else "accept"
                self.wins.append((race, "bot" if self.answered else "person"))
            self.fenced, self.owned = self.turns, kind in OWNED
        elif kind in RELEASED:
            self.owned = False


class Racer:
    """A customer's socket, checked as the log is; it learns when to come in, so that either side wins often."""

    def __init__(
        self, server: Process, tokens: Tokens, name: str, delay: float, questions: list[str], seed: int
    ) -> None:
        self.wire = customer(server.url, name, tokens.customer(name), self._frame)
        self._dice = random.Random(f"{seed} {name}")
        self._questions = questions
        self._delay, self._pause = delay, 3 * delay
        self._last: Counter[str] = Counter()
        self._fenced: set[str] = set()
        """Conversations in which nothing of the bot may come any more."""
        self._spoke = False
        self.leaks = self.disorder = 0

    def _frame(self, frame: Frame) -> None:
        if frame["type"] != "event":
            return
        which, kind, seq = frame["conversation"], frame["kind"], frame["seq"]
        self.disorder += seq <= self._last[which]
        self._last[which] = seq
        if kind.startswith("bot_"):
            self._spoke = True
            self.leaks += which in self._fenced
        elif kind in OWNED:
            self._fenced.add(which)

    async def write(self) -> None:
        """A question for the bot; then a moment around its reply passes."""
        self._spoke = False
        await self.wire.ask("send", text=self._dice.choice(self._questions))
        await asyncio.sleep(self._pause * self._dice.uniform(0.6, 1.4))

    def fence(self, conversation: str) -> None:
        """Handed over, and acknowledged: whatever the bot says from now on is a leak."""
        self._fenced.add(conversation)

    async def let_late_reply_come(self) -> None:
        """Also learns from who won: the next moment is nearer to the reply."""
        self._pause *= 0.9 if self._spoke else 1.1
        self._pause = max(self._delay / 4, self._pause)
        await asyncio.sleep(max(LATE * self._delay, 1.5 * self._pause))


class Desk:
    """The agents' sockets: they accept when they are told to."""

    def __init__(self, server: Process, tokens: Tokens) -> None:
        self._offers: defaultdict[str, asyncio.Future[int]] = defaultdict(asyncio.get_running_loop().create_future)
        self._leaks = 0
        self.wires = [
            agent(server.url, a, tokens.agent(a), lambda frame, n=n: self._frame(n, frame))  # type: ignore[misc]
            for n, a in enumerate(agent_ids(AGENTS))
        ]

    def _frame(self, which: int, frame: Frame) -> None:
        if frame["type"] == "offer":
            future = self._offers[frame["conversation"]]
            if not future.done():
                future.set_result(which)

    async def open(self) -> None:
        for wire in self.wires:
            await wire.open()
            await wire.ask("presence", ready=True)

    async def rung(self, conversation: str) -> int:
        """Who is offered this conversation."""
        async with asyncio.timeout(30):
            return await self._offers[conversation]


async def against_handoff(racer: Racer, races: int) -> None:
    for _ in range(races):
        await racer.write()
        racer.fence((await racer.wire.ask("handoff"))["conversation"])
        await racer.let_late_reply_come()
        await racer.wire.ask("close")


async def against_accept(racer: Racer, desk: Desk, races: int) -> Counter[str]:
    refused: Counter[str] = Counter()
    for _ in range(races):
        conversation = (await racer.wire.ask("handoff"))["conversation"]
        agent_ = desk.wires[await desk.rung(conversation)]
        await racer.write()
        try:
            await agent_.ask("accept", conversation=conversation)
            await racer.let_late_reply_come()
            await agent_.ask("close", conversation=conversation)
        except Refusal as refusal:
            refused[refusal.code] += 1
            await racer.wire.ask("close")
    return refused


async def play(
    server: Process, data: Path, races: int, delay: float, questions: list[str], seed: int
) -> tuple[list[Racer], Counter[str]]:
    tokens = Tokens(data)
    racers = [Racer(server, tokens, f"racer{n:04d}", delay, questions, seed) for n in range(LANES)]
    each = -(-races // 2 // LANES)
    for racer in racers:
        await racer.wire.open()
    await asyncio.gather(*(against_handoff(racer, each) for racer in racers))
    desk = Desk(server, tokens)
    await desk.open()
    counts = await asyncio.gather(*(against_accept(racer, desk, each) for racer in racers))
    for wire in (*(racer.wire for racer in racers), *desk.wires):
        await wire.close()
    return racers, sum(counts, Counter[str]())


def judged(data: Path) -> tuple[Counter[tuple[str, str]], int]:
    """(race, winner) counts and leaks, from the database."""
    wins, leaks = Counter[tuple[str, str]](), 0
    for _, rows in conversations(data, "kind, body"):
        fence = Fence()
        for kind, body in rows:
            fence.row(kind, json.loads(body).get("turn") if kind.startswith("bot_") else None)
        wins.update(fence.wins)
        leaks += fence.leaks
    return wins, leaks


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Bot replies against people.")
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--delay", type=float, default=0.02, help="seconds the toy engine takes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    options = parser.parse_args(arguments)
    races = 960 if options.quick else options.races
    verdict = Verdict("RACES")
    with empty_folder() as folder:
        data = folder / "data"
        hire(data, agent_ids(AGENTS), CHATS)
        questions = small_corpus(folder / "corpus")
        corpus = str(folder / "corpus")
        server = honeydesk(data, corpus_dir=corpus, engine_delay=str(options.delay), bot_burst="0")
        began = time.monotonic()
        with running(server):
            racers, refused = asyncio.run(play(server, data, races, options.delay, questions, options.seed))
        wins, leaks = judged(data)
    took = time.monotonic() - began
    rows = []
    for race in ("handoff", "accept"):
        bot, person = wins[race, "bot"], wins[race, "person"]
        rows.append((f"bot against {race}", bot + person, bot, person))
        least = races // 10
        verdict.must(min(bot, person) >= least, f"{race}: bot first {bot}, person first {person}, each >= {least}")
    total = sum(wins.values())
    on_sockets, disorder = sum(r.leaks for r in racers), sum(r.disorder for r in racers)
    print()
    table(("race", "races", "bot first", "person first"), rows)
    print(f"accepts refused: {dict(refused)}; {took:.0f} s")
    verdict.must(total >= races, f"{total} races found in the log")
    verdict.must(leaks == 0, f"{leaks} leaks in the log")
    verdict.must(on_sockets == 0, f"{on_sockets} leaks on the customers' sockets")
    verdict.must(disorder == 0, f"{disorder} rows out of order on the sockets")
    verdict.say(f"{total} races, {leaks} leaks, each order won at least {min(wins.values(), default=0)}")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
