"""Stops and crashes: told when it is graceful, survived when it is not."""

from __future__ import annotations

import asyncio
import time

import pytest

from app.peer.peer import Peer, PeerError
from tests.support.server import GRACEFUL, People, Server, ServerFailed, accept

SETTINGS = {"bot_answer": 60, "engine_delay": 0.5, "ring": 60, "lease": 60, "shutdown_within": 6}


async def back(server: Server, *peers: Peer) -> None:
    """They reconnect to the server that was started again, wherever it listens now."""
    for peer in peers:
        peer.url = f"{server.url.replace('http', 'ws', 1)}/ws/{'desk' if peer.kind == 'agent' else 'chat'}"
        await peer.resume()


async def at(peer: Peer, place: int) -> None:
    if (peer.state["queue"] or {}).get("position") != place:
        await peer.wait(
            lambda f: f["type"] == "state" and (f["queue"] or {}).get("position") == place, f"position {place}"
        )


async def test_a_stop_says_when_to_come_back_ends_in_time_and_keeps_the_queue(server: Server, people: People) -> None:
    one, two = await people.queued("kept-1"), await people.queued("kept-2")
    await at(two, 2)
    since = two.state["queue"]["since"]
    customers = [await people.here(f"stopped-{i}") for i in range(20)]
    http = people.http()
    hello = (await http.post("/api/chat/hello", json={"type": "hello"})).json()
    polling = asyncio.create_task(http.get("/api/chat/poll", headers={"Authorization": f"Bearer {hello['session']}"}))
    await asyncio.gather(*(c.say("怎么充值") for c in customers))
    began = time.monotonic()
    code = await asyncio.to_thread(server.stop, 15.0)
    assert code in GRACEFUL
    assert time.monotonic() - began < 8
    for peer in customers:
        bye = await peer.wait(lambda f: f["type"] == "bye", "bye")
        assert bye["code"] == "going_away"
        assert bye["reconnect_in"] > 0
        with pytest.raises(PeerError, match="1001"):
            await peer.wait(lambda f: False, "the end")
    assert "going_away" in (await polling).text
    assert not server.violations()

    await asyncio.to_thread(server.start)
    await back(server, two, one)
    await at(one, 1)
    await at(two, 2)
    assert two.state["queue"]["since"] == since
    agent = await people.on_duty("after-restart", capacity=1)
    await accept(agent, one)
    assert two.state["owner"] == "queue"


async def test_what_was_acknowledged_survives_a_kill_and_what_was_pending_goes_on(
    server: Server, people: People
) -> None:
    agent = await people.on_duty("survivor", capacity=6)
    talking = [await people.talking(f"kill-{i}", agent) for i in range(4)]
    asked, rung = await people.here("asked"), await people.queued("rung")
    await agent.wait(lambda f: f["type"] == "offer" and f["conversation"] == rung.conversation, "offer")
    acknowledged: dict[str, list[str]] = {c.conversation: [] for c in talking}
    enough = asyncio.Event()

    async def write(customer: Peer) -> None:
        for n in range(10_000):
            await customer.say(f"第 {n} 句")
            acknowledged[customer.conversation].append(f"第 {n} 句")
            if n == 10:
                enough.set()

    writing = [asyncio.create_task(write(c)) for c in talking]
    await enough.wait()
    question = await asked.say("怎么充值到我的账户")
    await asyncio.to_thread(server.kill)
    ends = await asyncio.gather(*writing, return_exceptions=True)
    assert all(isinstance(end, Exception) for end in ends)
    await asyncio.to_thread(server.start)
    assert not server.violations()

    await back(server, agent, asked, rung)
    reply = await asked.wait(lambda f: f["type"] == "event" and f["author"]["kind"] == "bot", "the bot's reply")
    assert reply["seq"] > question["seq"]
    assert (await asked.say("怎么充值到我的账户", ident=question["id"]))["duplicate"]
    assert (await agent.ask("accept", conversation=rung.conversation))["type"] == "ack"
    await rung.owner("agent")
    for customer in talking:
        again = people.again(customer)
        await again.open()
        wanted = acknowledged[customer.conversation]
        await again.row("customer_wrote", text=wanted[-1])
        found = [text for text in again.texts(again.conversation) if text.startswith("第")]
        assert found[: len(wanted)] == wanted
        assert len(found) == len(set(found))


async def test_a_second_server_on_the_same_folder_refuses_to_start(server: Server, people: People) -> None:
    customer, second = await people.here("undisturbed"), Server(server.folder)
    second.log_path = server.folder.with_name("second.log")
    with pytest.raises(ServerFailed, match="held by another process") as refusal:
        await asyncio.to_thread(second.start)
    assert refusal.value.code > 0
    await customer.say("怎么充值")
    assert (await people.http().get("/ready")).status_code == 200
