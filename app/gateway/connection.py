"""One socket: a bounded outbox and one writer. Spoken to in plain ASGI messages; knows nothing of what is said.

The writer is a task only while there is something to write, so that an idle socket costs no task.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from app.gateway.errors import CLOSE

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


class Connection:
    """``put`` never blocks and never raises; overflow closes the socket with ``slow_reader``."""

    __slots__ = ("_bytes", "_closing", "_limit", "_out", "_send", "_task", "address", "heard", "open")

    def __init__(self, send: Send, limit: int, address: str) -> None:
        self._send = send
        self._limit = limit
        self._out: deque[str] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._closing: tuple[int, str] | None = None
        self.address = address
        self.open = True
        self.heard = time.monotonic()

    @property
    def closing(self) -> bool:
        """Whether the server has given this socket up: what still comes from it is not heard any more."""
        return self._closing is not None

    def put(self, text: str) -> None:
        """Queue an encoded frame."""
        if not self.open or self._closing is not None:
            return
        self._out.append(text)
        self._bytes += len(text)
        if self._bytes > self._limit:
            self._out.clear()
            self._bytes = 0
            self.close("slow_reader")
            return
        if self._task is None:
            self._task = asyncio.create_task(self._write())

    def frame(self, frame: dict[str, Any]) -> None:
        self.put(orjson.dumps(frame).decode())

    def close(self, why: str) -> None:
        """Close after what is queued; ``slow_reader`` drops the queue first."""
        if not self.open or self._closing is not None:
            return
        self._closing = (CLOSE[why][0], why)
        if self._task is not None and why == "slow_reader":
            # The writer hangs in a peer that does not read: the transport's own time-out releases it.
            self._task.cancel()
            self._task = None
        if self._task is None:
            self._task = asyncio.create_task(self._write())

    async def _write(self) -> None:
        out = self._out
        try:
            while out:
                text = out.popleft()
                self._bytes -= len(text)
                await self._send({"type": "websocket.send", "text": text})
            if self._closing is not None and self.open:
                self.open = False
                code, reason = self._closing
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except Exception:
            # The peer is gone; the reader side of the socket learns it as a disconnect and cleans up.
            self.open = False
            out.clear()
        finally:
            self._task = None
            if self.open and (out or self._closing is not None):
                self._task = asyncio.create_task(self._write())

    def gone(self) -> None:
        """The peer disconnected."""
        self.open = False
        self._out.clear()
        if self._task is not None:
            self._task.cancel()
            self._task = None
