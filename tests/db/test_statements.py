"""Statements for many rows: every number of rows is stored, no more and no fewer, and a refused row is undone by
going back to where the batch began."""

from __future__ import annotations

import sqlite3

import pytest

from app.db.sqlite_statements import Group

ROWS = Group("INSERT OR FAIL INTO t (a, b) SELECT * FROM (VALUES ", ") WHERE column1 IS NOT NULL", 2)


@pytest.fixture
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE)")
    return connection


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 31, 32, 33, 200, 512])
def test_as_many_rows_as_were_given(database: sqlite3.Connection, count: int) -> None:
    rows = [(n, f"row {n}") for n in range(count)]
    database.execute(*ROWS.of(rows))
    assert database.execute("SELECT a, b FROM t ORDER BY a").fetchall() == rows


def test_numbers_of_rows_share_few_statements() -> None:
    texts = {ROWS.of([(n, "x")] * count)[0] for count in range(1, 513) for n in [1]}
    assert len(texts) == 10


def test_a_refused_row_is_undone_with_its_neighbours(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO t VALUES (99, 'taken')")
    database.execute("BEGIN")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(*ROWS.of([(1, "one"), (2, "taken"), (3, "three")]))
    assert database.in_transaction
    database.execute("ROLLBACK")
    assert database.execute("SELECT a FROM t").fetchall() == [(99,)]
