"""Flood: thousands of anonymous visitors ask for a person; do the verified customers wait longer for it?

    python -m benchmarks.flood [--quick] [--visitors 5000] [--seconds 60]

Two runs on fresh servers with the same seed: verified customers come in waves, more at once than the agents can take,
wait for an agent, are served for a while and leave. In the second run the flood comes on top.
The median and the 90th percentile of the verified customers' waits may grow by ``TOLERANCE`` at most, every one of
them is served in both, and every visitor of the flood gets an answer (a place or a ticket), never silence.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from benchmarks.support.corpus import small_corpus
from benchmarks.support.load import Load
from benchmarks.support.load import customer as visitor
from benchmarks.support.log import query
from benchmarks.support.people import Tokens, agent_ids, hire
from benchmarks.support.server import Process, empty_folder, honeydesk, running
from benchmarks.support.verdict import Verdict, table
from benchmarks.support.wire import Frame, Refusal
from benchmarks.support.wire import agent as agent_wire
from benchmarks.support.wire import customer as customer_wire

AGENTS, CHATS = 6, 3
WAVE, EVERY, WITHIN = 40, 10.0, 1.5
"""Verified customers come in waves: so many, every so many seconds, each within the first moments of his wave."""
SERVED = (2.0, 4.0)
"""Seconds an agent spends on one: six a second for all agents together, so that customers do queue."""
TOLERANCE = 1.0
"""Seconds of difference in p50 and p90 that a loaded machine may make."""


@dataclass
class Run:
    waits: list[float]
    unserved: int
    visitors: int
    answered: int
    tickets: int


class Player:
    """An agent who accepts whatever he is offered and closes it after the time it takes, which depends on the
    conversation's place in the day and not on who else is there."""

    def __init__(self, server: Process, name: str, token: str, seed: int) -> None:
        self.wire = agent_wire(server.url, name, token, self._look)
        self._dice = random.Random(f"{seed} {name}")
        self._work: set[asyncio.Task[None]] = set()

    def _look(self, frame: Frame) -> None:
        if frame["type"] == "offer":
            task = asyncio.create_task(self._serve(frame["conversation"]))
            self._work.add(task)
            task.add_done_callback(self._work.discard)

    async def _serve(self, conversation: str) -> None:
        try:
            await self.wire.ask("accept", conversation=conversation)
            await asyncio.sleep(self._dice.uniform(*SERVED))
            await self.wire.ask("close", conversation=conversation)
        except Refusal:
            return  # he left while he was rung

    async def open(self) -> None:
        await self.wire.open()
        await self.wire.ask("presence", ready=True)

    async def close(self) -> None:
        for task in tuple(self._work):
            task.cancel()
        await self.wire.close()


async def verified(server: Process, name: str, token: str, patience: float) -> float | None:
    """One customer's wait in seconds; None when nobody came."""
    served = asyncio.get_running_loop().create_future()

    def look(frame: Frame) -> None:
        if frame["type"] == "state" and frame["owner"] == "agent" and not served.done():
            served.set_result(time.monotonic())

    wire = customer_wire(server.url, name, token, look)
    await wire.open()
    began = time.monotonic()
    await wire.ask("handoff")
    try:
        async with asyncio.timeout(patience):
            return float(await served - began)
    except TimeoutError:
        return None
    finally:
        await wire.close()


async def day(server: Process, data: Path, seconds: float, seed: int) -> list[float | None]:
    tokens, dice = Tokens(data), random.Random(seed)
    players = [Player(server, a, tokens.agent(a), seed) for a in agent_ids(AGENTS)]
    for player in players:
        await player.open()
    began = time.monotonic()
    customers = list[asyncio.Task[float | None]]()
    waves = range(max(1, int(seconds / EVERY)))
    for when in sorted(wave * EVERY + dice.uniform(0, WITHIN) for wave in waves for _ in range(WAVE)):
        await asyncio.sleep(max(0.0, began + when - time.monotonic()))
        name = f"verified{len(customers):05d}"
        customers.append(asyncio.create_task(verified(server, name, tokens.customer(name), 60.0)))
    waits = list(await asyncio.gather(*customers))
    for player in players:
        await player.close()
    return waits


def run(folder: Path, name: str, flood: int, seconds: float, seed: int) -> Run:
    data = folder / name
    hire(data, agent_ids(AGENTS), CHATS)
    server = honeydesk(data, corpus_dir=str(folder / "corpus"))
    people = [visitor(f"flood{n:05d}", None, "v", f"127.0.1.{1 + n % 200}") for n in range(flood)]
    with running(server):
        if people:
            with Load(folder, server.port, people, per_second=flood / seconds) as load:
                waits = asyncio.run(day(server, data, seconds, seed))
                answered = load.ready(60, all_of_them=False)["ready"]
        else:
            waits, answered = asyncio.run(day(server, data, seconds, seed)), 0
        server.stop()
    tickets = query(data, "SELECT count(*) FROM tickets WHERE reason = 'queue_full'")[0][0]
    return Run([w for w in waits if w is not None], waits.count(None), flood, answered, tickets)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A flood of visitors against verified customers' waits.")
    parser.add_argument("--visitors", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    options = parser.parse_args(arguments)
    if options.quick:
        options.visitors, options.seconds = 300, 8.0
    verdict, runs = Verdict("FLOOD"), dict[str, Run]()
    with empty_folder() as folder:
        small_corpus(folder / "corpus")
        for name, visitors in (("quiet", 0), ("flood", options.visitors)):
            runs[name] = run(folder, name, visitors, options.seconds, options.seed)
    rows, marks = [], dict[str, tuple[float, float]]()
    for name, r in runs.items():
        cut = quantiles(r.waits, n=10)
        marks[name] = (cut[4], cut[8])
        figures = [f"{x:.2f}" for x in (cut[4], cut[8], max(r.waits))]
        rows.append((name, len(r.waits), *figures, r.unserved, r.visitors, r.answered, r.tickets))
    head = ("run", "verified", "wait p50 s", "p90 s", "max s", "unserved", "visitors", "answered", "tickets")
    table(head, rows)
    for which, label in enumerate(("p50", "p90")):
        quiet, flood = marks["quiet"][which], marks["flood"][which]
        told = f"{label} {quiet:.2f} s, with the flood {flood:.2f} s, at most {TOLERANCE} s more"
        verdict.must(flood - quiet <= TOLERANCE, told)
    unserved = sum(r.unserved for r in runs.values())
    verdict.must(unserved == 0, f"{unserved} verified customers not served")
    answered = runs["flood"].answered
    verdict.must(answered == options.visitors, f"{answered} of {options.visitors} visitors were answered")
    p50s = f"{marks['quiet'][0]:.2f} s without, {marks['flood'][0]:.2f} s with"
    verdict.say(f"{options.visitors} visitors in {options.seconds:.0f} s; verified wait p50 {p50s}")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
