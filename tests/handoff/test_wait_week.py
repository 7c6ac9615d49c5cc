"""The promise of `handoff.wait` on two of the benchmark's desks; `benchmarks/wait_week.py` runs them all."""

from __future__ import annotations

import pytest

from benchmarks.wait_week import DESKS, Desk, Week


@pytest.mark.parametrize("desk", DESKS[:2], ids=lambda desk: str(desk.name))
def test_half_of_the_waits_end_before_p50_and_nine_of_ten_before_p90(desk: Desk) -> None:
    week = Week(desk, seed=1)
    week.run()
    served = week.shares()["served"]
    assert served.waits > 300
    assert served.within


def test_the_published_error_is_what_happened() -> None:
    week = Week(DESKS[0], seed=2)
    week.run()
    served = sorted((t for t in week.told.values() if t.served is not None), key=lambda t: t.served or 0.0)
    waits, before_p50, before_p90 = week.model.coverage()
    last = served[-waits:]
    assert waits == 300
    assert before_p50 == sum((t.served or 0.0) - t.at <= t.estimate.p50 for t in last) / waits
    assert before_p90 == sum((t.served or 0.0) - t.at <= t.estimate.p90 for t in last) / waits
