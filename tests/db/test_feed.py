"""How far a reader may read, without a database."""

from __future__ import annotations

from app.db.feed import Horizon
from app.db.port import Row


def row(pos: int) -> Row:
    return Row(pos, "c", pos, 0.0, 1, "system", None, "noted", "staff", {})


def rows(*positions: int) -> list[Row]:
    return [row(pos) for pos in positions]


def test_rows_without_a_hole_are_taken_at_once() -> None:
    assert Horizon().settled(0, rows(1, 2, 3), 0, xmin=5, xmax=9) == (rows(1, 2, 3), False)


def test_a_hole_is_waited_for_while_somebody_may_fill_it() -> None:
    horizon = Horizon()
    assert horizon.settled(0, rows(1, 3), 0, xmin=5, xmax=9) == (rows(1), False)
    assert horizon.settled(1, rows(3), horizon.final, xmin=8, xmax=12) == ([], False)
    assert horizon.settled(1, rows(2, 3), horizon.final, xmin=8, xmax=12) == (rows(2, 3), False)


def test_a_hole_of_a_failed_transaction_is_passed_when_all_of_its_time_are_over() -> None:
    horizon = Horizon()
    horizon.settled(0, rows(1, 3), 0, xmin=5, xmax=9)
    final = horizon.final
    taken, again = horizon.settled(1, rows(3), final, xmin=9, xmax=12)
    assert (taken, again) == ([], True), "this reading may have begun before the last of them committed"
    assert horizon.settled(1, rows(3), horizon.final, xmin=9, xmax=12) == (rows(3), False)


def test_a_later_hole_is_another_matter() -> None:
    horizon = Horizon()
    horizon.settled(0, rows(2), 0, xmin=9, xmax=9)
    assert horizon.final == 2
    assert horizon.settled(0, rows(2, 4), horizon.final, xmin=9, xmax=11) == (rows(2), False)
