"""A light peer for many concurrent sockets: no schema check, no history. ``app.peer`` is the strict one."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

Frame = dict[str, Any]
PATIENCE = 30.0


class Refusal(Exception):
    """An error frame; ``code`` is the server's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Lost(Exception):
    """The connection ended before the answer came."""


class Wire:
    """One socket. ``on_frame`` sees every frame as it comes; ``ask`` sends one with an id and waits for its ack."""

    def __init__(self, url: str, path: str, prefix: str, hello: Frame, on_frame: Callable[[Frame], None]) -> None:
        self._url = url.replace("http://", "ws://") + path
        self._hello = hello
        self._on_frame = on_frame
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Frame]] = {}
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._welcomed: asyncio.Future[Frame]
        self.prefix = prefix

    async def open(self, **more: Any) -> Frame:
        """Connect and say hello; the welcome. Raises OSError, Lost or TimeoutError."""
        self._welcomed = asyncio.get_running_loop().create_future()
        try:
            self._socket = await connect(self._url, compression=None, max_size=2**24, open_timeout=PATIENCE)
            await self._socket.send(orjson.dumps({**self._hello, **more}), text=True)
        except (ConnectionClosed, InvalidHandshake, EOFError) as error:
            raise Lost from error
        self._reader = asyncio.create_task(self._read(self._socket))
        async with asyncio.timeout(PATIENCE):
            return await self._welcomed

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                frame: Frame = orjson.loads(text)
                kind = frame["type"]
                if kind == "ack" or (kind == "error" and frame["id"] is not None):
                    future = self._waiting.pop(frame["id"], None)
                    if future is not None and not future.done():
                        future.set_result(frame)
                elif kind == "welcome" and not self._welcomed.done():
                    self._welcomed.set_result(frame)
                self._on_frame(frame)
        for future in (*self._waiting.values(), self._welcomed):
            if not future.done():
                future.set_exception(Lost())
                future.exception()  # nobody may be waiting any more
        self._waiting.clear()

    @property
    def alive(self) -> bool:
        return self._reader is not None and not self._reader.done()

    def fresh_id(self) -> str:
        return f"{self.prefix}-{next(self._numbers):07d}"

    async def ask(self, kind: str, ident: str | None = None, **fields: Any) -> Frame:
        """The ack. Raises Refusal, Lost or TimeoutError."""
        ident = ident or self.fresh_id()
        future = self._waiting[ident] = asyncio.get_running_loop().create_future()
        if self._socket is None or self._reader is None or self._reader.done():
            raise Lost
        try:
            await self._socket.send(orjson.dumps({"type": kind, "id": ident, **fields}), text=True)
        except ConnectionClosed as error:
            raise Lost from error
        async with asyncio.timeout(PATIENCE):
            frame: Frame = await future
        if frame["type"] == "error":
            raise Refusal(frame["code"])
        return frame

    async def close(self) -> None:
        """Also fine when it is lost already."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await self._reader
        self._socket = self._reader = None


def ignored(frame: Frame) -> None:
    """For who only waits for acks."""


def customer(url: str, name: str, token: str | None, on_frame: Callable[[Frame], None] = ignored) -> Wire:
    hello = {"type": "hello", "topic": "support", "locale": "zh-CN", "channel": "client"}
    return Wire(url, "/ws/chat", name, hello | ({"token": token} if token else {}), on_frame)


def agent(url: str, name: str, token: str, on_frame: Callable[[Frame], None] = ignored) -> Wire:
    return Wire(url, "/ws/desk", name, {"type": "hello", "token": token}, on_frame)
