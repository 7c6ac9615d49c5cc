"""What the attack tests share: a socket that speaks first and believes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.server import Server

Frame = dict[str, Any]


def dial(server: Server, path: str = "/ws/chat", **options: Any) -> connect:
    """A bare connection."""
    return connect(server.url.replace("http", "ws", 1) + path, compression=None, max_size=2**22, **options)


async def rest(socket: ClientConnection) -> tuple[list[Frame], int | None]:
    """Everything until the server closes, and its close code."""
    frames: list[Frame] = []
    try:
        while True:
            frames.append(json.loads(await socket.recv()))
    except ConnectionClosed:
        return frames, socket.close_code


async def refused(
    server: Server, hello: object, path: str = "/ws/chat", **options: Any
) -> tuple[str | None, int | None]:
    """The code of the error frame and of the close that this first frame gets."""
    async with dial(server, path, **options) as socket:
        await socket.send(hello if isinstance(hello, str | bytes) else json.dumps(hello))
        frames, code = await rest(socket)
    errors = [f["code"] for f in frames if f["type"] == "error"]
    return (errors[0] if errors else None), code


async def handshake(server: Server, path: str, headers: Mapping[str, str]) -> int:
    """The status of a handshake with these headers; 101 when it was let in."""
    try:
        async with dial(server, path, additional_headers=dict(headers)):
            return 101
    except InvalidStatus as error:
        return error.response.status_code
