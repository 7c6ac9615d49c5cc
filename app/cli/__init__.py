"""The ``honeydesk`` command. Results go to stdout as JSON, everything else to stderr."""

from __future__ import annotations

from app.cli.commands import main

__all__ = ["main"]
