"""Opening hours of a queue: a weekly schedule in a time zone, with closed and special dates.

Times passed in and out are epoch seconds; the schedule is in local wall-clock minutes. Across daylight-saving
changes the wall clock rules: 09:00 to 18:00 is that on the clock on every day, and business seconds are the
seconds that really pass. An opening time that does not exist on a day moves forward by the gap; of an hour that
comes twice an opening takes the first and a closing the second.

The default is 24x7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handoff.model import Group

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT: Final = 24 * 60
HORIZON: Final = 800  # days looked ahead for the next opening; longer closures count as "never"


class HoursError(ValueError):
    """A schedule that cannot be meant."""


class Span(NamedTuple):
    """Open from `opens` (inclusive) to `closes` (exclusive), in minutes of the local day, at most 1440."""

    opens: int
    closes: int


class Window(NamedTuple):
    """An open stretch in epoch seconds, `opens` inclusive, `closes` exclusive."""

    opens: float
    closes: float


class Today(NamedTuple):
    """What is shown before anybody asks; the reader's language puts it into words.

    `windows` are those of the local day, in epoch seconds. `next_open` is None when open or never again;
    `next_close` is None when closed or never closing.
    """

    day: date
    zone: str
    always: bool
    open_now: bool
    windows: tuple[Window, ...]
    next_open: float | None
    next_close: float | None


@dataclass(frozen=True, slots=True)
class Hours:
    """week: seven tuples of spans, Monday first. special: dates with spans of their own (none: closed)."""

    zone: str = "UTC"
    week: tuple[tuple[Span, ...], ...] = ((Span(0, MIDNIGHT),),) * 7
    special: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise HoursError(f"unknown time zone {self.zone!r}") from error
        if len(self.week) != 7:
            raise HoursError("a week has seven days")
        for spans in (*self.week, *self.special.values()):
            for span in spans:
                if not 0 <= span.opens < span.closes <= MIDNIGHT:
                    raise HoursError(f"not a span of a day: {span.opens}-{span.closes} min")

    @property
    def always(self) -> bool:
        return not self.special and all(spans == (Span(0, MIDNIGHT),) for spans in self.week)

    def is_open(self, at: float) -> bool:
        return self.always or self._current(at) is not None

    def next_open(self, at: float) -> float | None:
        """`at` itself when open; None when it does not open within the horizon."""
        if self.always:
            return at
        window = next(self._windows(at), None)
        return max(at, window.opens) if window is not None else None

    def next_close(self, at: float) -> float | None:
        """The end of the stretch that is open at `at`; None when closed, or not closing within the horizon."""
        window = None if self.always else self._current(at)
        if window is None or window.closes > at + (HORIZON - 2) * 86400:
            return None
        return window.closes

    def promise(self, at: float, seconds: float) -> float | None:
        """When so many business seconds after `at` will have passed: a ticket's promised time.

        None when the schedule does not hold that many within the horizon.
        """
        if self.always:
            return at + seconds
        left = seconds
        for window in self._windows(at):
            opens = max(at, window.opens)
            if window.closes - opens >= left:
                return opens + left
            left -= window.closes - opens
        return None

    def business_seconds(self, start: float, end: float) -> float:
        """Open seconds between two instants: the clock of a service promise. 0 if `end` is not later."""
        if self.always:
            return max(0.0, end - start)
        total = 0.0
        while start < end:
            reached = min(end, start + (HORIZON - 10) * 86400.0)
            for window in self._windows(start):
                if window.opens >= reached:
                    break
                total += min(reached, window.closes) - max(start, window.opens)
            start = reached
        return total

    def today(self, at: float) -> Today:
        day = self._local(at)
        windows = tuple(self._merged(iter(self._of_day(day))))
        now = self.is_open(at)
        return Today(
            day, self.zone, self.always, now, windows, None if now else self.next_open(at), self.next_close(at)
        )

    def _local(self, at: float) -> date:
        return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(self.zone)).date()

    def _current(self, at: float) -> Window | None:
        window = next(self._windows(at), None)
        return window if window is not None and window.opens <= at else None

    def _of_day(self, day: date) -> list[Window]:
        zone = ZoneInfo(self.zone)
        spans = self.special.get(day, self.week[day.weekday()])
        windows = (Window(_opening(day, s.opens, zone), _closing(day, s.closes, zone)) for s in spans)
        return sorted(w for w in windows if w.opens < w.closes)

    def _days(self, first: date) -> Iterator[Window]:
        for offset in range(HORIZON):
            yield from self._of_day(first + timedelta(days=offset))

    def _windows(self, at: float) -> Iterator[Window]:
        """Stretches that end after `at`, touching ones joined, in order."""
        return (w for w in self._merged(self._days(self._local(at) - timedelta(days=1))) if w.closes > at)

    @staticmethod
    def _merged(windows: Iterator[Window]) -> Iterator[Window]:
        current: Window | None = None
        for window in windows:
            if current is None:
                current = window
            elif window.opens <= current.closes:
                current = Window(current.opens, max(current.closes, window.closes))
            else:
                yield current
                current = window
        if current is not None:
            yield current


ALWAYS: Final = Hours()


@dataclass(frozen=True, slots=True)
class Timetable:
    """The hours of every queue. The most specific entry counts: (skill, language), then (skill, None), then
    (None, language), then the default."""

    default: Hours = ALWAYS
    queues: Mapping[tuple[str | None, str | None], Hours] = field(default_factory=dict)

    def of(self, group: Group) -> Hours:
        for key in ((group.skill, group.language), (group.skill, None), (None, group.language)):
            if key in self.queues:
                return self.queues[key]
        return self.default


def parse_spans(texts: Sequence[str]) -> tuple[Span, ...]:
    """["09:00-12:30", "14:00-24:00"] -> spans, sorted. Raises HoursError; nights are written as two days."""
    spans: list[Span] = []
    for text in texts:
        opens, dash, closes = text.partition("-")
        span = Span(_minutes(opens), _minutes(closes)) if dash else None
        if span is None or not span.opens < span.closes:
            raise HoursError(f"not a span like 09:00-18:00 within one day: {text!r}")
        spans.append(span)
    spans.sort()
    if any(a.closes > b.opens for a, b in pairwise(spans)):
        raise HoursError(f"spans overlap: {', '.join(texts)}")
    return tuple(spans)


def parse_hours(data: Mapping[str, Any]) -> Hours:
    """{"zone": "Asia/Shanghai", "week": {"mon": ["09:00-18:00"], ...}, "closed": ["2026-10-01"],
    "special": {"2026-02-16": ["09:00-12:00"]}} -> Hours.

    A weekday that is not named is closed; without "week" every day is open all day. Raises HoursError.
    """
    unknown = set(data) - {"zone", "week", "closed", "special"}
    week = data.get("week")
    unknown |= set(week or ()) - set(WEEKDAYS)
    if unknown:
        raise HoursError(f"unknown keys: {', '.join(sorted(unknown))}")
    special = {_day(day): parse_spans(spans) for day, spans in data.get("special", {}).items()}
    special.update({_day(day): () for day in data.get("closed", ())})
    days = ALWAYS.week if week is None else tuple(parse_spans(week.get(day, ())) for day in WEEKDAYS)
    return Hours(data.get("zone", "UTC"), days, special)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HoursError(f"not a date like 2026-10-01: {text!r}") from error


def _minutes(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and int(minute) < 60):
        raise HoursError(f"not a time like 09:00: {text!r}")
    total = int(hour) * 60 + int(minute)
    if total > MIDNIGHT:
        raise HoursError(f"later than 24:00: {text!r}")
    return total


def _wall(day: date, minutes: int, zone: ZoneInfo, fold: int) -> float:
    days, rest = divmod(minutes, MIDNIGHT)
    day = day + timedelta(days=days)
    return datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=zone, fold=fold).timestamp()


def _opening(day: date, minutes: int, zone: ZoneInfo) -> float:
    return _wall(day, minutes, zone, 0)


def _closing(day: date, minutes: int, zone: ZoneInfo) -> float:
    """The second of an hour that comes twice; in a gap fold 1 would lie before fold 0, hence the maximum."""
    return max(_wall(day, minutes, zone, 0), _wall(day, minutes, zone, 1))
