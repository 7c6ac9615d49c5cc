"""Empty stores of each kind, started and closed around a test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from app.db.open import open_store
from app.db.port import Store
from conversation import Policy

POLICY = Policy()
KINDS = ("memory", "sqlite", "postgresql")
Opener = Callable[[], Awaitable[Store]]


async def empty(url: str) -> None:
    """Leave nothing of an earlier test in a PostgreSQL database."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        own = [row["tablename"] for row in tables if row["tablename"] != "alembic_version"]
        if own:
            await connection.execute(f"TRUNCATE {', '.join(own)} RESTART IDENTITY")
    finally:
        await connection.close()


@pytest.fixture(params=KINDS)
async def opener(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens one more store on the same, at first empty, database; all are closed at the end."""
    kind: str = request.param
    url = "memory:" if kind == "memory" else None
    if kind == "postgresql":
        url = request.getfixturevalue("postgres_url")
        await empty(url)
    stores: list[Store] = []

    async def open_one() -> Store:
        store = open_store(url, tmp_path, POLICY)
        await store.start()
        stores.append(store)
        return store

    yield open_one
    for store in stores:
        await store.close()


@pytest.fixture
async def store(opener: Opener) -> Store:
    return await opener()
