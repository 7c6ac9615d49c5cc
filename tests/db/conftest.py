"""Stores by kind, for what only one kind promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.db.postgresql import PostgresStore
from app.db.sqlite import SqliteStore
from tests.contracts.desk import Desk
from tests.support.postgres import cluster, postgres_url
from tests.support.stores import POLICY, empty

__all__ = ["cluster", "postgres_url"]


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path, POLICY)
    await store.start()
    yield store
    await store.close()


@pytest.fixture
def desk(sqlite: SqliteStore) -> Desk:
    return Desk(sqlite)


@pytest.fixture
async def nodes(postgres_url: str) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    """Two servers on one empty PostgreSQL database."""
    await empty(postgres_url)
    one, two = PostgresStore(postgres_url, POLICY), PostgresStore(postgres_url, POLICY)
    await one.start()
    await two.start()
    yield one, two
    await one.close()
    await two.close()
