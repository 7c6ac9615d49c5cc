"""Points in time as ISO 8601 texts cut to the precision that was said.

"yesterday at 8 pm" is 2026-11-24T20, "March 5" 2026-03-05, "last month" 2026-10. What customers tell about is past,
so a date without a year that would lie ahead is last year's, but behind such words as "until".
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

Precision = Literal["year", "month", "week", "day", "hour", "minute", "second"]
Period = Literal["", "night", "morning", "noon", "afternoon", "evening"]
"""A part of the day; empty when none was named."""
Unit = Literal["minute", "hour", "day", "week", "month", "year"]


_DAYS: dict[Unit, float] = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 31, "year": 366}
_LONGEST = 100 * 366


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; `minute` and `second` None when not said. `zone`: "", "Z" or "+08:00" as said."""

    hour: int
    minute: int | None = None
    second: int | None = None
    zone: str = ""
    days: int = 0

    def text(self) -> str:
        minute = "" if self.minute is None else f":{self.minute:02}"
        second = "" if self.second is None else f":{self.second:02}"
        return f"T{self.hour:02}{minute}{second}{self.zone}"

    @property
    def possible(self) -> bool:
        return self.hour < 24 and (self.minute or 0) < 60 and (self.second or 0) < 60


def at_period(clock: Clock, period: Period) -> Clock:
    """The clock of twelve hours put into the part of the day that was named."""
    hour = clock.hour
    if period == "night" and hour == 12:
        return replace(clock, hour=0)
    if period == "noon" and 1 <= hour <= 3:
        return replace(clock, hour=hour + 12)
    if period == "afternoon" and 1 <= hour < 12:
        return replace(clock, hour=hour + 12)
    if period == "evening":
        if hour == 12:
            return replace(clock, hour=0, days=1)
        if hour < 5:
            return replace(clock, days=1)
        if hour < 12:
            return replace(clock, hour=hour + 12)
    return clock


def moment(day: date, clock: Clock | None) -> str | None:
    """A day, with its clock if one was said; None for a clock that no watch shows."""
    if clock is None:
        return day.isoformat()
    if not clock.possible:
        return None
    return (day + timedelta(days=clock.days)).isoformat() + clock.text()


def cut(when: datetime, precision: Precision) -> str:
    """The moment cut: week as `2026-W47`."""
    match precision:
        case "year":
            return f"{when.year:04}"
        case "month":
            return f"{when.year:04}-{when.month:02}"
        case "week":
            year, week, _ = when.isocalendar()
            return f"{year:04}-W{week:02}"
        case "day":
            return when.date().isoformat()
        case "hour":
            return f"{when:%Y-%m-%dT%H}"
        case "minute":
            return f"{when:%Y-%m-%dT%H:%M}"
        case "second":
            return f"{when:%Y-%m-%dT%H:%M:%S}"


def months_before(when: datetime, months: int) -> datetime:
    """The first of the month that many months earlier."""
    index = when.year * 12 + when.month - 1 - months
    return when.replace(year=index // 12, month=index % 12 + 1, day=1)


def ago(now: datetime, number: float, unit: Unit) -> str | None:
    """So long before now, as precisely as the unit; weeks, which have so many days, to the day; a broken number ("1.5
    hours", "half a month") one unit finer. None for what nobody remembers: "2026 years ago" is a year's number and
    another word."""
    if number * _DAYS[unit] > _LONGEST:
        return None
    whole = number == int(number)
    match unit:
        case "minute":
            return cut(now - timedelta(minutes=number), "minute")
        case "hour":
            return cut(now - timedelta(hours=number), "hour" if whole else "minute")
        case "day":
            return cut(now - timedelta(days=number), "day" if whole else "hour")
        case "week":
            return cut(now - timedelta(weeks=number), "day")
        case "month":
            if not whole:
                return cut(now - timedelta(days=30 * number), "day")
            return cut(months_before(now, int(number)), "month")
        case "year":
            return cut(months_before(now, round(number * 12)), "year" if whole else "month")


def last(now: datetime, unit: Literal["week", "month", "year"]) -> str:
    """The one before this one."""
    match unit:
        case "week":
            return cut(now - timedelta(weeks=1), "week")
        case "month":
            return cut(months_before(now, 1), "month")
        case "year":
            return f"{now.year - 1:04}"


def past_day(now: datetime, month: int, day: int) -> date | None:
    """That day of this year, or of last year if it lies ahead; None for the 31st of April and its like."""
    for year in (now.year, now.year - 1):
        found = real_day(year, month, day)
        if found is not None and found <= now.date() + timedelta(days=1):
            return found
    return real_day(now.year, month, day)


def last_day(now: datetime, day: int) -> date | None:
    """That day of this month, or of the one before it if it lies ahead."""
    this, before = real_day(now.year, now.month, day), months_before(now, 1)
    return this if this is not None and this <= now.date() else real_day(before.year, before.month, day)


def real_day(year: int, month: int, day: int) -> date | None:
    """None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def past_weekday(now: datetime, weekday: int, weeks: int | None) -> date:
    """Monday is 0. `weeks` None: the latest such day, today included; 0 of this week, 1 of last week, -1 of next."""
    today = now.date()
    if weeks is None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    return today - timedelta(days=today.weekday()) + timedelta(days=weekday, weeks=-weeks)
