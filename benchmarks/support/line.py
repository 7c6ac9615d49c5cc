"""A WebSocket client of hardly more than the frames (RFC 6455): on two cores a complete one would be measured too."""

from __future__ import annotations

import asyncio
import base64
import os
from urllib.parse import urlsplit

_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A
_MASKED = 0x80
# A mask of zeros is a mask: it keeps no proxy from anything, and there is none here.
_MASK = bytes(4)


class Line:
    """Text messages, unfragmented, as our server sends them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, url: str, path: str) -> Line:
        """`url`: http://host:port. Raises ConnectionError when the server will not talk."""
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=2**22)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        if not head.startswith("HTTP/1.1 101"):
            raise ConnectionError(head.splitlines()[0])
        return cls(reader, writer)

    def send(self, text: str) -> None:
        self._frame(_TEXT, text.encode())

    async def receive(self) -> bytes:
        """The next message. Raises ConnectionError when the server closes."""
        while True:
            first, size = await self._reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await self._reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self._reader.readexactly(8), "big")
            body = await self._reader.readexactly(size)
            if first == _TEXT:
                return body
            if first == _CLOSE:
                raise ConnectionError(f"closed: {body[2:].decode(errors='replace')}")
            if first != _PING:
                raise ConnectionError(f"a frame that begins with {first:#x}")
            self._frame(_PONG, body)

    def _frame(self, kind: int, body: bytes) -> None:
        if len(body) < 126:
            size = bytes([_MASKED | len(body)])
        else:
            size = bytes([_MASKED | 126]) + len(body).to_bytes(2, "big")
        self._writer.write(bytes([kind]) + size + _MASK + body)

    async def close(self) -> None:
        self._frame(_CLOSE, b"")
        self._writer.close()
        await self._writer.wait_closed()
