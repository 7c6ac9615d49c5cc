"""Connectors against real sockets: what goes out, what comes back, and every way in which nothing comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from app.db.port import Audit
from app.lookups import CONNECTORS, LookupFailed, LookupMisconfigured, Lookups, Question, connector
from app.lookups.rasa import RasaActions, read
from app.lookups.transport import MAX_BYTES, PAUSES, Transport
from app.lookups.webhook import SIGNATURE, TIMESTAMP, SignedWebhook, is_signed
from app.settings import Settings
from bot.forms import Reply

QUESTION = Question("action_withdrawal_status", "c1", "user:7", "zh-CN", {"order_id": "77120394857"}, "没到", 1.0)
SECRET = "a-secret-of-sixteen"
Answer = Callable[[dict[str, str], bytes], Awaitable[tuple[int, bytes]]]


class Exchange:
    """An HTTP server that answers as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.status, self.body, self.delay = 200, b'{"responses": [], "events": []}', 0.0
        self.asked: list[tuple[dict[str, str], bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head.split("\r\n")[1:] if line)}
            self.asked.append((headers, await reader.readexactly(int(headers["content-length"]))))
            # Whoever does not wait for the reply ends this by hanging up.
            await asyncio.wait([asyncio.ensure_future(reader.read())], timeout=self.delay)
            size = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
            writer.write(size.encode() + self.body)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    found = Exchange()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhook"
    yield found
    server.close()


async def failure(asked: Awaitable[Reply]) -> str:
    with pytest.raises(LookupFailed) as error:
        await asked
    return error.value.code


def answering(texts: list[str], **slots: Any) -> bytes:
    events = [{"event": "slot", "name": name, "value": value} for name, value in slots.items()]
    return json.dumps({"responses": [{"text": text} for text in texts], "events": events}).encode()


async def test_an_action_server_is_asked_as_rasa_asks(exchange: Exchange) -> None:
    exchange.body = answering(["正在审核。"], status="reviewing", level=2, nothing=None)
    rasa = RasaActions(Transport(exchange.url, 2))
    assert await rasa.ask(QUESTION) == Reply(("正在审核。",), (("status", "reviewing"), ("level", "2")))
    body = json.loads(exchange.asked[0][1])
    assert (body["next_action"], body["sender_id"]) == ("action_withdrawal_status", "c1")
    assert {"next_action", "sender_id", "tracker", "domain", "version"} == set(body)
    slots = body["tracker"]["slots"]
    assert (slots["order_id"], slots["customer_id"], slots["verified"], slots["coin"]) == (
        "77120394857",
        "user:7",
        True,
        None,
    )
    assert "action_withdrawal_status" in body["domain"]["actions"]
    await rasa.close()


@pytest.mark.parametrize("body", [{}, {"responses": {}, "events": []}, {"responses": [], "events": None}])
def test_what_is_no_reply_of_an_action_server(body: dict[str, Any]) -> None:
    with pytest.raises(LookupFailed, match="unreadable"):
        read(body)


async def test_a_webhook_is_signed_over_time_and_body(exchange: Exchange) -> None:
    exchange.body = json.dumps({"text": "已发出。", "facts": {"status": "sent", "none": None}}).encode()
    hook = SignedWebhook(Transport(exchange.url, 2), SECRET)
    assert await hook.ask(QUESTION) == Reply(("已发出。",), (("status", "sent"),))
    headers, body = exchange.asked[0]
    stamp, given = headers[TIMESTAMP.lower()], headers[SIGNATURE.lower()]
    assert is_signed(SECRET.encode(), stamp, given, body, now=time.time())
    assert not is_signed(SECRET.encode(), stamp, given, body + b" ", now=time.time())
    assert not is_signed(b"another", stamp, given, body, now=time.time())
    assert not is_signed(SECRET.encode(), stamp, given, body, now=time.time() + 400)
    assert not is_signed(SECRET.encode(), "soon", given, body, now=time.time())
    await hook.close()


async def test_every_way_of_not_answering_has_its_code(exchange: Exchange) -> None:
    hook = SignedWebhook(Transport(exchange.url, 0.3), SECRET)
    for status, body, code in (
        (500, b"{}", "refused"),
        (302, b"{}", "refused"),
        (200, b"no json", "unreadable"),
        (200, b"[]", "unreadable"),
        (200, b'{"text": 1}', "unreadable"),
        (200, b" " * (MAX_BYTES + 1), "unreadable"),
    ):
        exchange.status, exchange.body = status, body
        assert await failure(hook.ask(QUESTION)) == code
    exchange.delay = 1.0
    assert await failure(hook.ask(QUESTION)) == "timeout"
    await hook.close()


async def test_only_a_connection_that_was_never_made_is_tried_again(exchange: Exchange) -> None:
    exchange.status = 503
    rasa = RasaActions(Transport(exchange.url, 2))
    await failure(rasa.ask(QUESTION))
    assert len(exchange.asked) == 1
    await rasa.close()
    gone = RasaActions(Transport("http://127.0.0.1:9/webhook", 2))
    began = time.monotonic()
    assert await failure(gone.ask(QUESTION)) == "unreachable"
    assert sum(PAUSES) <= time.monotonic() - began < 2
    await gone.close()


class Recorder:
    def __init__(self) -> None:
        self.entries: list[Audit] = []

    async def __call__(self, entries: Any) -> None:
        self.entries += entries


class Scripted:
    """A connector that replies, or fails, as told."""

    def __init__(self, *replies: Reply | str) -> None:
        self.replies = list(replies)
        self.asked = 0

    async def ask(self, question: Question) -> Reply:
        self.asked += 1
        reply = self.replies.pop(0)
        if isinstance(reply, str):
            raise LookupFailed(reply)
        return reply

    async def close(self) -> None:
        pass


async def test_every_look_up_is_an_audit_row_without_the_customers_values() -> None:
    audit = Recorder()
    lookups = Lookups(Scripted(Reply(("好。",)), "timeout"), audit)
    assert await lookups.look_up(QUESTION) == Reply(("好。",))
    assert await lookups.look_up(QUESTION) == "failed"
    assert [(a.who, a.what, a.target, a.detail["outcome"]) for a in audit.entries] == [
        ("bot", "lookup", "c1", "answered"),
        ("bot", "lookup", "c1", "timeout"),
    ]
    assert audit.entries[0].detail["slots"] == ["order_id"]
    assert "77120394857" not in str(audit.entries)


async def test_a_server_that_fails_is_left_alone_for_a_while() -> None:
    audit, scripted = Recorder(), Scripted("timeout", "timeout", "timeout", Reply(("好。",)))
    lookups = Lookups(scripted, audit, rest=60)
    for _ in range(4):
        assert await lookups.look_up(QUESTION) == "failed"
    assert scripted.asked == 3
    assert audit.entries[-1].detail["outcome"] == "resting"
    rested = Lookups(Scripted("timeout", "timeout", "timeout", Reply(("好。",))), audit, rest=0)
    for _ in range(3):
        await rested.look_up(QUESTION)
    assert await rested.look_up(QUESTION) == Reply(("好。",))


async def test_without_a_connector_it_says_so_and_audits_nothing() -> None:
    audit = Recorder()
    assert await Lookups(None, audit).look_up(QUESTION) == "none"
    assert audit.entries == []


async def test_replies_are_cut_and_masked() -> None:
    phrase = " ".join(["abandon"] * 11 + ["about"])
    lookups = Lookups(Scripted(Reply(("x" * 9_000, phrase), (("note", phrase),))), Recorder())
    reply = await lookups.look_up(QUESTION)
    assert isinstance(reply, Reply)
    assert len(reply.texts[0]) == 1_500
    assert "abandon" not in reply.texts[1] + reply.facts[0][1]


def test_settings_choose_the_connector() -> None:
    assert connector(Settings()) is None
    for name in CONNECTORS:
        with pytest.raises(LookupMisconfigured, match="URL"):
            connector(Settings(lookup=name))  # type: ignore[arg-type]
    with pytest.raises(LookupMisconfigured, match="SECRET"):
        connector(Settings(lookup="webhook", lookup_url="https://x.example/y"))
    assert "hush" not in repr(Settings(lookup_secret="hush"))
