from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handoff.hours import ALWAYS, HoursError, Span, Timetable, parse_hours, parse_spans
from handoff.model import Group

ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe")
OFFICE = {day: ["09:00-12:30", "14:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
instants = st.integers(
    int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
)


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, object]:
    """A schedule with at least one open hour a week, in zones with odd daylight-saving changes."""
    hours = st.tuples(st.integers(0, 11), st.integers(12, 24)).map(lambda s: [f"{s[0]:02}:30-{s[1]:02}:00"])
    days = st.dictionaries(st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), hours, min_size=1)
    nights = {"sat": ["00:00-02:30"], "sun": ["01:30-03:15", "23:00-24:00"]}
    return {"zone": draw(st.sampled_from(ZONES)), "week": draw(days) | (nights if draw(st.booleans()) else {})}


@given(schedules(), instants)
def test_it_is_open_when_the_next_opening_is_now(schedule: dict[str, object], now: int) -> None:
    hours = parse_hours(schedule)
    opens, closes = hours.next_open(now), hours.next_close(now)
    assert opens is not None
    assert hours.is_open(now) == (opens == now) == (closes is not None)
    assert hours.is_open(opens)
    if opens > now:
        assert not hours.is_open(opens - 1)
    if closes is not None:
        assert hours.is_open(closes - 1)
        assert not hours.is_open(closes)


@given(schedules(), instants)
def test_wall_clock_rules_across_daylight_saving(schedule: dict[str, object], now: int) -> None:
    """Open exactly when the clock on the wall says so, except in the hours that come twice or never."""
    hours = parse_hours(schedule)
    zone = ZoneInfo(hours.zone)
    local = datetime.fromtimestamp(now, zone)
    around = {datetime.fromtimestamp(now + d * 3600, zone).utcoffset() for d in (-3, 0, 3)}
    assume(len(around) == 1)
    minute = local.hour * 60 + local.minute
    assert hours.is_open(now) == any(s.opens <= minute < s.closes for s in hours.week[local.weekday()])


@given(schedules(), instants, st.integers(0, 200 * 3600))
def test_a_promise_holds_exactly_so_many_business_seconds(schedule: dict[str, object], now: int, work: int) -> None:
    hours = parse_hours(schedule)
    promised = hours.promise(now, work)
    assert promised is not None
    assert promised >= now + work
    assert hours.business_seconds(now, promised) == pytest.approx(work)


@given(schedules(), instants, st.integers(0, 10**6), st.integers(0, 10**6))
def test_business_seconds_add_up(schedule: dict[str, object], now: int, first: int, second: int) -> None:
    hours = parse_hours(schedule)
    parts = hours.business_seconds(now, now + first) + hours.business_seconds(now + first, now + first + second)
    assert hours.business_seconds(now, now + first + second) == pytest.approx(parts)
    assert 0 <= parts <= first + second


@given(instants, st.integers(0, 10**7))
def test_the_default_is_always_open(now: int, work: int) -> None:
    assert ALWAYS.is_open(now)
    assert ALWAYS.next_open(now) == now
    assert ALWAYS.next_close(now) is None
    assert ALWAYS.promise(now, work) == now + work == now + ALWAYS.business_seconds(now, now + work)
    assert ALWAYS.today(now).always


@pytest.mark.parametrize(("day", "real_hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_open_around_the_clock_has_its_real_length(day: str, real_hours: int) -> None:
    hours = parse_hours({"zone": "Europe/Berlin", "special": {"2030-01-01": []}})
    start = at(day, "Europe/Berlin")
    end = at((date.fromisoformat(day) + timedelta(days=1)).isoformat(), "Europe/Berlin")
    assert hours.business_seconds(start, end) == real_hours * 3600


def test_office_hours_stay_on_the_clock_when_it_changes() -> None:
    hours = parse_hours({"zone": "America/New_York", "week": OFFICE})
    for monday in ("2026-03-02", "2026-03-09"):
        assert hours.next_open(at(f"{monday} 03:00", "America/New_York")) == at(f"{monday} 09:00", "America/New_York")


def test_an_opening_in_the_missing_hour_moves_forward() -> None:
    hours = parse_hours({"zone": "Europe/Berlin", "week": {"sun": ["02:30-06:00"]}})
    assert hours.next_open(at("2026-03-29 00:00", "Europe/Berlin")) == at("2026-03-29 03:30", "Europe/Berlin")


def test_a_ticket_on_friday_evening_is_promised_for_monday() -> None:
    hours = parse_hours({"zone": "Asia/Shanghai", "week": OFFICE})
    friday = at("2026-03-06 17:00", "Asia/Shanghai")
    assert hours.promise(friday, 2 * 3600) == at("2026-03-09 10:00", "Asia/Shanghai")


def test_closed_and_special_dates_replace_the_week() -> None:
    hours = parse_hours(
        {"zone": "Asia/Shanghai", "week": OFFICE, "closed": ["2026-10-01"], "special": {"2026-10-02": ["10:00-11:00"]}}
    )
    eve = at("2026-09-30 18:00", "Asia/Shanghai")
    assert hours.next_open(eve) == at("2026-10-02 10:00", "Asia/Shanghai")
    assert hours.today(eve + 86400).windows == ()


def test_days_that_touch_at_midnight_are_one_stretch() -> None:
    hours = parse_hours({"week": {"mon": ["22:00-24:00"], "tue": ["00:00-06:00"]}})
    assert hours.next_close(at("2026-03-02 23:00")) == at("2026-03-03 06:00")


def test_today_says_what_is_shown_before_anybody_asks() -> None:
    hours = parse_hours({"zone": "Asia/Shanghai", "week": OFFICE})
    today = hours.today(at("2026-03-02 13:00", "Asia/Shanghai"))
    assert (today.day, today.open_now, today.always) == (date(2026, 3, 2), False, False)
    assert [w.opens for w in today.windows] == [at(f"2026-03-02 {t}", "Asia/Shanghai") for t in ("09:00", "14:00")]
    assert today.next_open == at("2026-03-02 14:00", "Asia/Shanghai")
    assert today.next_close is None


def test_a_schedule_that_never_opens_promises_nothing() -> None:
    never = parse_hours({"week": {}})
    assert never.next_open(0.0) is None
    assert never.promise(0.0, 60.0) is None
    assert not never.is_open(0.0)


def test_the_most_specific_hours_count() -> None:
    office, night, korean = (
        parse_hours({"week": {"mon": [span]}}) for span in ("09:00-18:00", "20:00-24:00", "10:00-12:00")
    )
    table = Timetable(ALWAYS, {("kyc", None): office, ("kyc", "en"): night, (None, "ko"): korean})
    assert table.of(Group("kyc", "en")) is night
    assert table.of(Group("kyc", "ko")) is office
    assert table.of(Group("trade", "ko")) is korean
    assert table.of(Group("trade", "en")) is ALWAYS


def test_spans_are_sorted() -> None:
    assert parse_spans(["14:00-24:00", "09:00-12:30"]) == (Span(540, 750), Span(840, 1440))


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Base"},
        {"week": {"mon": ["18:00-09:00"]}},
        {"week": {"mon": ["09:00-12:00", "11:00-13:00"]}},
        {"week": {"mon": ["nine to five"]}},
        {"week": {"mon": ["09:00-24:30"]}},
        {"week": {"someday": []}},
        {"closed": ["soon"]},
        {"timezone": "UTC"},
    ],
)
def test_a_schedule_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(HoursError):
        parse_hours(wrong)
