"""Everything at a socket is bounded: time, rate, number, and what is waiting to be read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket as sockets

import httpx
import pytest

from app.gateway.bodies import Bodies
from app.gateway.origins import client_address
from app.peer.peer import PeerError
from tests.gateway.attack import dial, refused, rest
from tests.support.server import People, Server

SETTINGS = {
    "hello_within": 1.5,
    # Allowances fill up more slowly than any machine sends what a test sends: the bursts alone decide.
    "frames_per_second": 0.2,
    "beat": 1.2,
    "messages_burst": 10,
    "messages_per_minute": 6,
    "connections_per_address": 12,
    "outbox_bytes": 200_000,
    "sign_in_per_minute": 6,
}


async def test_no_hello_in_time_closes(server: Server) -> None:
    async with dial(server) as socket:
        assert await rest(socket) == ([], 4408)
    async with dial(server, "/ws/desk") as socket:
        assert await rest(socket) == ([], 4408)


@pytest.mark.parametrize(
    ("first", "error"),
    [
        ('{"type":"send","id":"limit-0001","text":"x"}', "unsupported"),
        ('{"type":"beat"}', "unsupported"),
        ("hello", "malformed"),
        (b'{"type":"hello"}', "malformed"),
        ('{"type":"hello","v":2}', "malformed"),
        ('{"type":"hello","after":-1}', "malformed"),
        ('{"type":"hello","conversation":"' + "c" * 81 + '"}', "malformed"),
        ('{"type":"hello","locale":"' + "x" * 13 + '"}', "malformed"),
        ('{"type":"hello","topic":"../x"}', "malformed"),
    ],
)
async def test_what_is_no_hello_closes(server: Server, first: str | bytes, error: str) -> None:
    assert await refused(server, first) == (error, 4400)


async def test_a_second_hello_is_unsupported_and_changes_nobody(server: Server, people: People) -> None:
    peer = await people.here("one-hello")
    await peer.put({"type": "hello", "token": server.customer_token("somebody-else")})
    error = await peer.wait(lambda f: f["type"] == "error", "error")
    assert error["code"] == "unsupported"
    await peer.say("还是我")
    again = await people.here("one-hello")
    await again.row("customer_wrote", text="还是我")


async def test_a_silent_socket_closes_and_a_beating_one_does_not(server: Server, people: People) -> None:
    beating = await people.here("beating")
    async with dial(server) as silent:
        await silent.send(json.dumps({"type": "hello", "token": server.customer_token("silent")}))
        frames, code = await rest(silent)
    assert (frames[0]["type"], code) == ("welcome", 4009)
    assert beating.closed is None
    await beating.say("我还在")


async def test_messages_are_limited_for_an_identity_over_all_its_sockets(people: People) -> None:
    one = await people.here("chatty")
    two = people.again(one)
    await two.open()
    codes: list[str] = []
    for i in range(14):
        try:
            await (one, two)[i % 2].say(f"消息 {i}")
        except PeerError as error:
            codes.append(error.code)
    assert codes
    assert set(codes) == {"rate_limited"}
    limited = next(f for f in (*one.frames, *two.frames) if f["type"] == "error")
    assert 0 < limited["retry_after"] < 60
    assert limited["id"]
    other = await people.here("not-chatty")
    await other.say("我还可以说话")


async def test_frames_are_limited_for_a_connection(people: People) -> None:
    peer = await people.here("drummer")
    for _ in range(90):
        await peer.put({"type": "suggest", "id": "drum-00001", "prefix": "充"})
    await peer.wait(lambda f: f.get("code") == "rate_limited", "limit")


async def test_an_address_has_so_many_sockets_and_forwarded_names_do_not_help(server: Server) -> None:
    async with contextlib.AsyncExitStack() as stack:
        welcomed = 0
        for i in range(20):
            tricks = {"X-Forwarded-For": f"203.0.113.{i}", "X-Real-IP": f"203.0.113.{i}"}
            socket = await stack.enter_async_context(dial(server, additional_headers=tricks))
            with contextlib.suppress(Exception):
                await socket.send('{"type":"hello"}')
            first = json.loads(await socket.recv())
            if first["type"] == "welcome":
                welcomed += 1
                continue
            assert first["code"] == "too_many_connections"
            assert (await rest(socket))[1] == 4429
        assert 0 < welcomed < 12


async def test_a_reader_that_does_not_read_is_let_go(server: Server, people: People) -> None:
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    host, port = server.url.removeprefix("http://").split(":")
    await asyncio.to_thread(raw.connect, (host, int(port)))
    async with dial(server, sock=raw, max_queue=1) as socket:
        await socket.send(json.dumps({"type": "hello", "token": server.customer_token("no-reader")}))
        await socket.recv()
        socket.transport.pause_reading()
        writer = people.customer("no-reader")
        await writer.open()
        http = people.http()
        for i in range(9):
            await writer.say("长" * 4000, ident=f"flood-{i:05d}")
        assert (await http.get("/ready")).status_code == 200
        assert writer.closed is None
        socket.transport.abort()


async def test_guessing_passwords_is_limited_for_an_account_and_for_an_address(server: Server, people: People) -> None:
    server.hire("guessed", email="guessed@example.com", password="correct horse battery staple 7")
    http = people.http()

    async def guess(email: str, password: str, **headers: str) -> httpx.Response:
        return await http.post("/api/staff/sign-in", json={"email": email, "password": password}, headers=headers)

    codes = [(await guess("guessed@example.com", f"guess {i}")).json()["code"] for i in range(9)]
    assert codes[0] == "sign_in_refused"
    assert codes[-1] == "rate_limited"
    right = await guess("guessed@example.com", "correct horse battery staple 7")
    assert (right.status_code, right.json()["code"]) == (429, "rate_limited")
    assert int(right.headers["retry-after"]) >= 1
    tricks = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    assert (await guess("other@example.com", "x", **tricks)).json()["code"] == "rate_limited"


# --- without a server ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("198.51.100.7", ["203.0.113.1"], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", ["203.0.113.66, 203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", ["203.0.113.66, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", ["203.0.113.66", "203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", ["", " , "], "10.0.0.1"),
    ],
)
def test_the_address_is_what_the_nearest_trusted_proxy_says(peer: str, told: list[str], address: str) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in told]
    assert client_address({"client": (peer, 1), "headers": headers}, ("10.0.0.1", "10.0.0.2")) == address


async def test_a_body_that_trickles_is_given_up() -> None:
    ended: list[int] = []

    async def reads(scope: object, receive: object, send: object) -> None:
        with pytest.raises(Exception, match="408") as refusal:
            await receive()  # type: ignore[operator]
        ended.append(getattr(refusal.value, "status_code", 0))

    async def never() -> object:
        return await asyncio.get_running_loop().create_future()

    await Bodies(reads, limit=10, within=0.01)({"type": "http", "headers": []}, never, None)
    assert ended == [408]
