"""The edges under attack: every test runs beside a neighbour who must notice nothing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from app.peer.peer import Peer
from tests.support.server import People, Server, people, plain, server

__all__ = ["people", "plain", "server"]

_numbers = itertools.count(1)


async def beat(peer: Peer) -> None:
    """As his widget does while nothing is said: each beat must come back. Until cancelled."""
    while True:
        mark = len(peer.frames)
        await peer.put({"type": "beat"})
        await peer.wait(lambda f: f["type"] == "beat", "a beat", mark)
        await asyncio.sleep(0.5)


@pytest.fixture(autouse=True)
async def neighbour(server: Server) -> AsyncIterator[None]:
    """A customer who writes before, and on the same socket after whatever the test does."""
    people = People(server)
    peer = await people.here(f"neighbour-{next(_numbers)}")
    first = await peer.say("怎么充值")
    await peer.row("bot_answered")
    beating = asyncio.create_task(beat(peer))
    yield
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    second = await peer.say("还有一个问题，提币要多久到账")
    assert second["conversation"] == first["conversation"]
    assert second["seq"] > first["seq"]
    texts = peer.texts(peer.conversation)
    assert texts[0] == "怎么充值"
    assert texts.count("还有一个问题，提币要多久到账") == 1
    assert peer.closed is None
    assert not beating.done() or beating.cancelled()
    await people.leave()
