"""A server killed in mid-work, again and again: what it acknowledged is there, once."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.db.maintenance import verify_log
from app.db.open import open_store
from conversation import events as ev
from tests.contracts.desk import Desk, stored
from tests.support.stores import POLICY, empty

SERVER = """
import asyncio, sys, time
from pathlib import Path
from app.db.open import open_store
from app.db.port import Command, Opening
from conversation import Policy, events as ev

async def talk(store, who, run):
    await store.submit(Opening(who, ev.Opened(who, "general", "en"), "customer:" + who, time.time()))
    n = 0
    while True:
        n += 1
        event = ev.CustomerWrote("message %d" % n)
        await store.submit(Command(who, "customer:" + who, lambda _: [event], time.time(), "%s-%s-%d" % (who, run, n)))
        sys.stdout.write("%s %s-%s-%d\\n" % (who, who, run, n))
        sys.stdout.flush()

async def main(folder, url, run):
    store = open_store(url or None, Path(folder), Policy())
    await store.start()
    await asyncio.gather(*(talk(store, "u%d" % i, run) for i in range(8)))

asyncio.run(main(*sys.argv[1:]))
"""


def run_until_killed(folder: Path, url: str | None, run: int) -> list[tuple[str, str]]:
    """What a server acknowledged before it was killed: conversation and client id."""
    command = [sys.executable, "-c", SERVER, str(folder), url or "", str(run)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert server.stdout is not None
    lines = [server.stdout.readline() for _ in range(60 + 37 * run)]
    server.send_signal(signal.SIGKILL)
    lines += server.stdout.read().splitlines(keepends=True)
    server.wait()
    server.stdout.close()
    return [(who, client_id) for who, client_id in (line.decode().split() for line in lines if line.endswith(b"\n"))]


@pytest.mark.server
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_no_acknowledged_message_is_lost(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else None
    if url is not None:
        await empty(url)
    acknowledged: list[tuple[str, str]] = []
    for run in range(3):
        acknowledged += await asyncio.to_thread(run_until_killed, tmp_path, url, run)
    assert len(acknowledged) > 250
    assert await asyncio.to_thread(verify_log, url, tmp_path) == []
    store = open_store(url, tmp_path, POLICY)
    await store.start()
    there: list[tuple[str, str]] = []
    after = 0
    while rows := await store.feed(after, limit=1000):
        there += [(row.conversation, row.client_id) for row in rows if row.client_id]
        after = rows[-1].pos
    assert not set(acknowledged) - set(there)
    assert len(set(there)) == len(there)
    who, client_id = acknowledged[0]
    again = await Desk(store).does(who, ev.CustomerWrote("x"), author=f"customer:{who}", client_id=client_id)
    assert stored(again).duplicate
    await store.close()
