"""How commands speak: JSON on stdout, errors as one line on stderr with a stable code, exit code 1."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import orjson
import typer


def say(value: Any) -> None:
    """One JSON value on one line."""
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """For people: stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def fail(code: str, message: str) -> NoReturn:
    tell(f"honeydesk: {code}: {message}")
    raise typer.Exit(1)
