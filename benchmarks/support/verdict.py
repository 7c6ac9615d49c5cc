"""How a benchmark ends: a table, then one line a program can read."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    cells = [[str(c) for c in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    for n, row in enumerate(cells):
        print("  ".join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))))
        if n == 0:
            print("  ".join("-" * w for w in widths))


class Verdict:
    """Collects what must hold; ``close`` prints the last line and gives the exit code."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._failed: list[str] = []
        self._said: list[str] = []

    def say(self, text: str) -> None:
        """A figure for the last line."""
        self._said.append(text)

    def must(self, holds: bool, what: str) -> None:
        print(f"  {'ok  ' if holds else 'FAIL'} {what}", flush=True)
        if not holds:
            self._failed.append(what)

    def close(self) -> int:
        result = "FAIL" if self._failed else "PASS"
        print(f"{self._name} {result} {'; '.join([*self._said, *(f'not: {f}' for f in self._failed)])}", flush=True)
        return 1 if self._failed else 0
