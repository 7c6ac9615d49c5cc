"""What only the SQLite store promises: one writer, one folder, group commit, and no word before it is on disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.db.maintenance import verify_log
from app.db.port import Opening, StoreLocked, StoreUnavailable
from app.db.sqlite import SqliteStore
from conversation import events as ev
from tests.contracts.desk import Desk, opened, refused, says, stored
from tests.support.stores import POLICY


async def test_the_writer_syncs_every_commit(sqlite: SqliteStore) -> None:
    pragmas = ("synchronous", "journal_mode", "foreign_keys")
    read = [await sqlite._write(lambda c, p=p: c.exec_driver_sql(f"PRAGMA {p}").scalar()) for p in pragmas]  # type: ignore[misc]
    assert read == [2, "wal", 1]


async def test_readers_cannot_write(sqlite: SqliteStore) -> None:
    with pytest.raises(StoreUnavailable, match="readonly"):
        await sqlite._read(lambda c: c.execute(text("DELETE FROM events")))


async def test_a_folder_has_one_server(sqlite: SqliteStore, tmp_path: Path) -> None:
    other = SqliteStore(tmp_path, POLICY)
    with pytest.raises(StoreLocked):
        await other.start()
    await sqlite.close()
    await other.start()
    await other.close()
    with pytest.raises(StoreUnavailable):
        await other.submit(Opening("c", opened(), "customer:u1", 1.0))


async def test_a_folder_that_cannot_be_used_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable):
        await SqliteStore(tmp_path / "file", POLICY).start()
    (tmp_path / "honeydesk.db").write_bytes(b"no database" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await SqliteStore(tmp_path, POLICY).start()


async def test_what_is_queued_shares_a_commit(desk: Desk) -> None:
    cs = [await desk.open(f"u{i}") for i in range(10)]
    before = (await desk.store.stats())["commits"]
    await asyncio.gather(*(desk.writes(c, f"{i}") for c in cs for i in range(40)))
    assert (await desk.store.stats())["commits"] - before <= 4


async def test_closing_stores_what_was_submitted(sqlite: SqliteStore, tmp_path: Path) -> None:
    desk = Desk(sqlite)
    c = await desk.open()
    results = [asyncio.ensure_future(desk.writes(c, f"{i}")) for i in range(100)]
    await asyncio.sleep(0)
    await sqlite.close()
    assert [stored(await r).conversation.seq for r in results] == list(range(2, 102))
    assert verify_log(None, tmp_path) == []


async def test_conversations_beyond_the_remembered_ones_are_read_again(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, POLICY, live_size=3)
    await store.start()
    desk = Desk(store)
    cs = [await desk.open(f"u{i}") for i in range(10)]
    for _ in range(3):
        await asyncio.gather(*(desk.writes(c, "hello") for c in cs))
    assert [stored(await desk.opens(f"u{i}")).conversation.seq for i in range(10)] == [4] * 10
    assert len([c for c in cs if store._writer and store._writer.cached(c.id)]) == 3
    await store.close()
    assert verify_log(None, tmp_path) == []


async def test_a_retry_in_the_middle_of_a_batch_spares_the_others(desk: Desk) -> None:
    c, other = await desk.open("u1"), await desk.open("u2")
    await desk.writes(c, "old", "m1")
    results = await asyncio.gather(
        desk.writes(other, "a", "m1"), desk.writes(c, "old", "m1"), desk.writes(c, "new", "m2"), desk.writes(other, "b")
    )
    assert [stored(r).duplicate for r in results] == [False, True, False, False]
    assert [stored(r).conversation.seq for r in results] == [2, 2, 3, 3]


async def test_a_row_the_database_refuses_is_refused_alone(desk: Desk) -> None:
    c = await desk.open("u1")
    twin = Opening(c.id, opened("u2"), "customer:u2", desk.at, says(ev.CustomerWrote("x")), "m1")
    before, collision, after = await asyncio.gather(
        desk.writes(c, "a", "m1"), desk.store.submit(twin), desk.writes(c, "b", "m2")
    )
    assert refused(collision) == "conflict"
    assert [stored(before).conversation.seq, stored(after).conversation.seq] == [2, 3]
    assert await desk.store.current("u2", "general") is None


async def test_a_full_disk_acknowledges_nothing_and_passes(desk: Desk, sqlite: SqliteStore, tmp_path: Path) -> None:
    c = await desk.open()
    stored(await desk.writes(c, "before", "m0"))
    pages = await sqlite._write(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
    await sqlite._write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}"))
    long = "x" * 100_000
    results = await asyncio.gather(*(desk.writes(c, long, f"m{i}") for i in range(1, 9)), return_exceptions=True)
    assert {type(r) for r in results} == {StoreUnavailable}
    with pytest.raises(StoreUnavailable, match="full"):
        await desk.store.save_document("big", long)
    await sqlite._write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000"))
    await desk.store.ping()
    again = [stored(await desk.writes(c, long, f"m{i}")) for i in range(9)]
    assert [r.duplicate for r in again] == [True] + [False] * 8
    await sqlite.close()
    assert verify_log(None, tmp_path) == []


async def test_small_writes_fail_alone(sqlite: SqliteStore) -> None:
    def bug(_: object) -> None:
        raise ZeroDivisionError

    bad = asyncio.ensure_future(sqlite._write(bug))
    good = asyncio.ensure_future(sqlite.save_document("k", 1))
    with pytest.raises(ZeroDivisionError):
        await bad
    await good
    with pytest.raises((StoreUnavailable, OperationalError)):
        await sqlite._write(lambda c: c.execute(text("SELECT * FROM nowhere")))
    assert await sqlite.document("k") == 1
