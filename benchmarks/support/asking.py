"""Clients that ask a bot one question after the other: on our socket, and on Rasa's REST channel.

Both are written alike, asyncio (run it by uvloop) without a schema: on two cores a heavy client would be measured with
the server.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks.support.line import Line

PATIENCE = 60.0
HANDED_OVER = frozenset({"bot_gave_up", "bot_silent", "emergency_raised", "handoff_asked"})
REPLIES = HANDED_OVER | {"bot_answered", "bot_clarified", "bot_asked_again"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `kind` of the row (Rasa: "text"), the entry (ours) or the text (Rasa's), and the wait."""

    text: str
    kind: str
    said: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Run:
    """Replies in the order of the questions, and how long all of it took."""

    replies: tuple[Reply, ...]
    seconds: float

    @property
    def waits(self) -> list[float]:
        return sorted(reply.seconds for reply in self.replies)

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        waits = self.waits
        return 1000 * waits[min(len(waits) - 1, int(share * len(waits)))]

    @property
    def per_second(self) -> float:
        return len(self.replies) / self.seconds


Ask = Callable[[str], Awaitable[Reply]]


async def shared(texts: Sequence[str], askers: Sequence[Ask]) -> Run:
    """Every text once, by whichever client is free."""
    waiting = list(enumerate(texts))[::-1]
    replies: dict[int, Reply] = {}

    async def work(ask: Ask) -> None:
        while waiting:
            place, text = waiting.pop()
            replies[place] = await asyncio.wait_for(ask(text), 2 * PATIENCE)

    began = time.perf_counter()
    await asyncio.gather(*(work(ask) for ask in askers))
    return Run(tuple(replies[place] for place in sorted(replies)), time.perf_counter() - began)


async def ask_honeydesk(url: str, texts: Sequence[str], mint: Callable[[str], str], clients: int, locale: str) -> Run:
    """One socket and one conversation per client; `mint` makes the token of a customer by his name. Whom the bot hands
    over comes back as somebody else, since it says nothing but answers to those who wait for a person."""
    sockets = [await _connected(url, mint(f"asks{number:04d}"), locale) for number in range(clients)]

    async def answer(socket: Line, seen: list[str]) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = json.loads(await socket.receive())
            if frame["type"] == "error":
                raise RuntimeError(f"{frame['code']}: {frame['message']}")
            seen.append(frame.get("kind") or frame["type"])
            if frame["type"] == "event" and frame["kind"] in REPLIES:
                return frame

    try:

        def asker(number: int) -> Ask:
            sent = 0

            async def ask(text: str) -> Reply:
                nonlocal sent
                sent += 1
                socket, seen = sockets[number], list[str]()
                began = time.perf_counter()
                socket.send(json.dumps({"type": "send", "id": f"bench-{number}-{sent:06d}", "text": text}))
                try:
                    async with asyncio.timeout(PATIENCE):
                        frame = await answer(socket, seen)
                except TimeoutError as error:
                    raise RuntimeError(f"no reply to {text!r}, but {seen}") from error
                reply = Reply(text, frame["kind"], str(frame["body"].get("entry") or ""), time.perf_counter() - began)
                if reply.kind in HANDED_OVER:
                    await socket.close()
                    sockets[number] = await _connected(url, mint(f"asks{number:04d}-{sent}"), locale)
                return reply

            return ask

        return await shared(texts, [asker(number) for number in range(clients)])
    finally:
        for socket in sockets:
            await socket.close()


async def _connected(url: str, token: str, locale: str) -> Line:
    socket = await Line.open(url, "/ws/chat")
    hello = {"type": "hello", "token": token, "topic": "support", "locale": locale, "channel": "client"}
    socket.send(json.dumps(hello))
    while json.loads(await socket.receive())["type"] != "welcome":
        pass
    return socket


async def ask_rasa(url: str, texts: Sequence[str], clients: int) -> Run:
    """Kept connections to the REST channel; a new sender for every question, as ours is a new turn."""
    where = urlsplit(url)
    lines = [await asyncio.open_connection(where.hostname, where.port) for _ in range(clients)]
    try:

        def asker(number: int) -> Ask:
            reader, writer = lines[number]
            sent = 0

            async def ask(text: str) -> Reply:
                nonlocal sent
                sent += 1
                body = json.dumps({"sender": f"bench-{clients}-{number}-{sent}", "message": text}).encode()
                head = (
                    f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: {where.netloc}\r\n"
                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                began = time.perf_counter()
                writer.write(head.encode() + body)
                answer = await _answer(reader)
                took = time.perf_counter() - began
                # Rasa cuts an answer at empty lines into several messages.
                said = "\n\n".join(str(part.get("text", "")) for part in json.loads(answer))
                return Reply(text, "text", said, took)

            return ask

        return await shared(texts, [asker(number) for number in range(clients)])
    finally:
        for _, writer in lines:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if not head.startswith("http/1.1 200"):
        raise RuntimeError(head.splitlines()[0])
    if "transfer-encoding: chunked" in head:
        parts = []
        while size := int(await reader.readline(), 16):
            parts.append(await reader.readexactly(size))
            await reader.readline()
        await reader.readline()
        return b"".join(parts)
    length = next(int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length:"))
    return await reader.readexactly(length)
