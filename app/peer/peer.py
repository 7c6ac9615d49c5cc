"""One scriptable peer. It keeps what it was sent, checks the protocol as it goes (numbers ascend, nothing twice,
frames are valid), and resumes with the last number it saw."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import secrets
from collections.abc import Callable
from typing import Any, Literal

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.wire.customer import to_customer
from app.wire.desk import to_staff

Frame = dict[str, Any]
Kind = Literal["customer", "agent"]


class PeerError(Exception):
    """The server broke the protocol, refused, or did not answer in time. ``code`` as in the error frame."""

    def __init__(self, message: str, code: str = "peer") -> None:
        super().__init__(message)
        self.code = code


class Peer:
    """``customer(...)`` or ``agent(...)`` make one."""

    def __init__(self, kind: Kind, url: str, token: str | None, hello: Frame, *, patience: float = 15.0) -> None:
        base = url.rstrip("/").replace("http://", "ws://").replace("https://", "wss://")
        self.url = f"{base}/ws/{'chat' if kind == 'customer' else 'desk'}"
        self.kind = kind
        self.token = token
        self.patience = patience
        self._hello = hello
        self._prefix = f"p{secrets.token_hex(6)}"
        self._numbers = itertools.count(1)
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._heart: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self.frames: list[Frame] = []
        self.rows: dict[str, list[Frame]] = {}
        """Rows by conversation, ascending."""
        self.state: Frame = {}
        self.conversation = ""
        self.visitor: str | None = None
        self.closed: tuple[int, str] | None = None
        self.on_frame: Callable[[Frame], None] | None = None

    # --- connection ----------------------------------------------------------------------------------------------

    async def open(self, **more: Any) -> Frame:
        """Connect, say hello (``more`` overrides its fields), wait for the welcome. Raises PeerError."""
        await self.drop()
        self.closed = None
        self._socket = await connect(self.url, max_size=2**22, compression=None, open_timeout=self.patience)
        hello = {"type": "hello", **self._hello}
        if self.token:
            hello["token"] = self.token
        if self.kind == "customer":
            if self.visitor and not self.token:
                hello["visitor"] = self.visitor
            if self.conversation:
                hello["conversation"] = self.conversation
                hello["after"] = self.last(self.conversation)
        mark = len(self.frames)
        await self._socket.send(json.dumps({**hello, **more}))
        self._reader = asyncio.create_task(self._read(self._socket))
        welcome = await self.wait(lambda f: f["type"] == "welcome", "welcome", mark)
        self._heart = asyncio.create_task(self._live(self._socket, float(welcome["beat"])))
        return welcome

    async def _live(self, socket: ClientConnection, every: float) -> None:
        """Heartbeats: an agent's lease and a customer's presence hang on them."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(every)
                await socket.send(json.dumps({"type": "beat", "seq": self.last(self.conversation)}))

    @property
    def connected(self) -> bool:
        return self._socket is not None and self.closed is None

    async def drop(self) -> None:
        """Cut the line without a close frame, as a dead network does."""
        if self._socket is not None:
            self._socket.transport.abort()
            await self._socket.wait_closed()
        await self._end()

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        await self._end()

    async def _end(self) -> None:
        for task in (self._reader, self._heart):
            if task is not None:
                with contextlib.suppress(asyncio.CancelledError):
                    task.cancel()
                    await task
        self._heart = None
        self._socket = self._reader = None

    async def resume(self) -> Frame:
        """Drop if necessary, and continue from the last number seen; an agent's opened transcripts too."""
        await self.drop()
        welcome = await self.open()
        if self.kind == "agent":
            for conversation in list(self.rows):
                await self.watch(conversation)
        return welcome

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                frame: Frame = json.loads(text)
                self._check(frame)
                await self._take(frame)
        except ConnectionClosed:
            pass
        finally:
            self.closed = (socket.close_code or 1006, socket.close_reason or "")
            async with self._changed:
                self._changed.notify_all()

    def _check(self, frame: Frame) -> None:
        try:
            (to_customer if self.kind == "customer" else to_staff).validate_python(frame)
        except ValidationError as error:
            raise PeerError(f"not a frame of the schema: {error}", "protocol") from error

    async def _take(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "event":
            rows = self.rows.setdefault(frame["conversation"], [])
            if rows and frame["seq"] <= rows[-1]["seq"]:
                raise PeerError(f"row {frame['seq']} after {rows[-1]['seq']}", "protocol")
            rows.append(frame)
            if self.kind == "customer":
                self.conversation = frame["conversation"]
        elif kind == "state":
            self.state = frame
            self.conversation = frame["conversation"] or self.conversation
        elif kind == "welcome" and self.kind == "customer":
            self.state = frame["state"]
            self.visitor = frame["visitor"] or self.visitor
            self.conversation = frame["state"]["conversation"] or self.conversation
        self.frames.append(frame)
        if self.on_frame is not None:
            self.on_frame(frame)
        async with self._changed:
            self._changed.notify_all()

    # --- waiting -------------------------------------------------------------------------------------------------

    async def wait(self, wanted: Callable[[Frame], bool], what: str, mark: int = 0, patience: float = 0) -> Frame:
        """The first frame from ``mark`` on that fits. Raises PeerError when it does not come."""
        try:
            async with asyncio.timeout(patience or self.patience), self._changed:
                while True:
                    while mark < len(self.frames):
                        frame = self.frames[mark]
                        mark += 1
                        if wanted(frame):
                            return frame
                    if self.closed is not None:
                        raise PeerError(f"closed {self.closed} while waiting for {what}", self._why())
                    if self._reader is not None and self._reader.done() and self._reader.exception():
                        raise PeerError(f"reader failed: {self._reader.exception()}", "protocol")
                    await self._changed.wait()
        except TimeoutError as error:
            tail = [f.get("kind") or f.get("code") or f["type"] for f in self.frames[-8:]]
            raise PeerError(f"no {what} in time; last frames: {tail}", "timeout") from error

    def _why(self) -> str:
        errors = [f["code"] for f in self.frames if f["type"] == "error"]
        return errors[-1] if errors else "closed"

    async def row(self, kind: str, mark: int = 0, patience: float = 0, **body: Any) -> Frame:
        """The first event of this kind, from frame ``mark`` on, whose body holds these values."""

        def fits(frame: Frame) -> bool:
            return (
                frame["type"] == "event"
                and frame["kind"] == kind
                and all(frame["body"].get(name) == value for name, value in body.items())
            )

        return await self.wait(fits, kind, mark, patience)

    async def owner(self, owner: str, patience: float = 0) -> Frame:
        """The state view in which ``owner`` has the conversation: now, or the next one."""
        if self.state.get("owner") == owner:
            return self.state
        return await self.wait(
            lambda f: f["type"] == "state" and f["owner"] == owner, f"owner {owner}", len(self.frames), patience
        )

    # --- sending -------------------------------------------------------------------------------------------------

    async def put(self, frame: Frame) -> None:
        """A frame as it is."""
        if self._socket is None:
            raise PeerError("not connected", "closed")
        await self._socket.send(json.dumps(frame))

    async def ask(self, type_: str, ident: str | None = None, **fields: Any) -> Frame:
        """Send a frame with an id and wait for its ack. Raises PeerError with the error frame's code."""
        ident = ident or self.fresh_id()
        mark = len(self.frames)
        await self.put({"type": type_, "id": ident, **fields})
        answer = await self.wait(
            lambda f: f["type"] in ("ack", "error", "suggestions") and f.get("id") == ident, f"ack of {type_}", mark
        )
        if answer["type"] == "error":
            raise PeerError(f"{type_}: {answer['code']}: {answer['message']}", answer["code"])
        if self.kind == "customer" and answer["type"] == "ack":
            self.conversation = answer["conversation"]
            self._acknowledged(type_, ident, answer, fields)
        return answer

    def _acknowledged(self, type_: str, ident: str, ack: Frame, fields: Frame) -> None:
        """The sender's own message is not echoed: its place is known from the ack."""
        rows = self.rows.setdefault(ack["conversation"], [])
        if type_ == "send" and not ack["masked"] and all(r["seq"] != ack["seq"] for r in rows):
            own = {"type": "event", "kind": "customer_wrote", "seq": ack["seq"], "id": ident}
            own["author"] = {"kind": "customer", "id": None, "name": None}
            rows.append({**own, "conversation": ack["conversation"], "body": {"text": fields["text"]}})
            rows.sort(key=lambda r: int(r["seq"]))

    def fresh_id(self) -> str:
        return f"{self._prefix}-{next(self._numbers):06d}"

    async def say(self, text: str, ident: str | None = None, **more: Any) -> Frame:
        return await self.ask("send", ident, text=text, **more)

    async def watch(self, conversation: str) -> Frame:
        return await self.ask("watch", conversation=conversation, after=self.last(conversation))

    def last(self, conversation: str) -> int:
        rows = self.rows.get(conversation)
        return int(rows[-1]["seq"]) if rows else 0

    def texts(self, conversation: str) -> list[str]:
        """All texts of a conversation in order, whoever wrote them."""
        return [str(r["body"]["text"]) for r in self.rows.get(conversation, []) if r["body"].get("text")]


def customer(url: str, token: str | None = None, *, locale: str = "zh-CN", topic: str = "support") -> Peer:
    """A customer, or an anonymous visitor without ``token``. Not yet connected."""
    return Peer("customer", url, token, {"locale": locale, "topic": topic, "channel": "client"})


def agent(url: str, token: str) -> Peer:
    """A member of staff. Not yet connected."""
    return Peer("agent", url, token, {})
