"""Outcomes: what is told, to whom and in which order."""

from __future__ import annotations

import asyncio
import logging

import pytest

from app.db.outcome import Outcome


async def test_callbacks_run_at_once_in_the_order_they_came() -> None:
    outcome: Outcome[int] = Outcome()
    told: list[tuple[str, int]] = []
    outcome.add_done_callback(lambda o: told.append(("first", o.result())))
    outcome.add_done_callback(lambda o: told.append(("second", o.result())))
    outcome.set_result(7)
    assert told == [("first", 7), ("second", 7)]


async def test_who_comes_later_is_told_in_the_next_turn_of_the_loop() -> None:
    outcome: Outcome[int] = Outcome()
    outcome.set_result(7)
    told: list[int] = []
    outcome.add_done_callback(lambda o: told.append(o.result()))
    assert told == []
    await asyncio.sleep(0)
    assert told == [7]


async def test_many_may_wait_and_one_who_gives_up_takes_nothing_from_the_others() -> None:
    outcome: Outcome[int] = Outcome()

    async def wait() -> int:
        return await outcome

    patient, hasty = asyncio.create_task(wait()), asyncio.create_task(wait())
    await asyncio.sleep(0)
    hasty.cancel()
    outcome.set_result(7)
    assert await patient == 7
    assert await outcome == 7
    with pytest.raises(asyncio.CancelledError):
        await hasty


async def test_a_failure_is_raised_for_whoever_awaits_it() -> None:
    outcome: Outcome[int] = Outcome()
    outcome.set_exception(OSError("disk full"))
    assert isinstance(outcome.exception(), OSError)
    with pytest.raises(OSError, match="disk full"):
        await outcome


async def test_a_broken_callback_keeps_nobody_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    outcome: Outcome[int] = Outcome()
    told: list[int] = []

    def broken(_: Outcome[int]) -> None:
        raise RuntimeError("a bug")

    outcome.add_done_callback(broken)
    outcome.add_done_callback(lambda o: told.append(o.result()))
    with caplog.at_level(logging.ERROR):
        outcome.set_result(7)
    assert told == [7]
    assert "a callback failed" in caplog.text


def test_there_is_nothing_to_read_before_it_is_done() -> None:
    outcome: Outcome[int] = Outcome()
    assert not outcome.done()
    with pytest.raises(asyncio.InvalidStateError):
        outcome.result()
    with pytest.raises(asyncio.InvalidStateError):
        outcome.exception()
