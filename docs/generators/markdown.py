"""Markdown as these pages use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

BANNER = "<!-- Generated from {source} by `make docs`. Do not edit. -->"


def document(title: str, source: str, *blocks: str) -> str:
    return "\n\n".join([f"# {title}", BANNER.format(source=source), *blocks]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(head), _line(["---"] * len(head)), *(_line([_cell(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def code(value: object) -> str:
    return f"`{value}`"


def prose(docstring: str | None) -> str:
    """A docstring as one paragraph, its double back-ticks as Markdown's single ones."""
    return " ".join((docstring or "").replace("``", "`").split())


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
