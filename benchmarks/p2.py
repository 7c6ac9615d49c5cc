"""P2: PostgreSQL on the same two cores, and claims made by two server processes at once.

    python -m benchmarks.p2 [--quick] [--clients 200,500] [--seconds 5] [--repetitions 3]

First as P1, with one server process: >= 0.12 of the echo's throughput. Then two processes on one database: customers
ask for people at both, agents at both accept, pull each other's offers and close; nobody may ever be above his
capacity, nothing may be claimed twice, and at the end no free agent may stand beside a customer who waits. Starts a
PostgreSQL server of its own from the binaries found here.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.p1 import Store, one_size
from benchmarks.support.corpus import small_corpus
from benchmarks.support.log import query_postgres
from benchmarks.support.people import Tokens, agent_ids, hire
from benchmarks.support.server import Process, empty_folder, honeydesk, running
from benchmarks.support.verdict import Verdict, table
from benchmarks.support.wire import Frame, Refusal, Wire
from benchmarks.support.wire import agent as agent_wire
from benchmarks.support.wire import customer as customer_wire
from tests.support.postgres import Cluster

SHARE = 0.12
AGENTS, CAPACITY, CUSTOMERS = 8, 3, 40
SETTLE = 5.0
"""Seconds after the last change within which whoever can be matched must be."""


class Worker:
    """An agent who takes all he can get, also what others are offered, and closes at random."""

    def __init__(self, server: Process, name: str, token: str) -> None:
        self.wire: Wire = agent_wire(server.url, name, token, self._look)
        self.refused: Counter[str] = Counter()
        self.closing = True
        self._dice = random.Random(name)
        self._seen: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    def _look(self, frame: Frame) -> None:
        if frame["type"] == "offer":
            self._seen.put_nowait(("accept", frame["conversation"]))
        elif frame["type"] == "card":
            card = frame["card"]
            if card["state"] in ("queued", "offered") and self._dice.random() < 0.3:
                self._seen.put_nowait(("pull", card["conversation"]))
            elif card["state"] == "with_agent":
                self._seen.put_nowait(("close", card["conversation"]))

    async def run(self) -> None:
        while True:
            kind, conversation = await self._seen.get()
            if kind == "close":
                if not self.closing:
                    continue
                await asyncio.sleep(self._dice.uniform(0, 0.2))
            try:
                await self.wire.ask(kind, conversation=conversation)
            except Refusal as refusal:
                self.refused[refusal.code] += 1


async def ask_again_and_again(wire: Wire, until: float, dice: random.Random) -> int:
    asked = 0
    while time.monotonic() < until:
        try:
            await wire.ask("handoff")
            asked += 1
        except Refusal:
            pass
        await asyncio.sleep(dice.uniform(0.05, 0.3))
    return asked


async def contend(servers: list[Process], data: Path, seconds: float) -> tuple[int, Counter[str]]:
    """(hand-overs asked for, refusals by code)."""
    tokens = Tokens(data)
    workers = [Worker(servers[n % 2], a, tokens.agent(a)) for n, a in enumerate(agent_ids(AGENTS))]
    names = [f"cust{n:03d}" for n in range(CUSTOMERS)]
    wires = [customer_wire(servers[n % 2].url, name, tokens.customer(name)) for n, name in enumerate(names)]
    for wire in (*(w.wire for w in workers), *wires):
        await wire.open()
    for worker in workers:
        await worker.wire.ask("presence", ready=True)
    running_ = [asyncio.create_task(worker.run()) for worker in workers]
    until = time.monotonic() + seconds
    asked = await asyncio.gather(*(ask_again_and_again(w, until, random.Random(n)) for n, w in enumerate(wires)))
    for worker in workers:
        worker.closing = False
    await asyncio.sleep(SETTLE)
    for task in running_:
        task.cancel()
    for wire in (*(w.wire for w in workers), *wires):
        await wire.close()
    return sum(asked), sum((w.refused for w in workers), Counter[str]())


def examined(url: str) -> tuple[int, int, int, int]:
    """(claims, claims of what somebody else had, rows above capacity, free places beside a waiting customer)."""
    claims = twice = above = 0
    held: dict[str, tuple[str, bool]] = {}
    loads: Counter[str] = Counter()
    for which, kind, holder in query_postgres(url, "SELECT conversation, kind, holder FROM events ORDER BY pos"):
        before = held.pop(which, None)
        if before is not None:
            loads[before[0]] -= 1
        if kind in ("accepted", "pulled"):
            claims += 1
            twice += before is not None and before[1]
        if holder is not None:
            taken = kind in ("accepted", "pulled") or (before is not None and before[1] and before[0] == holder)
            held[which] = (holder, taken)
            loads[holder] += 1
            above += loads[holder] > CAPACITY
    waiting = query_postgres(url, "SELECT count(*) FROM conversations WHERE kind = 'queued'")[0][0]
    free = AGENTS * CAPACITY - sum(loads.values())
    return claims, twice, above, min(free, int(waiting))


def two_processes(folder: Path, cluster: Cluster, seconds: float, verdict: Verdict) -> None:
    url = created(cluster, "claims")
    first, second = folder / "node-1", folder / "node-2"
    hire(first, agent_ids(AGENTS), CAPACITY, url)
    second.mkdir()
    shutil.copytree(first / "keys", second / "keys")
    corpus = str(folder / "corpus")
    small_corpus(folder / "corpus")
    # Whoever passes or is pulled away from is offered again at once: as many claims as can be.
    nodes = [
        honeydesk(data, database_url=url, node=data.name, corpus_dir=corpus, repass="0.2") for data in (first, second)
    ]
    with running(*nodes):
        asked, refused = asyncio.run(contend(nodes, first, seconds))
    claims, twice, above, beside = examined(url)
    table(("two processes", "count"), [("hand-overs asked for", asked), ("claims", claims), ("refused", dict(refused))])
    verdict.must(claims > AGENTS * CAPACITY, f"{claims} claims made")
    verdict.must(twice == 0, f"{twice} conversations claimed while another agent had them")
    verdict.must(above == 0, f"{above} rows with an agent above his capacity")
    verdict.must(beside == 0, f"{beside} free places beside waiting customers at the end")
    verdict.say(f"two processes: {claims} claims, {twice} double, {above} above capacity")


def created(cluster: Cluster, name: str) -> str:
    query_postgres(cluster.url(), f"CREATE DATABASE {name}")
    return cluster.url(name)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="P2: PostgreSQL.")
    parser.add_argument("--clients", default="200,500")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    options = parser.parse_args(arguments)
    if options.quick:
        options.clients, options.seconds, options.repetitions = "50", 1.0, 1
    verdict, rows = Verdict("P2"), list[list[object]]()
    cluster = Cluster()
    try:
        cluster.start()
        with empty_folder() as folder:
            for clients in map(int, options.clients.split(",")):
                store = Store(created(cluster, f"chats{clients}"), SHARE, None)
                rows += one_size(folder, clients, options.seconds, options.repetitions, verdict, store)
            two_processes(folder, cluster, 3 * options.seconds, verdict)
    finally:
        cluster.stop("immediate")
        cluster.remove()
    print()
    table(("clients", "msg/s", "us CPU/msg", "p50 ms", "p99 ms", "client's cores", "repetitions"), rows)
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
