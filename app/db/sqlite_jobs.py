"""What is handed to the SQLite writer, and how its answers come back to the event loop."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from app.db.outcome import Promise
from app.db.port import Command, Opening

Work = Callable[[Connection], Any]
"""A small write of its own, run in the batch's transaction under a savepoint; may be run again after a rollback."""
Item = tuple["Command | Opening | Work | Between | None", "Promise"]


class Between:
    """Work that needs the connection outside a transaction: ``do(dbapi connection, serve)``, where ``serve``
    lets waiting commands through."""

    def __init__(self, do: Callable[[sqlite3.Connection, Callable[[], None]], Any]) -> None:
        self.do = do


Answer = tuple["Promise", Any, "BaseException | None"]


def resolve(answers: list[Answer]) -> None:
    """In the event loop: all answers of one commit."""
    for future, value, error in answers:
        if future.done():
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
