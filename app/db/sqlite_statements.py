"""The SQLite writer's few statements, compiled once by Core to text with positional parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import bindparam

from app.db import schema
from app.db.plan import EVENT_COLUMNS
from app.db.snapshot import IDENTITY, MOVING, Moving
from app.db.sql import cv

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=2000", "cache_size=-16000")
"""Checkpoints every 2,000 pages (8 MB), 16 MB of pages kept."""

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


EVENT = _positional(insert(schema.events).values({name: bindparam(name) for name in ("pos", *EVENT_COLUMNS)}))
_OPENED_COLUMNS = ("id", *IDENTITY, *MOVING, "head", "signature")
OPENED = _positional(insert(schema.conversations).values({name: bindparam(name) for name in _OPENED_COLUMNS}))
_FULL_COLUMNS = (*MOVING, "head", "signature")
FULL = _update(_FULL_COLUMNS)
_LIGHT_COLUMNS = (*(name for name in MOVING if name not in STILL), "head")
LIGHT = _update(_LIGHT_COLUMNS)
_TALK_COLUMNS = ("seq", "head")
TALK = _update(_TALK_COLUMNS)
"""Nothing but the number and the head moved."""
_LIGHT_INDEXES = tuple(MOVING.index(name) for name in MOVING if name not in STILL)
for _columns in (_OPENED_COLUMNS, _FULL_COLUMNS, _LIGHT_COLUMNS, _TALK_COLUMNS):
    if _columns != _in_table_order(_columns):
        raise AssertionError(f"{_columns} are not in the table's order")


def talk(values: Moving) -> list[Any]:
    """The parameters of ``LIGHT`` but for head and id."""
    return [values[i] for i in _LIGHT_INDEXES]
