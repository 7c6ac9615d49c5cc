"""The setting of the opening hours, in its three forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.desk.routing import timetable
from handoff.hours import HoursError
from handoff.model import Group

GROUP = Group("general", "zh-CN")


def is_open(setting: str, at: str) -> bool:
    return timetable(setting).of(GROUP).is_open(datetime.fromisoformat(at).astimezone(UTC).timestamp())


SHORT = "Asia/Shanghai mon-fri 09:00-12:00 13:00-18:00; Asia/Shanghai sat 10:00-14:00"
LONG = json.dumps({"default": {"zone": "Asia/Shanghai", "week": {"mon": ["09:00-18:00"], "sat": ["10:00-14:00"]}}})


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-03-02T09:30:00+08:00", True),
        ("2026-03-02T12:30:00+08:00", False),
        ("2026-03-06T17:59:00+08:00", True),
        ("2026-03-06T18:00:00+08:00", False),
        ("2026-03-07T13:00:00+08:00", True),
        ("2026-03-08T13:00:00+08:00", False),
    ],
)
def test_the_short_form(at: str, open_: bool) -> None:
    assert is_open(SHORT, at) is open_


def test_always_and_the_long_form() -> None:
    assert is_open("24x7", "2026-03-08T03:00:00+08:00")
    assert is_open(LONG, "2026-03-02T12:30:00+08:00")
    assert not is_open(LONG, "2026-03-03T12:30:00+08:00")


@pytest.mark.parametrize(
    "setting", ["", "always", "UTC", "UTC mon", "UTC fri-mon 09:00-18:00", "UTC mon 9-18", "{", "UTC mon 09:00-10:00;"]
)
def test_what_cannot_be_read_is_an_error_that_says_so(setting: str) -> None:
    with pytest.raises(HoursError):
        timetable(setting)


def test_two_zones_are_an_error() -> None:
    with pytest.raises(HoursError, match="one zone"):
        timetable("UTC mon 09:00-10:00; Asia/Tokyo tue 09:00-10:00")
