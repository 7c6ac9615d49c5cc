"""The queue with short clocks: offers, passes, leases, places, promises, capacity."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from app.peer.peer import Peer, PeerError
from tests.support.server import People, Server, accept

SETTINGS = {
    "ring": 0.6,
    "grace": 0.6,
    "lease": 1.2,
    "away_after": 0.3,
    "max_wait": 1.5,
    "repass": 600,
    "beat": 60,
    "visitor_places": 2,
    "visitor_share": 0.0,
}


async def beating(agent: Peer) -> None:
    """Keeps the lease, as a console does. Until cancelled."""
    while True:
        await agent.put({"type": "beat"})
        await asyncio.sleep(0.3)


class Beats:
    """Agents whose consoles are open for the length of a block."""

    def __init__(self, *agents: Peer) -> None:
        self._agents = agents
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> None:
        self._tasks = [asyncio.create_task(beating(a)) for a in self._agents]

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def offer(agent: Peer, customer: Peer, mark: int = 0) -> asyncio.Task[dict[str, object]]:
    ident = customer.conversation
    return asyncio.ensure_future(
        agent.wait(lambda f: f["type"] == "offer" and f["conversation"] == ident, "offer", mark)
    )


def position(peer: Peer) -> int | None:
    queue = peer.state.get("queue")
    return queue["position"] if queue else None


async def at(peer: Peer, place: int) -> None:
    """Waits until this customer is told this position."""
    if position(peer) != place:
        await peer.wait(
            lambda f: f["type"] == "state" and (f["queue"] or {}).get("position") == place,
            f"position {place}",
            len(peer.frames),
        )


async def test_an_offer_that_is_not_answered_goes_to_the_next_agent(people: People) -> None:
    first, second = await people.on_duty("slow"), await people.on_duty("next", ready=False)
    async with Beats(first, second):
        customer = await people.queued("expiring")
        await offer(first, customer)
        await second.ask("presence", ready=True)
        over = await first.wait(lambda f: f["type"] == "offer_over", "the offer's end")
        assert over["why"] == "expired"
        await accept(second, customer)
        with pytest.raises(PeerError, match="already_taken"):
            await first.ask("accept", conversation=customer.conversation)


async def test_who_passed_is_not_rung_again_unless_he_alone_matches(people: People) -> None:
    only = await people.on_duty("only")
    async with Beats(only):
        customer = await people.queued("passed")
        await offer(only, customer)
        mark = len(only.frames)
        await only.ask("pass", conversation=customer.conversation)
        await offer(only, customer, mark)
        other = await people.on_duty("other-than-only")
        async with Beats(other):
            mark = len(only.frames)
            await only.ask("pass", conversation=customer.conversation)
            await offer(other, customer)
            await other.ask("accept", conversation=customer.conversation)
            assert not any(f["type"] == "offer" for f in only.frames[mark:])


async def test_a_lost_lease_brings_the_customer_to_the_front_and_to_the_next_agent(people: People) -> None:
    lost = await people.on_duty("lost-lease")
    async with Beats(lost):
        customer = await people.talking("orphan", lost)
    before = await people.queued("queued-before")
    await lost.drop()
    await customer.row("lease_lost")
    await customer.row("grace_over")
    await customer.owner("queue")
    await at(customer, 1)
    await at(before, 2)
    rescuer = await people.on_duty("rescuer", capacity=1)
    async with Beats(rescuer):
        await accept(rescuer, customer)
        await customer.owner("agent")
        assert before.state["owner"] == "queue"


async def test_a_lease_that_comes_back_within_its_grace_changes_nothing(people: People) -> None:
    agent = await people.on_duty("flaky")
    async with Beats(agent):
        customer = await people.talking("patient", agent)
    await customer.row("lease_lost")
    await agent.resume()
    async with Beats(agent):
        await agent.ask("send", conversation=customer.conversation, text="我回来了")
        await customer.row("agent_wrote", text="我回来了")
        await agent.watch(customer.conversation)
        await agent.row("lease_regained")
        assert customer.state["owner"] == "agent"


async def test_capacity_is_never_exceeded_and_nobody_waits_beside_a_free_agent(server: Server, people: People) -> None:
    agents = [await people.on_duty(f"crew-{i}", capacity=2, ready=False) for i in range(3)]
    async with Beats(*agents):
        customers = [await people.queued(f"crowd-{i}") for i in range(12)]
        done: Counter[str] = Counter()

        async def work(agent: Peer) -> None:
            mark, held = 0, 0
            while sum(done.values()) < len(customers):
                try:
                    rung = await agent.wait(lambda f: f["type"] == "offer", "offer", mark, patience=1.0)
                except PeerError:
                    continue
                mark = agent.frames.index(rung) + 1
                ident = rung["conversation"]
                try:
                    await agent.ask("accept", conversation=ident)
                except PeerError as error:
                    if error.code in ("offer_over", "already_taken"):
                        continue
                    raise
                held += 1
                assert held <= 2
                await agent.ask("close", conversation=ident)
                held -= 1
                done[ident] += 1

        for agent in agents:
            await agent.ask("presence", ready=True)
        async with asyncio.timeout(40):
            await asyncio.gather(*(work(a) for a in agents))
    assert set(done.values()) == {1}
    assert set(done) == {c.conversation for c in customers}
    assert server.violations() == []


async def test_pulling_past_the_capacity_is_refused(people: People) -> None:
    agent = await people.on_duty("full", capacity=1, ready=False)
    async with Beats(agent):
        one, two = await people.queued("pulled-1"), await people.queued("pulled-2")
        await agent.ask("pull", conversation=one.conversation)
        with pytest.raises(PeerError, match="no_capacity"):
            await agent.ask("pull", conversation=two.conversation)
        assert (await agent.ask("pull", conversation=one.conversation))["type"] == "ack"


async def test_a_position_is_pushed_when_it_changes_and_kept_across_a_cut(people: People) -> None:
    customers = [await people.queued(f"line-{i}") for i in range(3)]
    for place, customer in enumerate(customers, 1):
        await at(customer, place)
    since = customers[2].state["queue"]["since"]
    await customers[2].resume()
    await at(customers[2], 3)
    assert customers[2].state["queue"]["since"] == since
    await customers[0].ask("close")
    await at(customers[1], 1)
    await at(customers[2], 2)


async def test_who_is_away_is_skipped_keeps_his_place_and_is_found_again(people: People) -> None:
    away, here = await people.queued("away"), await people.queued("here")
    watcher = await people.on_duty("watcher", ready=False, capacity=1)
    async with Beats(watcher):
        await away.drop()
        await watcher.wait(
            lambda f: f["type"] == "card" and f["card"]["conversation"] == away.conversation and f["card"]["away"],
            "the absence",
        )
        await watcher.ask("presence", ready=True)
        await accept(watcher, here)
        await away.resume()
        await at(away, 1)
        await watcher.ask("close", conversation=here.conversation)
        await accept(watcher, away)


async def test_nobody_is_rung_for_a_customer_who_left_before_he_was_queued(people: People) -> None:
    """He went while an agent had him; the agent's lease is lost: the next one is not rung for an empty chair."""
    lost = await people.on_duty("gone-agent")
    async with Beats(lost):
        customer = await people.talking("gone-customer", lost)
        await customer.drop()
    await lost.drop()
    watcher = await people.on_duty("second-watcher", ready=False)
    async with Beats(watcher):
        await watcher.wait(
            lambda f: f["type"] == "card" and f["card"]["conversation"] == customer.conversation and f["card"]["away"],
            "the absence",
        )
        await watcher.ask("presence", ready=True)
        marker = await people.queued("marker")
        await accept(watcher, marker)
        assert not any(f["type"] == "offer" and f["conversation"] == customer.conversation for f in watcher.frames)
        await customer.resume()
        await accept(watcher, customer)


async def test_with_nobody_there_a_ticket_is_offered_and_the_place_kept(people: People) -> None:
    customer = await people.queued("nobody-there")
    asked = await customer.row("handoff_asked")
    assert asked["body"]["route"]["nobody"]
    await customer.wait(lambda f: f["type"] == "state" and f["queue"] and f["queue"]["ticket_offered"], "the offer")
    assert "ticket" in customer.state["can"]
    await customer.ask("ticket", text="请回邮件")
    state = await customer.wait(lambda f: f["type"] == "state" and f["tickets"], "the ticket")
    assert (await customer.owner("closed"))["owner"] == "closed"
    assert state["tickets"][0]["promised"] > state["tickets"][0]["opened"]


async def test_before_the_promise_breaks_a_ticket_is_offered_and_nobody_is_closed(people: People) -> None:
    busy = await people.on_duty("busy", capacity=1)
    async with Beats(busy):
        await people.talking("in-the-way", busy)
        customer = await people.queued("promised")
        assert not customer.state["queue"]["ticket_offered"]
        await customer.row("promise_broke")
        await customer.wait(lambda f: f["type"] == "state" and f["queue"] and f["queue"]["ticket_offered"], "the offer")
        assert customer.state["owner"] == "queue"
        assert position(customer) == 1


async def test_visitors_past_their_share_get_a_ticket_and_keep_the_bot(people: People) -> None:
    for _ in range(2):
        assert (await (await people.queued(None)).owner("queue"))["owner"] == "queue"
    third = await people.here(None)
    await third.ask("handoff")
    state = await third.wait(lambda f: f["type"] == "state" and f["tickets"], "the ticket")
    assert state["tickets"][0]["reason"] == "queue_full"
    assert third.state["owner"] == "bot"
    known = await people.queued("known-customer")
    await known.owner("queue")


async def test_an_emergency_skips_the_queue(people: People) -> None:
    first = await people.queued("ordinary-first")
    await at(first, 1)
    urgent = await people.here("urgent")
    await urgent.say("我的账户被盗了，有人正在转走我的币！")
    raised = await urgent.row("emergency_raised")
    assert raised["body"]["checklist"]
    await at(urgent, 1)
    await at(first, 2)
    assert urgent.state["queue"]["emergency"]
