"""What only the PostgreSQL store promises: several servers on one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.db.maintenance import verify_log
from app.db.port import StoreUnavailable
from app.db.postgresql import PostgresStore
from conversation import events as ev
from tests.contracts.desk import Desk, stored
from tests.support.postgres import Cluster
from tests.support.stores import POLICY, empty

Nodes = tuple[PostgresStore, PostgresStore]


async def sound(url: str) -> bool:
    """Whether the log holds together; in a thread, since it runs a loop of its own."""
    found = await asyncio.to_thread(verify_log, url, None)  # type: ignore[arg-type]
    assert found == []
    return True


async def test_claimers_on_two_servers_never_exceed_capacity(nodes: Nodes, postgres_url: str) -> None:
    one, two = map(Desk, nodes)
    await one.hires("mei", capacity=3)
    await one.hires("lee", capacity=2)
    waiting = [await one.waiting(f"u{i}") for i in range(20)]
    results = await asyncio.gather(
        *(desk.pulls(c, agent) for c in waiting for agent in ("mei", "lee") for desk in (one, two))
    )
    won = [r for r in results if not hasattr(r, "code")]
    assert len(won) == 5
    assert await one.store.loads() == {"mei": 3, "lee": 2}
    assert {r.code for r in results if hasattr(r, "code")} <= {"no_capacity", "already_taken", "already_yours"}
    assert await sound(postgres_url)


async def test_claims_and_releases_on_two_servers_stay_within_capacity(nodes: Nodes, postgres_url: str) -> None:
    desks = [Desk(node) for node in nodes]
    await desks[0].hires("mei", capacity=2)
    waiting = [await desks[0].waiting(f"u{i}") for i in range(12)]

    async def work(desk: Desk, half: int) -> int:
        served = 0
        for _ in range(40):
            for c in waiting[half::2]:
                if not hasattr(await desk.pulls(c, "mei"), "code"):
                    stored(await desk.closes(c, "mei"))
                    served += 1
            if served == 6:
                break
        return served

    assert await asyncio.gather(*(work(desk, half) for half, desk in enumerate(desks))) == [6, 6]
    assert await sound(postgres_url)


async def test_two_servers_write_into_one_conversation(nodes: Nodes, postgres_url: str) -> None:
    one, two = map(Desk, nodes)
    c = await one.open()
    results = await asyncio.gather(*(desk.writes(c, f"{i}") for i in range(60) for desk in (one, two)))
    assert sorted(stored(r).rows[0].seq for r in results) == list(range(2, 122))
    assert await sound(postgres_url)


async def test_two_servers_open_one_conversation_per_customer(nodes: Nodes, postgres_url: str) -> None:
    one, two = map(Desk, nodes)
    two._fresh = iter(range(1000, 2000))  # type: ignore[assignment]
    customers = [f"u{i % 10}" for i in range(40)]
    results = await asyncio.gather(*(desk.opens(u) for u in customers for desk in (one, two)))
    assert len({stored(r).conversation.id for r in results}) == 10
    assert await sound(postgres_url)


async def test_a_retry_on_another_server_is_stored_once(nodes: Nodes) -> None:
    one, two = map(Desk, nodes)
    c = await one.open()
    results = await asyncio.gather(*(desk.writes(c, "x", f"m{i}") for i in range(20) for desk in (one, two)))
    assert sum(stored(r).duplicate for r in results) == 20
    assert len(await one.store.rows(c.id, 0, "staff")) == 21


async def test_a_command_the_database_cannot_store_fails_alone(nodes: Nodes) -> None:
    desk = Desk(nodes[0])
    c = await desk.open()
    huge = ev.HandoffAsked("button", ev.ToQueue("g", "en", order=1.0, promise=2.0, lane=2**40))
    bad, good = await asyncio.gather(
        desk.does((await desk.open("u2")).id, huge), desk.writes(c, "fine"), return_exceptions=True
    )
    assert isinstance(bad, asyncpg.DataError)
    assert stored(good).conversation.seq == 2  # type: ignore[arg-type]


async def test_the_feed_waits_for_a_transaction_that_holds_an_earlier_position(nodes: Nodes, postgres_url: str) -> None:
    desk = Desk(nodes[0])
    c = await desk.open()
    slow = await asyncpg.connect(postgres_url)
    try:
        held = slow.transaction()
        await held.start()
        await slow.execute("SELECT pg_current_xact_id()")
        early = await slow.fetchval("SELECT nextval(pg_get_serial_sequence('events', 'pos'))")
        late = stored(await desk.writes(c, "later position, committed first")).rows[0].pos
        assert late > early
        assert [row.pos for row in await desk.store.feed(0)] == [early - 1]
        await held.rollback()
        assert [row.pos for row in await desk.store.feed(0)] == [early - 1, late], "the hole is one for good"
        assert [row.pos for row in await nodes[1].feed(0)] == [early - 1, late]
    finally:
        await slow.close()


async def test_a_reader_beside_two_writers_misses_nothing(nodes: Nodes) -> None:
    one, two = map(Desk, nodes)
    cs = [await one.open(f"u{i}") for i in range(6)]
    writing = asyncio.gather(*(d.writes(c, f"{i}") for i in range(40) for c in cs for d in (one, two)))
    seen: list[int] = []
    async with asyncio.timeout(30):
        while len(seen) < 6 + 480:
            rows = await two.store.feed(seen[-1] if seen else 0, limit=50)
            seen += [row.pos for row in rows]
    await writing
    assert seen == sorted(seen)
    assert len(set(seen)) == 486


@pytest.fixture
async def restartable(cluster: Cluster) -> AsyncIterator[tuple[PostgresStore, Cluster]]:
    await empty(cluster.url())
    store = PostgresStore(cluster.url(), POLICY)
    await store.start()
    yield store, cluster
    await store.close()


@pytest.mark.server
async def test_after_the_database_restarts_the_store_goes_on(restartable: tuple[PostgresStore, Cluster]) -> None:
    store, cluster = restartable
    desk = Desk(store)
    c = await desk.open()
    stored(await desk.writes(c, "before", "m0"))
    await asyncio.to_thread(cluster.stop, "immediate")
    with pytest.raises(StoreUnavailable):
        await desk.writes(c, "meanwhile", "m1")
    with pytest.raises(StoreUnavailable):
        await store.rows(c.id, 0, "staff")
    with pytest.raises(StoreUnavailable):
        await store.ping()
    await asyncio.to_thread(cluster.start)
    assert [stored(await desk.writes(c, "again", m)).duplicate for m in ("m0", "m1")] == [True, False]
    assert len(await store.rows(c.id, 0, "staff")) == 3
    await store.ping()


async def test_no_server_is_said_so() -> None:
    store = PostgresStore("postgresql://nobody@127.0.0.1:1/nothing", POLICY)
    with pytest.raises(StoreUnavailable):
        await store.start()
