"""How far a reader across conversations may read on PostgreSQL, where positions become visible out of order.

A transaction takes its positions before it commits, so a later position can be seen while an earlier one is
still to come. ``xid < pg_snapshot_xmin`` alone does not help a cursor that is a position: the transaction with
the smaller number may have taken the larger position. What holds is this: every transaction has its number
before it takes positions. So whoever holds a position below one already seen was in flight, or ended, when
that one was read, and is over once every transaction number up to that moment's ``xmax`` is.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.db.port import Row


class Horizon:
    """Positions up to ``final`` are all there for whoever reads from now on, holes included (of transactions that
    failed). A reader notes ``final`` before it reads the rows."""

    def __init__(self) -> None:
        self.final = 0
        self._pending: tuple[int, int] | None = None

    def settled(self, after: int, rows: Sequence[Row], final: int, xmin: int, xmax: int) -> tuple[list[Row], bool]:
        """Of ``rows`` (pos > after, ascending), those before which nothing can appear any more, and whether
        reading again at once brings more. ``final`` was noted before the rows were read, the snapshot of ``xmin``
        and ``xmax`` taken after it."""
        taken: list[Row] = []
        last = after
        for row in rows:
            if row.pos > final and row.pos != last + 1:
                break
            taken.append(row)
            last = row.pos
        if len(taken) < len(rows) and self._pending is None:
            self._pending = (rows[-1].pos, xmax)
        if self._pending is not None and self._pending[1] <= xmin:
            self.final, self._pending = max(self.final, self._pending[0]), None
        return taken, len(taken) < len(rows) and self.final > last
