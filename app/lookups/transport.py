"""JSON over HTTP for connectors: bounded in time and size, tried again only when no connection was made."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from app.lookups.port import LookupFailed

MAX_BYTES = 65_536
"""Of a reply."""
PAUSES = (0.1, 0.3)
"""Seconds before the second and the third try."""


class Transport:
    """One client for one server. ``timeout`` in seconds bounds everything together: connecting, tries, reading."""

    def __init__(self, url: str, timeout: float, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def post(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object that comes back. Raises LookupFailed."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._tries(body, {"Content-Type": "application/json", **headers})
        except (TimeoutError, httpx.TimeoutException) as error:
            raise LookupFailed("timeout", f"{self._timeout} s") from error

    async def _tries(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        for pause in (*PAUSES, None):
            try:
                return await self._once(body, headers)
            except httpx.ConnectError as error:
                # Nothing was sent, so nothing can happen twice; any other error may come after the server acted.
                if pause is None:
                    raise LookupFailed("unreachable", type(error).__name__) from error
                await asyncio.sleep(pause)
            except httpx.TimeoutException:
                raise
            except httpx.HTTPError as error:
                raise LookupFailed("unreachable", type(error).__name__) from error
        raise AssertionError("the last try returns or raises")

    async def _once(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        async with self._client.stream("POST", self._url, content=body, headers=headers) as response:
            if response.status_code != 200:
                raise LookupFailed("refused", str(response.status_code))
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise LookupFailed("unreadable", "the reply is too large")
        try:
            found = json.loads(content)
        except ValueError as error:
            raise LookupFailed("unreadable", "no JSON") from error
        if not isinstance(found, dict):
            raise LookupFailed("unreadable", "no object")
        return found
