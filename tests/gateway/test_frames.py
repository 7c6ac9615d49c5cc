"""Frames that are not what the schema says. Each gets its code, nothing is stored, and the socket goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.gateway.sockets import MAX_ERRORS
from app.peer.peer import Peer, PeerError
from tests.support.server import People, Server

SEND = {"type": "send", "id": "frame-0001", "text": "hello"}

MALFORMED: dict[str, str] = {
    "no JSON": "hello",
    "nothing": "",
    "a number": "7",
    "null": "null",
    "a list": "[]",
    "half an object": '{"type": "send"',
    "two objects": json.dumps(SEND) + json.dumps(SEND),
    "no type": '{"id": "frame-0001", "text": "hello"}',
    "an unknown type": '{"type": "shutdown", "id": "frame-0001"}',
    "a staff frame": '{"type": "accept", "id": "frame-0001", "conversation": "c-0"}',
    "a type of another kind": '{"type": {"$ne": null}, "id": "frame-0001", "text": "hello"}',
    "an unknown field": json.dumps({**SEND, "author": "agent"}),
    "another conversation": json.dumps({**SEND, "conversation": "c-0000000000000000"}),
    "a field missing": '{"type": "send", "id": "frame-0001"}',
    "a prototype": '{"type": "send", "id": "frame-0001", "text": "x", "__proto__": {"admin": true}}',
    "a constructor": '{"type": "__proto__", "constructor": {"prototype": {}}}',
    "a number for a text": json.dumps({**SEND, "text": 7}),
    "a list for a text": json.dumps({**SEND, "text": ["x"]}),
    "too long a text": json.dumps({**SEND, "text": "长" * 4001}),
    "an empty text": json.dumps({**SEND, "text": ""}),
    "too short an id": json.dumps({**SEND, "id": "x"}),
    "too long an id": json.dumps({**SEND, "id": "x" * 65}),
    "an id with a line": json.dumps({**SEND, "id": "frame-0001\n"}),
    "an id with a NUL": json.dumps({**SEND, "id": "frame\u0000001"}),
    "an id with SQL": json.dumps({**SEND, "id": "x'; DROP TABLE events;--"}),
    "half a surrogate": '{"type": "send", "id": "frame-0001", "text": "\\ud800"}',
    "a deep list": "[" * 30_000,
    "a deep field": '{"type": "send", "id": "frame-0001", "text": ' + '{"a":' * 5_000 + "1" + "}" * 5_001,
    "a negative number": '{"type": "vote", "id": "frame-0001", "about": -1, "helpful": true}',
    "a huge number": '{"type": "vote", "id": "frame-0001", "about": 1' + "0" * 400 + ', "helpful": true}',
    "not a number": '{"type": "vote", "id": "frame-0001", "about": NaN, "helpful": true}',
    "six stars": '{"type": "rate", "id": "frame-0001", "segment": 1, "score": 6}',
    "a long prefix": json.dumps({"type": "suggest", "id": "frame-0001", "prefix": "x" * 81}),
    "a beat from nowhere": '{"type": "beat", "seq": -1}',
}


async def raw(peer: Peer, text: str | bytes) -> dict[str, Any]:
    """Sends these characters; the error frame that comes back."""
    assert peer._socket is not None
    mark = len(peer.frames)
    with contextlib.suppress(ConnectionClosed):
        await peer._socket.send(text)
    return await peer.wait(lambda f: f["type"] == "error", "error", mark)


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_frame_is_refused_and_the_chat_goes_on(people: People, text: str) -> None:
    peer = await people.here("mallory-frames")
    error = await raw(peer, text)
    assert (error["code"], error["id"]) == ("malformed", None)
    assert (await peer.ask("suggest", prefix="充值"))["type"] == "suggestions"


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "presence", "id": "frame-0001", "ready": "yes please"}',
        '{"type": "send", "id": "frame-0001", "conversation": "../../etc", "text": "x"}',
        '{"type": "note", "id": "frame-0001", "conversation": "c-0", "text": "x", "as": "admin"}',
        '{"type": "watch", "id": "frame-0001", "conversation": "", "after": 0}',
        '{"type": "close", "id": "frame-0001", "conversation": "c-0", "outcome": "ticketed"}',
        '{"type": "handoff", "id": "frame-0001"}',
    ],
)
async def test_staff_frames_are_as_strict(people: People, text: str) -> None:
    agent = await people.on_duty("strict", ready=False)
    assert (await raw(agent, text))["code"] == "malformed"
    assert (await agent.ask("presence", ready=False))["type"] == "ack"


async def test_binary_frames_are_no_frames(people: People) -> None:
    peer = await people.here("mallory-binary")
    for data in (json.dumps(SEND).encode(), b"\xff\xfe\x00", b""):
        assert (await raw(peer, data))["code"] == "malformed"
    assert peer.state["conversation"] == ""


async def test_invalid_utf8_in_a_text_frame_closes_as_the_protocol_says(server: Server) -> None:
    async with connect(f"{server.url.replace('http', 'ws')}/ws/chat", compression=None) as socket:
        await socket.send(b'{"type": "hello", "locale": "\xff\xfe"}', text=True)
        assert await closing(socket) == 1007


async def test_a_megabyte_closes_with_1009(people: People) -> None:
    peer = await people.here("mallory-big")
    assert peer._socket is not None
    with pytest.raises(PeerError):
        await raw(peer, json.dumps({**SEND, "text": "x" * 2**20}))
    assert peer.closed is not None
    assert peer.closed[0] == 1009
    await peer.resume()
    assert peer.state["conversation"] == ""


async def test_a_megabyte_in_small_pieces_closes_with_1009(server: Server, people: People) -> None:
    async with connect(f"{server.url.replace('http', 'ws')}/ws/chat", compression=None) as socket:
        with contextlib.suppress(ConnectionClosed):
            await socket.send(["x" * 1000] * 1000)
        assert await closing(socket) == 1009


async def test_twenty_malformed_frames_in_a_row_close(people: People) -> None:
    peer = await people.here("mallory-many")
    for _ in range(MAX_ERRORS - 1):
        await raw(peer, "{}")
    with pytest.raises(PeerError, match="closed"):
        await twice(peer, "{}")
    assert peer.closed == (4430, "too_many_errors")
    assert sum(f["type"] == "error" for f in peer.frames) == MAX_ERRORS


async def test_malformed_frames_between_good_ones_are_limited_too(people: People) -> None:
    peer = await people.here("mallory-mixed")
    assert peer._socket is not None
    for _ in range(100):
        await peer._socket.send("{}")
        await peer._socket.send('{"type": "beat"}')
    await peer.wait(lambda f: f.get("code") == "rate_limited", "rate limit")


async def test_white_space_is_no_message(people: People) -> None:
    peer = await people.here("mallory-blank")
    with pytest.raises(PeerError, match="empty_text"):
        await peer.say(" \n\t　")
    assert peer.state["conversation"] == ""


@pytest.mark.parametrize(
    "text", ["a\u0000b", "\u202eevil", "x" * 4000, "长" * 4000, "👩‍👩‍👧‍👦" * 300, "\ufeff?", "a\u0300" * 1900]
)
async def test_odd_texts_are_messages_like_others(people: People, text: str) -> None:
    """Stored once, read back as they were."""
    peer = await people.here("odd")
    ack = await peer.say(text)
    other = people.again(peer)
    await other.open()
    await other.row("customer_wrote", text=text)
    assert not ack["duplicate"]


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString:valueOf", "hasOwnProperty"])
async def test_names_of_prototypes_are_names_like_others(people: People, name: str) -> None:
    peer = await people.here(f"proto-{name.replace(':', '-')}")
    ack = await peer.say("hello", ident=name)
    assert ack["id"] == name
    assert (await peer.say("hello", ident=name))["duplicate"]


async def test_numbers_from_the_future_begin_again_from_zero(people: People) -> None:
    peer = await people.here("future")
    await peer.say("怎么充值")
    await peer.row("bot_answered")
    before = list(peer.rows[peer.conversation])
    await peer.drop()
    peer.rows.clear()
    welcome = await peer.open(conversation=peer.conversation, after=2**53)
    error = await peer.wait(lambda f: f["type"] == "error", "error")
    assert error["code"] == "sequence_ahead"
    await peer.row("bot_answered", peer.frames.index(welcome))
    assert [r["seq"] for r in peer.rows[peer.conversation]][-len(before) :] == [r["seq"] for r in before]


async def test_an_agent_who_watches_from_the_future_is_told_and_gets_all(people: People) -> None:
    customer, agent = await people.queued("future-2"), await people.on_duty("seer", ready=False)
    ident = customer.conversation
    await agent.put({"type": "watch", "id": "watch-0001", "conversation": ident, "after": 2**53})
    error = await agent.wait(lambda f: f["type"] == "error", "error")
    assert error["code"] == "sequence_ahead"
    await agent.row("handoff_asked")
    assert agent.rows[ident][0]["seq"] == 1


async def twice(peer: Peer, text: str) -> None:
    """The last frame that is answered, and one more."""
    await raw(peer, text)
    await raw(peer, text)


async def closing(socket: ClientConnection) -> int | None:
    """Reads until the server closes; its code."""
    try:
        while True:
            await socket.recv()
    except ConnectionClosed:
        return socket.close_code


def client_frame(text: str, *, fin: bool = True, opcode: int = 1) -> bytes:
    """A masked frame, byte by byte as RFC 6455 has it."""
    data, mask = text.encode(), b"\x01\x02\x03\x04"
    head = bytes([(0x80 if fin else 0) | opcode])
    if len(data) < 126:
        head += bytes([0x80 | len(data)])
    else:
        head += b"\xfe" + len(data).to_bytes(2, "big")
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


def send_of(size: int, number: int) -> str:
    """A ``send`` frame of exactly this many bytes."""
    frame = json.dumps({"type": "send", "id": f"sized-{number:06d}", "text": ""})
    return frame[:-2] + "x" * (size - len(frame)) + '"}'


async def test_frames_are_heard_however_the_network_cuts_them(people: People, server: Server) -> None:
    """Alone, two at once, byte by byte, half and half, in fragments; lengths at the borders of the header's forms."""
    peer = await people.here("cutter")
    assert peer._socket is not None
    write = peer._socket.transport.write
    numbers = iter(range(1_000))
    wanted: list[str] = []

    def sized(size: int) -> str:
        text = send_of(size, next(numbers))
        wanted.append(json.loads(text)["id"])
        return text

    async def settle() -> None:
        await peer.wait(lambda f: f["type"] == "ack" and f["id"] == wanted[-1], "the last ack")

    for size in (60, 124, 125, 126, 127, 131, 132, 133, 500, 4_000):
        write(client_frame(sized(size)))
        await settle()
    write(client_frame(sized(125)) + client_frame(sized(126)))
    await settle()
    cut = client_frame(sized(140))
    for at in range(len(cut)):
        write(cut[at : at + 1])
        await asyncio.sleep(0)
    await settle()
    whole = client_frame(sized(90)) + client_frame(sized(300))
    write(whole[:200])
    await (await people.here("somebody-else")).say("在吗")  # the first half has arrived by then
    write(whole[200:])
    await settle()
    text = sized(200)
    write(client_frame(text[:80], fin=False))
    write(client_frame(text[80:], opcode=0))
    await settle()
    write(client_frame(sized(100)))
    await settle()
    acked = [f["id"] for f in peer.frames if f["type"] == "ack" and f["id"].startswith("sized-")]
    assert acked == wanted
