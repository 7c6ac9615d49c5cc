"""Which store a setting means."""

from __future__ import annotations

from pathlib import Path

from app.db.memory import MemoryStore
from app.db.port import Signer, Store
from app.db.sqlite import SqliteStore
from conversation import Policy


def open_store(url: str | None, data_dir: Path, policy: Policy, signer: Signer | None = None) -> Store:
    """None: SQLite in ``data_dir``. ``memory:``: nothing on disk. ``postgresql://...``: that server.
    The store is not started yet. Raises ValueError for another scheme."""
    if url is None:
        return SqliteStore(data_dir, policy, signer)
    scheme = url.partition(":")[0]
    if scheme == "memory":
        return MemoryStore(policy, signer)
    if scheme in ("postgresql", "postgres"):
        # A driver, 10 MB, that a desk on SQLite need not load.
        from app.db.postgresql import PostgresStore

        return PostgresStore(url, policy, signer)
    raise ValueError(f"no store for {scheme}:")
