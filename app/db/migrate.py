"""Brings a database to the present schema, from empty or from any earlier version, before a writer opens."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

SCRIPTS = Path(__file__).parent / "migrations"

_alone = threading.Lock()
"""Alembic keeps the running migration in module globals."""


def config(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def upgrade(connection: Connection) -> None:
    """Run what is missing, on this connection; the caller owns the transaction."""
    with _alone:
        command.upgrade(config(connection), "head")


def version(connection: Connection) -> str | None:
    """The schema's version in this database; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The version this program writes."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return ScriptDirectory.from_config(settings).get_current_head()
