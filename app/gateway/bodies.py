"""Request bodies are bounded, in size and in time, before anybody parses them."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.exceptions import HTTPException

WITHIN = 15.0
"""Seconds a body may take."""


class Bodies:
    """Pure ASGI: 413 past ``limit`` bytes, 408 past ``within`` seconds; raised where the body is read."""

    def __init__(self, app: Any, limit: int, within: float = WITHIN) -> None:
        self._app = app
        self._limit = limit
        self._within = within

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        left, complete = self._limit, False
        until = asyncio.get_running_loop().time() + self._within

        async def bounded() -> Any:
            nonlocal left, complete
            if complete:
                return await receive()
            if not announced.isdigit() or len(announced) > 15 or int(announced) > self._limit:
                raise HTTPException(413)
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408) from error
            left -= len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if left < 0:
                raise HTTPException(413)
            return message

        await self._app(scope, bounded, send)
