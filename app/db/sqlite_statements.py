"""The SQLite writer's few statements, compiled once by Core to text with positional parameters."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.expression import bindparam

from app.db import schema
from app.db.plan import EVENT_COLUMNS
from app.db.snapshot import IDENTITY, MOVING, Moving
from app.db.sql import cv

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=4000", "cache_size=-8000")
"""Checkpoints every 4,000 pages (16 MB), 8 MB of pages kept."""

STILL = ("kind", "agent", "lane", "queue_order")
"""Indexed columns that a message does not change: left out of the update, their indexes are not touched."""


def _positional(statement: Any) -> str:
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


def _update(columns: Sequence[str]) -> str:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    return _positional(update(schema.conversations).where(cv.id == bindparam("which")).values(values))


def _in_table_order(columns: Sequence[str]) -> tuple[str, ...]:
    # Core writes SET clauses and column lists in the table's order, whatever order they are named in.
    return tuple(c.name for c in schema.conversations.columns if c.name in set(columns))


_OPENED_COLUMNS = ("id", *IDENTITY, *MOVING, "head", "signature")
OPENED = _positional(insert(schema.conversations).values({name: bindparam(name) for name in _OPENED_COLUMNS}))
_FULL_COLUMNS = (*MOVING, "head", "signature")
FULL = _update(_FULL_COLUMNS)
_LIGHT_COLUMNS = (*(name for name in MOVING if name not in STILL), "head")
LIGHT = _update(_LIGHT_COLUMNS)
_LIGHT_INDEXES = tuple(MOVING.index(name) for name in MOVING if name not in STILL)
for _columns in (_OPENED_COLUMNS, _FULL_COLUMNS, _LIGHT_COLUMNS):
    if _columns != _in_table_order(_columns):
        raise AssertionError(f"{_columns} are not in the table's order")


def talk(values: Moving) -> list[Any]:
    """The parameters of ``LIGHT`` but for head and id."""
    return [values[i] for i in _LIGHT_INDEXES]


def run(connection: sqlite3.Connection, text: str, parameters: tuple[Any, ...] = ()) -> None:
    """What every commit executes, without SQLAlchemy's layers between; raises SQLAlchemy's errors."""
    try:
        connection.execute(text, parameters)
    except sqlite3.IntegrityError as error:
        raise IntegrityError(text, None, error) from error
    except sqlite3.Error as error:
        raise DBAPIError(text, None, error) from error


class Group:
    """One statement for many rows: a step of its own for every row would let go of the interpreter and fight for it
    again at each. The number of rows is filled up to a power of two with rows of NULL, which the statement passes
    over, so that a dozen texts serve every batch and stay prepared. ``OR FAIL`` keeps no copy of the pages for undoing
    the statement alone: whoever meets a constraint rolls back to where he began."""

    def __init__(self, head: str, tail: str, columns: int) -> None:
        self._head, self._tail = head, tail
        self._row = f"({', '.join('?' * columns)})"
        self._nothing = (None,) * columns
        self._texts: dict[int, str] = {}

    def of(self, rows: Sequence[tuple[Any, ...]]) -> tuple[str, tuple[Any, ...]]:
        """Text and parameters for at least one row; the first column of a row is never NULL."""
        size = 1 << (len(rows) - 1).bit_length()
        text = self._texts.get(size)
        if text is None:
            text = self._texts[size] = self._head + ", ".join([self._row] * size) + self._tail
        filled = chain(chain.from_iterable(rows), self._nothing * (size - len(rows)))
        return text, tuple(filled)


EVENTS = Group(
    f"INSERT OR FAIL INTO events (pos, {', '.join(EVENT_COLUMNS)}) SELECT * FROM (VALUES ",  # noqa: S608 - our own names
    ") WHERE column1 IS NOT NULL",
    1 + len(EVENT_COLUMNS),
)
TALKS = Group(
    "WITH longer (id, seq, head) AS (VALUES ",
    ") UPDATE OR FAIL conversations SET seq = longer.seq, head = longer.head FROM longer"
    " WHERE conversations.id = longer.id",
    3,
)
"""Nothing but the number and the head moved."""
