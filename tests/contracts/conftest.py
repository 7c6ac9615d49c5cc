"""Every store, each empty, behind one fixture."""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk
from tests.support.postgres import cluster, postgres_url
from tests.support.stores import opener, store

__all__ = ["cluster", "opener", "postgres_url", "store"]


@pytest.fixture
def desk(store: object) -> Desk:
    return Desk(store)  # type: ignore[arg-type]
