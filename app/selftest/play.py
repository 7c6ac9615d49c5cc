"""Plays all scenes and says PASS or FAIL."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.auth.keys import load_or_create
from app.db import maintenance
from app.peer import PeerError
from app.selftest import scenes
from app.selftest.cast import Cast
from app.selftest.servers import NotStarted, server
from app.selftest.timeline import Failed, Timeline
from app.settings import Settings

WORDINGS = Path(__file__).with_name("handoffs.txt")
WITHIN = 170.0
"""Seconds for everything."""


async def run(settings: Settings, url: str | None, handoffs: Path | None) -> int:
    """Exit code: 0 for PASS."""
    t = Timeline()
    lines = [x.strip() for x in (handoffs or WORDINGS).read_text("utf-8").splitlines() if x.strip()]
    try:
        async with asyncio.timeout(WITHIN):
            if url is not None:
                await desk(t, url, settings.data_dir, lines)
                await verified(t, settings.database_url, settings.data_dir)
            else:
                await own(t, lines)
    except (Failed, PeerError, NotStarted, OSError, TimeoutError) as error:
        t.line(f"   FAILED  {type(error).__name__}: {error}")
        t.line("FAIL")
        return 1
    t.line(f"PASS  {t.checks} checks")
    return 0


async def own(t: Timeline, lines: list[str]) -> None:
    """Two servers of our own: the default engine, and the toy made slow, then broken."""
    with t.scene("a server on an empty folder, default engine"):
        async with server() as s:
            await desk(t, s.url, s.data_dir, lines)
            await verified(t, None, s.data_dir)
    with t.scene("a server whose engine takes three seconds"):
        async with server(HONEYDESK_ENGINE="toy", HONEYDESK_ENGINE_DELAY="3") as s:
            cast = Cast(s.url, s.data_dir)
            await cast.hire()
            await scenes.late_reply(cast, t)
            await cast.close()
            await verified(t, None, s.data_dir)
    with t.scene("a server whose engine fails"):
        async with server(HONEYDESK_ENGINE="toy", HONEYDESK_ENGINE_FAIL="true") as s:
            cast = Cast(s.url, s.data_dir)
            await cast.hire()
            await scenes.broken(cast, t)
            await cast.close()
            await verified(t, None, s.data_dir)


async def desk(t: Timeline, url: str, data_dir: Path, lines: list[str]) -> None:
    """Everything but the slow and the failing engine."""
    cast = Cast(url, data_dir)
    await cast.hire()
    with t.scene("questions"):
        await scenes.answered(cast, t)
    with t.scene("nonsense, queue, agents"):
        peer = await scenes.unsure(cast, t)
        agent, other = await scenes.taken(cast, t, peer)
    with t.scene("talk, cut line, transfer, rating"):
        await scenes.talk(t, peer, agent)
        await scenes.transferred(t, peer, agent, other)
    await other.ask("presence", ready=False)
    with t.scene("retries"):
        await scenes.retries(cast, t, agent)
    with t.scene("ticket"):
        await scenes.ticket(cast, t, agent)
    with t.scene("emergency"):
        await scenes.emergency(cast, t, agent)
    await agent.ask("presence", ready=False)
    with t.scene("asking for a person"):
        await scenes.wordings(cast, t, lines)
    await cast.close()


async def verified(t: Timeline, database: str | None, data_dir: Path) -> None:
    keyring = load_or_create(data_dir)
    found = await asyncio.to_thread(maintenance.verify_log, database, data_dir, keyring.log, 1)
    t.check(not found, "verify: chain, numbers, duplicates, one owner, capacity" + (f": {found[0]}" if found else ""))
