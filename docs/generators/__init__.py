"""The reference pages that are made from the code. ``python -m docs.generators`` writes them; ``--check`` compares.

To add a page: a module with ``page() -> str`` and one line in ``PAGES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from docs.generators import asyncapi, cli, client, errors, frames, http, settings

REFERENCE = Path(__file__).resolve().parent.parent / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": settings.page,
    "errors.md": errors.page,
    "frames.md": frames.page,
    "cli.md": cli.page,
    "client.md": client.page,
    "http.md": http.page,
    "asyncapi.json": asyncapi.page,
}
"""File name in docs/reference -> its generator."""


def stale() -> list[str]:
    """Names of pages that differ from what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text("utf-8") != page()
    ]


def write() -> None:
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), "utf-8")
