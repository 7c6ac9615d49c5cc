"""A log that was tampered with, in each way that ``verify`` names."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db.folder import DATABASE
from app.db.maintenance import verify_log
from app.db.sqlite import SqliteStore
from conversation import Policy
from conversation import events as ev
from tests.contracts.desk import Desk, stored


class Key:
    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    def sign(self, data: bytes, /) -> bytes:
        return self._key.sign(data)

    def verify(self, signature: bytes, data: bytes, /) -> bool:
        try:
            self._key.public_key().verify(signature, data)
        except InvalidSignature:
            return False
        return True


KEY = Key()
Tamper = Callable[[str], list[tuple[str, int]]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = SqliteStore(tmp_path, Policy(), KEY)
    await store.start()
    yield Desk(store)
    await store.close()


async def day(desk: Desk) -> None:
    """``u1`` was served and rated, ``u2`` talks to mei, ``u3`` waits."""
    await desk.hires("mei", capacity=1)
    one = await desk.waiting("u1")
    await desk.offers(one, "mei")
    await desk.accepts(one, "mei")
    await desk.writes(one, "hello", "m1")
    await desk.closes(one, "mei")
    await desk.does(one.id, ev.Rated(2, 5), author="customer:u1")
    two = await desk.talking("u2", "mei")
    await desk.writes(two, "hello", "m1")
    await desk.waiting("u3")


@pytest.fixture
async def tamper(desk: Desk, tmp_path: Path) -> Tamper:
    """Runs SQL on the closed database of a day's work and returns the violations as (code, seq)."""
    await day(desk)
    await desk.store.close()

    def do(sql: str) -> list[tuple[str, int]]:
        connection = sqlite3.connect(tmp_path / DATABASE)
        try:
            connection.executescript(sql)
        finally:
            connection.close()
        return [(v.code, v.seq) for v in verify_log(None, tmp_path, KEY)]

    return do


async def test_a_days_log_is_sound_also_while_the_server_runs(desk: Desk, tmp_path: Path) -> None:
    await day(desk)
    assert verify_log(None, tmp_path, KEY) == []


def test_a_changed_body(tamper: Tamper) -> None:
    changed = "UPDATE events SET body = replace(body, 'hello', 'hullo') WHERE conversation = 'u1-general-1' AND seq = 5"
    assert tamper(changed) == [("body_hash", 5)]


def test_a_changed_header(tamper: Tamper) -> None:
    assert ("hash", 5) in tamper("UPDATE events SET at = at + 1 WHERE conversation = 'u1-general-1' AND seq = 5")


def test_a_removed_row(tamper: Tamper) -> None:
    found = tamper("DELETE FROM events WHERE conversation = 'u2-general-2' AND seq = 3")
    assert [code for code, _ in found][:2] == ["gap", "hash"]


def test_a_removed_last_row(tamper: Tamper) -> None:
    found = tamper("DELETE FROM events WHERE conversation = 'u2-general-2' AND seq = 4")
    assert found == [("snapshot", 3)]


def test_a_removed_log(tamper: Tamper) -> None:
    assert tamper("DELETE FROM events WHERE conversation = 'u3-general-3'") == [("orphan", 0)]


def test_a_removed_conversation(tamper: Tamper) -> None:
    assert tamper("DELETE FROM conversations WHERE id = 'u3-general-3'") == [("orphan", 0)]


def test_a_changed_snapshot(tamper: Tamper) -> None:
    assert tamper("UPDATE conversations SET agent = 'lee' WHERE agent = 'mei'") == [("snapshot", 4)]


def test_a_truncated_closed_conversation_has_a_wrong_signature(tamper: Tamper) -> None:
    forged = """
    DELETE FROM events WHERE conversation = 'u1-general-1' AND seq = 7;
    UPDATE conversations SET seq = 6, head = (SELECT hash FROM events WHERE conversation = 'u1-general-1' AND seq = 6)
    WHERE id = 'u1-general-1';
    """
    assert tamper(forged) == [("signature", 6)]


def test_a_missing_signature(tamper: Tamper) -> None:
    assert tamper("UPDATE conversations SET signature = NULL") == [("signature", 7)]


def test_a_doubled_client_id(tamper: Tamper) -> None:
    doubled = """
    DROP INDEX uq_events_client_id_author;
    INSERT INTO events SELECT 999, 'u2-general-2', 5, at, segment, author, client_id, kind, audience, holder, NULL,
    body, salt, body_hash, hash FROM events WHERE conversation = 'u2-general-2' AND seq = 4;
    """
    assert ("duplicate", 0) in tamper(doubled)


def test_capacity_exceeded(tamper: Tamper) -> None:
    found = tamper("UPDATE events SET capacity = 0 WHERE kind = 'pulled'")
    assert ("capacity", 3) in found
    assert ("hash", 3) in found, "the allowance is part of the header"


def test_another_key(tamper: Tamper, tmp_path: Path) -> None:
    assert tamper("") == []
    assert [v.code for v in verify_log(None, tmp_path, Key())] == ["signature"]


async def test_a_row_that_the_table_could_not_write(desk: Desk, tmp_path: Path) -> None:
    """The bot's answer over an agent, with all hashes right: only the replay shows it."""
    from app.db.chain import body_hash, header, link
    from app.db.snapshot import MOVING

    await desk.hires("mei")
    c = await desk.talking("u1", "mei")
    rows = await desk.store.rows(c.id, 0, "staff")
    await desk.store.close()
    connection = sqlite3.connect(tmp_path / DATABASE)
    (head,) = connection.execute("SELECT head FROM conversations").fetchone()
    values = (c.id, 4, 1000.0, 3, "bot", None, "bot_answered", "customer", "mei", None)
    body, salt = '{"turn":1,"text":"late"}', bytes(16)
    hashed = body_hash(salt, body.encode())
    row = (rows[-1].pos + 1, *values, body, salt, hashed, link(head, header(values), hashed))
    connection.execute(f"INSERT INTO events VALUES ({','.join('?' * len(row))})", row)
    connection.execute("UPDATE conversations SET seq = 4, head = ?", (row[-1],))
    connection.commit()
    connection.close()
    assert "seq" in MOVING
    assert [(v.code, v.detail) for v in verify_log(None, tmp_path)] == [("illegal", "bot_answered is stale_turn")]


async def test_an_erased_conversation_keeps_its_chain(desk: Desk, tmp_path: Path) -> None:
    await day(desk)
    assert await desk.store.erase("u1-general-1") == 7
    assert verify_log(None, tmp_path, KEY) == []
    stored(await desk.does("u1-general-1", ev.Noted("mei", "erased on request"), author="agent:mei"))
    assert verify_log(None, tmp_path, KEY) == []
    await desk.store.close()
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("UPDATE events SET author = 'customer:u9' WHERE conversation = 'u1-general-1' AND seq = 5")
    connection.commit()
    connection.close()
    assert [(v.code, v.seq) for v in verify_log(None, tmp_path, KEY)] == [("hash", 5)]


async def test_a_capacity_lowered_later_accuses_nobody(desk: Desk, tmp_path: Path) -> None:
    await desk.hires("mei", capacity=2)
    await desk.talking("u1", "mei")
    await desk.talking("u2", "mei")
    mei = await desk.store.staff("mei")
    assert mei is not None
    await desk.store.save_staff(replace(mei, capacity=1))
    assert verify_log(None, tmp_path, KEY) == []
    assert await desk.store.loads() == {"mei": 2}


async def test_another_policy_does_not_matter(desk: Desk, tmp_path: Path) -> None:
    await day(desk)
    await desk.store.close()
    store = SqliteStore(tmp_path, Policy(bot_idle=5.0, agent_idle=6.0, max_wait=7.0, bot_answer=1.0), KEY)
    await store.start()
    again = Desk(store)
    await again.open("u9")
    await again.asks_person(await again.open("u8"))
    await store.close()
    assert verify_log(None, tmp_path, KEY) == []
