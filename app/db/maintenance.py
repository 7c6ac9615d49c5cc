"""What the command line does to a database without a running store: look at it, or fill an empty one. Blocking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, StaticPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from app.db.backup import restore_sqlite, restore_tables
from app.db.folder import DATABASE, read_only
from app.db.port import Signer, StoreUnavailable
from app.db.verify import Violation, verify

T = TypeVar("T")


def verify_log(url: str | None, data_dir: Path, signer: Signer | None = None, limit: int = 100) -> list[Violation]:
    """The first violations in the log of these settings, none when all is well. Reads one snapshot, also beside a
    running server. ``data_dir`` may be a backup file. Raises ``StoreUnavailable``."""

    def check(connection: Connection) -> list[Violation]:
        return list(islice(verify(connection, signer), limit))

    if url is not None:
        return asyncio.run(_on_postgres(url, check, "REPEATABLE READ"))
    with sqlite_log(data_dir) as connection:
        return check(connection)


def restore(url: str | None, data_dir: Path, path: Path) -> int:
    """Fill an empty data folder or an empty PostgreSQL database from a backup. Returns the number of event rows.
    Raises ``BadBackup``, ``StoreLocked`` or ``StoreUnavailable``; then nothing was changed."""
    if url is None:
        return restore_sqlite(path, data_dir)
    return asyncio.run(_on_postgres(url, lambda connection: restore_tables(str(path), connection), "READ COMMITTED"))


@contextmanager
def sqlite_log(folder: Path) -> Iterator[Connection]:
    """A reading connection to a data folder's database, or to a backup file."""
    path = folder / DATABASE if folder.is_dir() else folder
    if not path.is_file():
        raise StoreUnavailable(f"{path} is not there")
    engine = create_engine("sqlite://", creator=lambda: read_only(path), poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            # One snapshot for all passes: a running server goes on writing.
            connection.exec_driver_sql("BEGIN")
            yield connection
    except DBAPIError as error:
        raise StoreUnavailable(str(error.orig)) from error
    finally:
        engine.dispose()


async def _on_postgres(url: str, do: Callable[[Connection], T], isolation: str) -> T:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level=isolation)
            async with connection.begin():
                return await connection.run_sync(do)
    except (DBAPIError, OSError) as error:
        raise StoreUnavailable(str(error)) from error
    finally:
        await engine.dispose()
