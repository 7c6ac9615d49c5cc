"""The migrations make the tables of ``schema``, and these refuse a state that carries another state's data."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import IntegrityError

from app.db import migrate, schema
from app.db.postgresql import PostgresStore
from app.db.sqlite import SqliteStore
from app.db.tickets import short_form
from tests.contracts.desk import Desk


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), schema.metadata))


def checks(connection: Connection) -> dict[str, set[str]]:
    tables = inspect(connection)
    return {
        name: {str(check["name"]) for check in tables.get_check_constraints(name)} for name in schema.metadata.tables
    }


CHECKS = {
    name: {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
    for name, table in schema.metadata.tables.items()
}


async def test_migrated_sqlite_is_the_schema(sqlite: SqliteStore) -> None:
    assert await sqlite._read(differences) == []
    assert await sqlite._read(checks) == CHECKS


async def test_migrated_postgresql_is_the_schema(nodes: tuple[PostgresStore, PostgresStore]) -> None:
    assert await nodes[0]._read(differences) == []
    assert await nodes[0]._read(checks) == CHECKS


def test_migrating_again_changes_nothing() -> None:
    with create_engine("sqlite://").connect() as connection:
        assert migrate.version(connection) is None
        migrate.upgrade(connection)
        migrate.upgrade(connection)
        assert migrate.version(connection) == migrate.newest()
        connection.rollback()


@pytest.mark.parametrize(
    "wrong",
    [
        "kind = 'with_agent'",
        "kind = 'queued'",
        "agent = 'mei'",
        "lane = 1, queue_order = 1.0",
        "deadline = NULL",
        "kind = 'closed'",
        "kind = 'asleep'",
        "signature = x'00'",
    ],
)
async def test_a_state_carries_exactly_its_own_data(desk: Desk, sqlite: SqliteStore, wrong: str) -> None:
    await desk.open()
    with pytest.raises(IntegrityError, match="CHECK"):
        await sqlite._write(lambda c: c.exec_driver_sql(f"UPDATE conversations SET {wrong}"))


def test_short_forms_can_be_read_aloud() -> None:
    forms = {short_form(f"ticket-{i}") for i in range(1000)}
    assert len(forms) == 1000
    assert not set("".join(forms)) & set("ILOU")
    assert {len(form) for form in forms} == {9}
