"""The edges under attack: every test runs beside a neighbour who must notice nothing."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest

from tests.support.server import People, Server, people, plain, server

__all__ = ["people", "plain", "server"]

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
async def neighbour(server: Server) -> AsyncIterator[None]:
    """A customer who writes before, and on the same socket after whatever the test does."""
    people = People(server)
    peer = await people.here(f"neighbour-{next(_numbers)}")
    first = await peer.say("怎么充值")
    await peer.row("bot_answered")
    yield
    second = await peer.say("还有一个问题，提币要多久到账")
    assert second["conversation"] == first["conversation"]
    assert second["seq"] > first["seq"]
    texts = peer.texts(peer.conversation)
    assert texts[0] == "怎么充值"
    assert texts.count("还有一个问题，提币要多久到账") == 1
    assert peer.closed is None
    await people.leave()
