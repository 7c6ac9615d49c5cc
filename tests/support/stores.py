"""Empty stores of each kind, started and closed around a test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from app.db.open import open_store
from app.db.port import Store
from conversation import Policy

POLICY = Policy()
KINDS = ("memory", "sqlite")
Opener = Callable[[], Awaitable[Store]]


@pytest.fixture(params=KINDS)
async def opener(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens one more store on the same, at first empty, database; all are closed at the end."""
    kind: str = request.param
    url = {"memory": "memory:", "sqlite": None}[kind]
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
