"""P5: what was acknowledged is there, whatever happens to the process.

    python -m benchmarks.p5 [--quick] [--kills 20]

Customers write, ask for people and leave, agents accept, pass and pull the same conversations at once, and the
server is killed with SIGKILL again and again. Everybody comes back, resumes, and retries what was not acknowledged
under the same id. At the end the log is read: acknowledged rows lost, rows stored twice, conversations claimed twice,
agents above their capacity; all must be 0, and ``honeydesk verify`` must find the log whole.

Since SIGKILL never tests fsync, a server is also run under ``strace``: no acknowledgement may be written to a socket
before the sync that covers its row has returned. And ``synchronous`` must read 2 on the writer's own connection.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from app.db.sqlite import SqliteStore
from benchmarks.support.corpus import small_corpus
from benchmarks.support.log import query
from benchmarks.support.people import Tokens, agent_ids, hire
from benchmarks.support.process import children
from benchmarks.support.server import ROOT, Process, empty_folder, honeydesk, running, settings_env
from benchmarks.support.syncs import STRACE, Syncs, strace
from benchmarks.support.verdict import Verdict, table
from benchmarks.support.wire import Frame, Lost, Refusal, Wire
from benchmarks.support.wire import agent as agent_wire
from benchmarks.support.wire import customer as customer_wire
from conversation import Policy

CUSTOMERS, AGENTS, CAPACITY = 40, 6, 3
"""More customers than places, so that agents are at their capacity all the time."""
COMING = 3.0
"""Seconds within which most are there again."""


@dataclass
class Ledger:
    """What people were told, and what they were not."""

    acked: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """(author, id) -> (conversation, seq)."""
    retried: int = 0
    duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Person:
    """Remembers the one request that was not answered, and repeats it first when he is back."""

    def __init__(self, kind: str, name: str, ledger: Ledger, dice: random.Random) -> None:
        self.author = f"{kind}:{name}"
        self.name = name
        self.ledger = ledger
        self.dice = dice
        self.pending: tuple[str, str, Frame] | None = None
        self._number = 0
        self.here = asyncio.Event()

    async def do(self, wire: Wire, kind: str, **fields: object) -> None:
        self._number += 1
        self.pending = (kind, f"{self.name}-{kind}-{self._number:06d}", dict(fields))
        await self.again(wire)

    async def again(self, wire: Wire, *, retry: bool = False) -> None:
        """Ask what is pending. Raises Lost; a refusal is an answer."""
        if self.pending is None:
            return
        kind, ident, fields = self.pending
        self.ledger.retried += retry
        try:
            ack = await wire.ask(kind, ident, **fields)
        except Refusal as refusal:
            self.ledger.refused[refusal.code] += 1
        else:
            self.ledger.duplicates += ack["duplicate"]
            if kind == "send":
                self.ledger.acked[self.author, ident] = (ack["conversation"], ack["seq"])
        self.pending = None


async def customer(server: Process, tokens: Tokens, me: Person) -> None:
    """Until the connection is lost."""
    wire = customer_wire(server.url, me.name, tokens.customer(me.name))
    try:
        await wire.open()
        me.here.set()
        await me.again(wire, retry=True)
        while True:
            chance = me.dice.random()
            if chance < 0.85:
                await me.do(wire, "send", text=f"{me.name} {me.dice.getrandbits(64):x} 请问处理得怎么样了？")
            else:
                await me.do(wire, "handoff" if chance < 0.97 else "close")
            await asyncio.sleep(me.dice.uniform(0, 0.03))
    except (Lost, OSError):
        return
    finally:
        await wire.close()


async def agent(server: Process, tokens: Tokens, me: Person) -> None:
    """Takes what he is offered, and pulls at what others are offered, until the connection is lost."""
    seen: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    def look(frame: Frame) -> None:
        if frame["type"] == "offer":
            seen.put_nowait(("accept" if me.dice.random() < 0.85 else "pass", frame["conversation"]))
        elif frame["type"] == "card" and frame["card"]["state"] in ("queued", "offered") and me.dice.random() < 0.3:
            seen.put_nowait(("pull", frame["card"]["conversation"]))
        elif frame["type"] == "card" and frame["card"]["state"] == "with_agent" and me.dice.random() < 0.7:
            seen.put_nowait(("close", frame["card"]["conversation"]))

    wire = agent_wire(server.url, me.name, tokens.agent(me.name), look)
    try:
        await wire.open()
        await wire.ask("presence", ready=True)
        me.here.set()
        await me.again(wire, retry=True)
        while wire.alive:
            try:
                async with asyncio.timeout(0.2):
                    kind, conversation = await seen.get()
            except TimeoutError:
                continue
            await me.do(wire, kind, conversation=conversation)
            if kind in ("accept", "pull"):
                await me.do(wire, "send", conversation=conversation, text=f"{me.name} {me.dice.getrandbits(64):x} 您好")
    except (Lost, OSError):
        return
    finally:
        await wire.close()


async def one_life(server: Process, tokens: Tokens, people: list[Person], seconds: float) -> None:
    """Everybody comes, and the server is killed in the middle of what they do."""
    for person in people:
        person.here = asyncio.Event()
    work = [(customer if p.author.startswith("customer") else agent)(server, tokens, p) for p in people]
    tasks = [asyncio.create_task(w) for w in work]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(COMING):
            for person in people:
                await person.here.wait()
    await asyncio.sleep(seconds)
    server.kill()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException):
            people[0].ledger.faults.append(repr(result))


async def last_words(server: Process, tokens: Tokens, people: list[Person]) -> None:
    """Everybody repeats what was not answered."""
    for me in people:
        kind = me.author.partition(":")[0]
        token = tokens.customer(me.name) if kind == "customer" else tokens.agent(me.name)
        wire = (customer_wire if kind == "customer" else agent_wire)(server.url, me.name, token)
        await wire.open()
        await me.again(wire, retry=True)
        await wire.close()


def examined(data: Path, ledger: Ledger) -> dict[str, int]:
    """What must be 0."""
    rows = {(a, i): (c, s) for a, i, c, s in query(data, "SELECT author, client_id, conversation, seq FROM events")}
    doubles = "SELECT count(*) - count(DISTINCT body) FROM events WHERE kind IN ('customer_wrote', 'agent_wrote')"
    claims = above = 0
    held: dict[str, str] = {}
    accepted: set[str] = set()
    loads: Counter[str] = Counter()
    for conversation, kind, holder in query(data, "SELECT conversation, kind, holder FROM events ORDER BY pos"):
        before = held.pop(conversation, None)
        if before is not None:
            loads[before] -= 1
        if holder is not None:
            held[conversation] = holder
            loads[holder] += 1
            above += loads[holder] > CAPACITY
        # What is offered to one may be pulled by another; what is with an agent may not be taken.
        claims += kind == "pulled" and conversation in accepted and before is not None
        if kind in ("accepted", "pulled"):
            accepted.add(conversation)
        elif holder is None or kind == "offer_made":
            accepted.discard(conversation)
        claims += kind == "accepted" and before != holder
    return {
        "acknowledged rows lost": sum(rows.get(key) != where for key, where in ledger.acked.items()),
        "rows stored twice": query(data, doubles)[0][0],
        "claims by two": claims,
        "agents above capacity": above,
        "faults of the clients": len(ledger.faults),
    }


def synchronous(data: Path) -> int:
    """The pragma as the writer's own connection reads it."""

    async def read() -> int:
        store = SqliteStore(data, Policy())
        await store.start()
        try:
            return await store._write(_pragma)
        finally:
            await store.close()

    return asyncio.run(read())


def _pragma(connection: Connection) -> int:
    value: int = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    return value


async def murmur(server: Process, data: Path, people: int, messages: int) -> None:
    """Some customers who write one message after the other."""
    tokens = Tokens(data)

    async def one(name: str) -> None:
        wire = customer_wire(server.url, name, tokens.customer(name))
        await wire.open()
        for n in range(messages):
            await wire.ask("send", f"{name}-sync-{n:06d}", text=f"请问 {n} 处理得怎么样了？")
        await wire.close()

    await asyncio.gather(*(one(f"quiet{n:03d}") for n in range(people)))


def traced(folder: Path, people: int, messages: int) -> Syncs:
    """A short life under strace."""
    data, trace = folder / "traced", folder / "trace"
    data.mkdir()
    server = honeydesk(data, strace(trace), corpus_dir=str(folder / "corpus"))
    with running(server):
        asyncio.run(murmur(server, data, people, messages))
        for child in children(server.pid):  # strace itself only watches
            os.kill(child, signal.SIGKILL)
    return Syncs.read(trace)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="P5: nothing acknowledged is lost.")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    options = parser.parse_args(arguments)
    kills = 2 if options.quick else options.kills
    verdict, began = Verdict("P5"), time.monotonic()
    dice = random.Random(options.seed)
    ledger = Ledger()
    with empty_folder() as folder:
        data = folder / "data"
        small_corpus(folder / "corpus")
        hire(data, agent_ids(AGENTS), CAPACITY)
        tokens = Tokens(data)
        people = [Person("customer", f"cust{n:03d}", ledger, random.Random(f"c{n}")) for n in range(CUSTOMERS)]
        people += [Person("agent", a, ledger, random.Random(a)) for a in agent_ids(AGENTS)]
        server = honeydesk(data, corpus_dir=str(folder / "corpus"), bot_burst="0")
        for _ in range(kills):
            with running(server):
                asyncio.run(one_life(server, tokens, people, dice.uniform(0.3, 1.5)))
        with running(server):
            asyncio.run(last_words(server, tokens, people))
            server.stop()
        found = examined(data, ledger)
        command = [sys.executable, "-c", "import sys; from app.cli import main; sys.argv[1:] = ['verify']; main()"]
        env = settings_env(data, 0, {})
        verified = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        mode = synchronous(data)
        syncs = traced(folder, *((3, 10) if options.quick else (10, 40))) if STRACE else None
    rows: list[tuple[str, object]] = [("kills", kills), ("acknowledged messages", len(ledger.acked))]
    rows += [("retries after a kill", ledger.retried), ("of them stored before", ledger.duplicates)]
    rows += [("refused", dict(ledger.refused)), ("seconds", round(time.monotonic() - began))]
    table(("P5", "count"), rows)
    for fault in ledger.faults[:3]:
        print(fault)
    for what, count in found.items():
        verdict.must(count == 0, f"{what}: {count}")
    words = (verified.stdout + verified.stderr).strip().splitlines()
    verdict.must(verified.returncode == 0, f"honeydesk verify: {words[-1] if words else 'no word'}")
    verdict.must(mode == 2, f"synchronous reads {mode} on the writer's connection")
    verdict.must(syncs is not None, "strace is installed")
    if syncs is not None:
        verdict.must(syncs.early == 0, f"{syncs.early} of {syncs.acks} acknowledgements before their sync")
        verdict.must(syncs.acks > 0 and syncs.syncs > 0, f"{syncs.syncs} syncs of the log seen, {syncs.writes} writes")
    verdict.say(f"{kills} kills, {len(ledger.acked)} acknowledged, lost {found['acknowledged rows lost']}")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
