"""Networks that break sockets: a whole chat over HTTP, and the same limits as on the socket."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import httpx
import pytest

from tests.support.server import People, Server

Frame = dict[str, Any]


class Polled:
    """A customer who only has HTTP."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.frames: list[Frame] = []
        self._numbers = itertools.count(1)

    async def hello(self, **fields: Any) -> Frame:
        answer = await self.http.post("/api/chat/hello", json={"type": "hello", **fields})
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['session']}"
        self.frames += answer.json()["frames"]
        return self.frames[0]

    async def send(self, type_: str, **fields: Any) -> str:
        ident = f"poll-{next(self._numbers):06d}"
        answer = await self.http.post("/api/chat/frames", json={"type": type_, "id": ident, **fields})
        answer.raise_for_status()
        self.frames += answer.json()["frames"]
        return ident

    async def until(self, **wanted: Any) -> Frame:
        """Polls until a frame with these values came."""
        async with asyncio.timeout(20):
            while True:
                for frame in self.frames:
                    if all(frame.get(k) == v for k, v in wanted.items()):
                        return frame
                self.frames += (await self.http.get("/api/chat/poll")).json()["frames"]


async def test_a_whole_chat(server: Server, people: People) -> None:
    agent = await people.on_duty("polled-agent")
    customer = Polled(people.http())
    welcome = await customer.hello(token=server.customer_token("polled"))
    assert welcome["me"]["id"] == "polled"
    ident = await customer.send("send", text="怎么充值")
    ack = await customer.until(type="ack", id=ident)
    await customer.until(kind="bot_answered")
    await customer.send("handoff")
    offer = await agent.wait(lambda f: f["type"] == "offer", "offer")
    assert offer["conversation"] == ack["conversation"]
    await agent.ask("accept", conversation=ack["conversation"])
    await customer.until(type="state", owner="agent")
    await agent.ask("send", conversation=ack["conversation"], text="您好")
    await customer.until(kind="agent_wrote")
    await agent.ask("close", conversation=ack["conversation"])
    state = await customer.until(type="state", owner="closed")
    rated = await customer.send("rate", segment=state["survey"][0], score=5)
    await customer.until(type="ack", id=rated)
    numbers = [f["seq"] for f in customer.frames if f["type"] == "event"]
    assert numbers == sorted(set(numbers))


async def test_from_http_to_the_socket_and_back_nothing_is_lost(server: Server, people: People) -> None:
    customer = Polled(people.http())
    token = server.customer_token("switching")
    await customer.hello(token=token)
    ident = await customer.send("send", text="怎么充值")
    ack = await customer.until(type="ack", id=ident)
    await customer.until(kind="bot_answered")
    socket = await people.here("switching")
    await socket.row("customer_wrote", text="怎么充值")
    again = await socket.say("怎么充值", ident=ident)
    assert (again["seq"], again["duplicate"]) == (ack["seq"], True)
    await socket.say("怎么提币")
    await customer.until(
        kind="customer_wrote", body={"text": "怎么提币", "entry": None, "category": None, "masked": []}
    )


async def test_a_session_s_secret_is_needed(people: People) -> None:
    http = people.http()
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}):
        for answer in (
            await http.get("/api/chat/poll", headers=headers),
            await http.post("/api/chat/frames", json={"type": "beat"}, headers=headers),
        ):
            assert answer.status_code == 401
            assert answer.json()["code"] in ("session_missing", "token_missing")


@pytest.mark.parametrize(
    "body",
    ["", "hello", "[]", '{"type":"nothing"}', '{"type":"send","id":"poll-000001","text":"x","as":"agent"}', "[" * 9000],
)
async def test_malformed_frames_get_their_code(people: People, body: str) -> None:
    customer = Polled(people.http())
    await customer.hello()
    answer = await customer.http.post("/api/chat/frames", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    answer = await customer.http.post("/api/chat/hello", content=body)
    assert answer.status_code == 400


async def test_a_frame_that_is_too_large_gets_its_code(people: People) -> None:
    customer = Polled(people.http())
    await customer.hello()
    answer = await customer.http.post("/api/chat/frames", content=b"x" * 70_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_second_hello_in_a_session_is_unsupported(people: People) -> None:
    customer = Polled(people.http())
    await customer.hello()
    answer = await customer.http.post("/api/chat/frames", json={"type": "hello"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unsupported")


async def test_a_session_ends_with_its_token_and_goes_on_with_a_fresh_one(server: Server, people: People) -> None:
    ending, renewed = Polled(people.http()), Polled(people.http())
    await ending.hello(token=server.customer_token("polled-brief", 2))
    await renewed.hello(token=server.customer_token("polled-renewed", 2))
    answer = await renewed.http.post(
        "/api/chat/frames", json={"type": "token", "token": server.customer_token("somebody-else")}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    answer = await renewed.http.post(
        "/api/chat/frames", json={"type": "token", "token": server.customer_token("polled-renewed")}
    )
    assert answer.status_code == 200
    async with asyncio.timeout(20):
        while (answer := await ending.http.get("/api/chat/poll")).status_code == 200:
            continue
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    ident = await renewed.send("send", text="还在吗")
    await renewed.until(type="ack", id=ident)


async def test_another_customer_s_conversation_is_not_resumed(server: Server, people: People) -> None:
    victim = await people.here("polled-victim")
    await victim.say("秘密")
    mallory = Polled(people.http())
    await mallory.hello(token=server.customer_token("polled-mallory"), conversation=victim.conversation)
    assert "unknown_conversation" in [f.get("code") for f in mallory.frames]
    assert "秘密" not in str(mallory.frames)
