"""Reads what a server stored, from beside it or after it ended."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from app.db.folder import DATABASE


def query(folder: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a SQLite data folder, read only."""
    uri = f"file:{quote(str(folder / DATABASE))}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=10.0)) as connection:
        return connection.execute(sql, values).fetchall()


def query_postgres(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a PostgreSQL database."""

    async def fetch() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def conversations(folder: Path, columns: str) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """(id, rows in order) of every conversation; ``columns`` are those of the events table besides its id."""
    current, rows = "", list[tuple[Any, ...]]()
    for conversation, *row in query(folder, f"SELECT conversation, {columns} FROM events ORDER BY conversation, seq"):
        if conversation != current:
            if rows:
                yield current, rows
            current, rows = conversation, []
        rows.append(tuple(row))
    if rows:
        yield current, rows
