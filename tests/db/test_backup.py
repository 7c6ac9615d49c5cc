"""A copy taken while people write, and what can be done with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.db.backup import BadBackup
from app.db.maintenance import restore, verify_log
from app.db.port import StoreLocked
from app.db.postgresql import PostgresStore
from app.db.sqlite import SqliteStore
from tests.contracts.desk import Desk, stored
from tests.support.stores import POLICY, empty


async def test_a_backup_under_load_holds_all_that_was_acknowledged(desk: Desk, tmp_path: Path) -> None:
    cs = [await desk.open(f"u{i}") for i in range(20)]
    acknowledged: list[int] = []
    stop = asyncio.Event()

    async def talk(n: int) -> None:
        i = 0
        while not stop.is_set():
            i += 1
            acknowledged.append(stored(await desk.writes(cs[n], "x" * 2000, f"m{i}")).rows[0].pos)

    talking = [asyncio.create_task(talk(n)) for n in range(20)]
    while len(acknowledged) < 1500:
        await desk.store.ping()
    rows = await desk.store.backup(str(tmp_path / "copy"))
    before = list(acknowledged)
    stop.set()
    await asyncio.gather(*talking)
    assert max(before) <= rows
    fresh = tmp_path / "fresh"
    assert await asyncio.to_thread(restore, None, fresh, tmp_path / "copy") == rows
    assert verify_log(None, fresh) == []
    again = SqliteStore(fresh, POLICY)
    await again.start()
    assert {row.pos for row in await again.feed(0, limit=rows + 1)} >= set(before)
    stored(await Desk(again).writes(cs[0], "goes on", "other"))
    await again.close()
    assert not (tmp_path / "copy-wal").exists(), "one single file"


async def test_a_restore_needs_an_empty_folder_and_a_sound_file(desk: Desk, tmp_path: Path) -> None:
    await desk.open()
    copy = tmp_path / "copy"
    await desk.store.backup(str(copy))
    with pytest.raises(BadBackup, match="exists"):
        await desk.store.backup(str(copy))
    with pytest.raises(StoreLocked):
        await asyncio.to_thread(restore, None, tmp_path, copy)
    await desk.store.close()
    with pytest.raises(BadBackup, match="empty folder"):
        await asyncio.to_thread(restore, None, tmp_path, copy)
    with pytest.raises(BadBackup, match="not there"):
        await asyncio.to_thread(restore, None, tmp_path / "new", tmp_path / "nowhere")
    copy.write_bytes(b"something else" * 1000)
    with pytest.raises(BadBackup, match="not a database"):
        await asyncio.to_thread(restore, None, tmp_path / "new", copy)


async def test_a_desk_moves_from_sqlite_to_postgresql_and_back(desk: Desk, tmp_path: Path, postgres_url: str) -> None:
    await desk.hires("mei", capacity=2)
    c = await desk.talking("u1", "mei")
    await desk.store.save_document("hours", {"mon": 1})
    await desk.store.backup(str(tmp_path / "one"))

    await empty(postgres_url)
    assert await asyncio.to_thread(restore, postgres_url, tmp_path, tmp_path / "one") == 3
    with pytest.raises(BadBackup, match="not empty"):
        await asyncio.to_thread(restore, postgres_url, tmp_path, tmp_path / "one")
    server = PostgresStore(postgres_url, POLICY)
    await server.start()
    there = Desk(server)
    assert await server.conversation(c.id) == c
    assert await server.rows(c.id, 0, "staff") == await desk.store.rows(c.id, 0, "staff")
    stored(await there.writes(c, "on PostgreSQL", "m1"))
    assert await server.backup(str(tmp_path / "two")) == 4
    await server.close()

    await asyncio.to_thread(restore, None, tmp_path / "back", tmp_path / "two")
    assert verify_log(None, tmp_path / "back") == []
    back = SqliteStore(tmp_path / "back", POLICY)
    await back.start()
    assert stored(await Desk(back).writes(c, "again", "m1")).duplicate
    assert await back.document("hours") == {"mon": 1}
    assert await back.loads() == {"mei": 1}
    await back.close()
