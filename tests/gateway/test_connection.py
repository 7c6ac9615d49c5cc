"""The outbox of one socket: bounded, and never in anybody's way."""

from __future__ import annotations

import asyncio
from typing import Any

from app.gateway.connection import Connection, Message


class Wire:
    """An ASGI ``send`` that can hang, as one does whose peer does not read."""

    def __init__(self, *, hangs: bool = False) -> None:
        self.sent: list[Any] = []
        self._free = asyncio.Event()
        if not hangs:
            self._free.set()

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            await self._free.wait()
        self.sent.append(message.get("text") or (message["code"], message["reason"]))


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_frames_go_out_in_order_and_then_the_close() -> None:
    wire = Wire()
    connection = Connection(wire.send, 1000, "203.0.113.1")
    for text in "abc":
        connection.put(text)
    connection.close("going_away")
    connection.put("too late")
    await settled()
    assert wire.sent == ["a", "b", "c", (1001, "going_away")]
    assert connection.closing


async def test_who_does_not_read_is_closed_and_his_frames_are_dropped() -> None:
    wire = Wire(hangs=True)
    connection = Connection(wire.send, 1000, "203.0.113.1")
    for _ in range(100):
        connection.put("x" * 100)
    await settled()
    assert wire.sent == [(4008, "slow_reader")]


async def test_a_peer_who_is_gone_costs_nothing_more() -> None:
    wire = Wire(hangs=True)
    connection = Connection(wire.send, 1000, "203.0.113.1")
    connection.put("x")
    await settled()
    connection.gone()
    connection.put("y")
    connection.close("silent")
    await settled()
    assert wire.sent == []
