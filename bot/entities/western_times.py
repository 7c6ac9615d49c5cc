"""Times in figures and in English words: 2026-03-05 14:22, March 5th at 3pm, 2 hours ago, last Friday evening."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.entities import money, numerals
from bot.entities.model import Found
from bot.entities.moments import (
    Clock,
    Period,
    Unit,
    ago,
    at_period,
    cut,
    last_day,
    moment,
    months_before,
    past_day,
    past_weekday,
    real_day,
)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_DAYS = {"day before yesterday": -2, "yesterday": -1, "last night": -1, "tomorrow": 1, "day after tomorrow": 2}
"""From today; today and its parts are none."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|wed|thur?s?|fri)(?![a-zà-ỹ])|(?<=last )(?:sat"
    r"|sun)(?![a-z]))"
)
# Letters of a weekday that is cut short, which in other languages is another word.
_SHORT_DAY = 5
_ZONE = (
    r"(?:\s?(?P<zone>UTC(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|GMT(?:\s?[+-]\d{1,2})?|Z(?![a-z])"
    r"|(?(s)[+-]|\+)\d\d:\d\d))?"
)
_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_CLOCK = (
    r"(?:(?P<h>[01]?\d|2[0-3])(?:(?::"
    r"|\.(?=[0-5]\d\s?[ap]\.?m))(?P<m>[0-5]\d))(?::(?P<s>[0-5]\d)(?:\.\d+)?)?\s?(?P<half>[ap]\.?m\.?(?![a-z]))?"
    r"|(?P<h2>1[0-2]|0?[1-9])\s?(?P<half2>[ap]\.?m\.?(?![a-z]))|(?P<h3>1[0-2]|[1-9]) ?o'?clock|(?P<word>noon"
    r"|midnight)(?![a-z])"
    rf"|(?:(?P<part>half|(?:a )?quarter) past|(?:a )?(?P<before>quarter) to) (?P<h4>1[0-2]|[1-9]|{_HOURS})"
    r"(?![a-z]| (?:wallets?|address(?:es)?|accounts?))"
    r"(?:\s?(?P<half4>[ap]\.?m\.?(?![a-z])))?"
    rf"|(?P<h5>(?:(?<=at )|(?<=around )|(?<=about )|(?<=by ))one|{_HOURS.removeprefix('one|')})"
    r"(?:[ -](?P<m5>fifteen|thirty|forty[- ]five))?"
    r" ?(?P<half5>[ap]\.?m\.?(?![a-z]| (?:i|me|us|him|her)(?!\w)))"
    r"|(?:(?<=at )|(?<=since )|(?<=around )|(?<=about ))(?P<h6>1[0-2]|[1-9])"
    r"(?= this (?:morning|afternoon|evening)| last night| yesterday| in the (?:morning|afternoon|evening)))" + _ZONE
)
_DAY = (
    r"(?:(?P<iso>(?:19|20)\d\d)(?P<sep>[-/.])(?P<isom>0?[1-9]|1[0-2])(?P=sep)(?P<isod>[12]\d|3[01]|0?[1-9])(?!\d)"
    r"|(?P<a>\d{1,2})(?P<sep2>[-/.])(?P<b>\d{1,2})(?P=sep2)(?P<y>(?:20)?\d\d)(?!\d)"
    rf"|(?P<mn>{_MONTH})\s?(?P<md>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?!\d|:\d|\s?(?:am|pm|usd|btc"
    rf"|eth))(?:,?\s(?P<my>20\d\d))?"
    rf"|(?P<dd>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?: of)?[ -](?P<dm>{_MONTH})(?:,?[ -](?P<dy>20\d\d))?"
    r"|(?P<day>(?:the )?day before yesterday|(?:the )?day after tomorrow|yesterday|today|tonight|tomorrow|last night"
    r"|this morning|this afternoon|this evening)"
    r"|(?<=the )(?P<only>[12]?\d|3[01])(?:st|nd|rd|th)(?! (?:time|floor|attempt|level|step|order|deposit"
    r"|withdrawal|transaction|transfer|payment|address|one"
    r"|and|try|message|ticket|person|agent))"
    rf"|(?P<which>last |this |next |past )?(?P<weekday>{_WEEKDAY})(?P<of_last> (?:of )?last week)?)"
)
_PERIOD = r"(?:(?: in the|,)? ?(?P<period>early morning|morning|afternoon|evening|night|noon(?!\w)))"
_B, _E = r"(?<![0-9A-Za-z_./:-])", r"(?![0-9A-Za-z_]|[.:,]\d|%)"
_DAY_FIRST = re.compile(
    rf"{_B}{_DAY}{_PERIOD}?(?:(?:,? (?:at |around |about |@ ?)?|T|，| at ~| - |@){_CLOCK})?{_E}", re.IGNORECASE
)
_HOUR_ONLY = re.compile(
    rf" at (?P<bare>(?:1[0-2]|[1-9])(?![0-9A-Za-z:.,]\w|[0-9A-Za-z:]| ?(?:usd|btc|eth|%))"
    rf"|(?:{_HOURS})(?=\s*(?:$|[.,;!?])| (?:and|but|in the|i|it)(?![a-z])))",
    re.IGNORECASE,
)
_CLOCK_FIRST = re.compile(
    rf"{_B}{_CLOCK}(?:(?:,? (?:on |of )?|, ){_DAY}"
    rf"(?: (?P<later>morning|afternoon|evening|night)(?![a-z]))?"
    rf"|(?: in the (?P<period>morning|afternoon|evening)))?{_E}",
    re.IGNORECASE,
)
# "locked until 20 March" lies ahead.
_AHEAD = re.compile(r"(?<![a-z])(?:until|till|expires(?: on)?|ends(?: on)?) (?:the )?$", re.IGNORECASE)
_LONG = re.compile(
    rf"{_B}(?:(?<!the )(?P<rel>last|this|previous) (?P<unit>week|month|year)(?![a-z])"
    rf"|(?P<mn>{_MONTH}),? (?P<my>20\d\d)|(?:(?<=in )|(?<=since )|(?<=from )|(?<=during )"
    rf"|(?<=of ))(?:(?P<lone>{_MONTH})(?P<gone>,? (?:of )?last year)?"
    rf"|(?P<year>20[0-4]\d)(?!{money.MEASURED}))(?! ?\d)"
    rf"|(?:reports?|statements?|history|records|certificate|summary|return|rewards|interest|fees|payouts?|earnings"
    rf"|taxes|the one) for (?P<for>20[12]\d(?! ?\d)|{_MONTH}(?! ?\d))"
    r"|(?P<taxed>20[12]\d)(?= (?:tax(?:es)?|annual) )"
    rf"|(?<=last )(?P<last>{_MONTH})(?! ?\d)|(?<![-/.\d])(?P<isoy>20\d\d)-(?P<isom>0[1-9]|1[0-2])(?![-\d])){_E}",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?P<hours>\d{1,2}|an?|one|two|three) ?h(?:(?:ou)?rs?)? (?:and )?(?=\d{1,2} ?m(?!o)))?"
    rf"(?P<n>\d{{1,5}}(?:\.\d+)?|half an?|one and a half|(?:a )?couple(?: of)?|{numerals.ENGLISH}|an?)"
    r"(?: (?P<and>and a half))?\s?"
    r"(?P<unit>min(?:ute)?s?|hours?|hrs?|days?|weeks?|wks?|months?|years?|yrs?|h|d|m)(?P<half> and a half)?"
    r" (?:ago|earlier|back(?= |$|[.,]))",
    re.IGNORECASE,
)
_UNITS: dict[str, Unit] = {
    "mi": "minute", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"
}  # fmt: skip


def find(text: str, now: datetime, locale: str) -> Iterator[Found]:
    """Times told in figures or in English."""
    for match in _AGO.finditer(text):
        yield from _ago(match, now)
    for match in _CLOCK_FIRST.finditer(text):
        day = _day(match, now, locale)
        clock = _clock(match, match["period"] or match["later"] or _part_of(match))
        if clock is not None:
            found = moment(day or now.date(), clock)
            if found is not None:
                yield Found("time", *match.span(), found)
    for match in _DAY_FIRST.finditer(text):
        if match["weekday"] and len(match["weekday"]) <= _SHORT_DAY and locale[:2] not in ("en", "zh", ""):
            # "sàn thu phí"
            continue
        yield from _day_first(text, match, now, locale)
    for match in _LONG.finditer(text):
        found = _long(match, now)
        if found is not None:
            yield Found("time", *match.span("for" if match["for"] else 0), found)


def _ago(match: re.Match[str], now: datetime) -> Iterator[Found]:
    said = match["n"].lower()
    number: float
    if said[0].isdigit():
        number = float(said)
    elif said.startswith("half a"):
        number = 0.5
    elif said in ("a", "an"):
        number = 1
    elif "couple" in said:
        number = 2
    elif said == "one and a half":
        number = 1.5
    else:
        counted = numerals.english(said)
        if counted is None:
            return
        number = float(counted)
    if match["half"] or match["and"]:
        number += 0.5
    hours = (match["hours"] or "0").lower()
    number += 60 * float(hours if hours.isdigit() else numerals.english(hours) or 1)
    unit = match["unit"].lower()
    key = "m" if unit == "m" else unit[:2] if unit[0] == "m" else unit[0]
    found = ago(now, number, _UNITS[key])
    if found is not None:
        yield Found("time", *match.span(), found)


def _clock(match: re.Match[str], period: str | None) -> Clock | None:
    if match["word"]:
        return Clock(12 if match["word"].lower() == "noon" else 0)
    hour = match["h"] or match["h2"] or match["h3"] or match["h4"] or match["h5"] or match["h6"]
    if hour is None:
        return None
    minute = int(match["m"]) if match["m"] else int(numerals.english(match["m5"]) or 0) if match["m5"] else None
    clock = Clock(_hour(hour), minute, int(match["s"]) if match["s"] else None, _zone(match["zone"]))
    if match["part"]:
        clock = replace(clock, minute=30 if match["part"].lower() == "half" else 15)
    half = (match["half"] or match["half2"] or match["half4"] or match["half5"] or "").lower()
    if half and clock.hour <= 12:
        clock = replace(clock, hour=clock.hour % 12 + (12 if half[0] == "p" else 0))
    elif not half:
        clock = at_period(clock, _period(period))
    # "quarter to one" is 12:45.
    return replace(clock, hour=(clock.hour - 1) % 24 or 12, minute=45) if match["before"] else clock


def _hour(said: str) -> int:
    return int(said) if said.isdigit() else int(numerals.english(said) or 0)


def _part_of(match: re.Match[str]) -> str | None:
    """The part of the day that a day's own words name: "last night", "this morning"."""
    said = (match["day"] or "").lower()
    return next((part for part in ("night", "morning", "afternoon", "evening") if part in said), None)


def _period(said: str | None) -> Period:
    match (said or "").lower():
        case "afternoon":
            return "afternoon"
        case "evening" | "night":
            return "evening"
        case "morning" | "early morning":
            return "morning"
        case _:
            return ""


def _zone(said: str | None) -> str:
    if not said:
        return ""
    offset = re.search(r"([+-])(\d{1,2}):?(\d\d)?$", said)
    return f"{offset[1]}{int(offset[2]):02}:{offset[3] or '00'}" if offset else "Z"


def _day_first(text: str, match: re.Match[str], now: datetime, locale: str) -> Iterator[Found]:
    day = _day(match, now, locale)
    if day is None:
        return
    without_year = (match["mn"] and not match["my"]) or (match["dd"] and not match["dy"])
    if without_year and day < now.date() and _AHEAD.search(text, max(0, match.start() - 16), match.start()):
        this = real_day(now.year, day.month, day.day)
        day = this if this is not None and this > now.date() else day
    end = match.end()
    period = match["period"] or _part_of(match)
    clock = _clock(match, period)
    if clock is None:
        bare = _HOUR_ONLY.match(text, end)
        if bare is not None:
            clock, end = at_period(Clock(_hour(bare["bare"])), _period(period)), bare.end()
    found = moment(day, clock)
    if found is not None:
        yield Found("time", match.start(), end, found)


def _day(match: re.Match[str], now: datetime, locale: str) -> date | None:
    today = now.date()
    if match["iso"]:
        return real_day(int(match["iso"]), int(match["isom"]), int(match["isod"]))
    if match["a"]:
        first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
        year += 2000 if year < 100 else 0
        if match["sep2"] == "." and len(match["y"]) < 4:
            return None
        day_first = first > 12 or match["sep2"] == "." or (locale[:2] not in ("en", "zh", "") and second <= 12)
        return real_day(year, second, first) if day_first else real_day(year, first, second)
    if match["mn"]:
        return _named(now, match["mn"], match["md"], match["my"])
    if match["dd"]:
        return _named(now, match["dm"], match["dd"], match["dy"])
    if match["day"]:
        return today + timedelta(days=_DAYS.get(match["day"].lower().removeprefix("the "), 0))
    if match["only"]:
        return last_day(now, int(match["only"]))
    if match["weekday"]:
        weekday, which = _WEEKDAYS.index(match["weekday"].lower()[:3]), (match["which"] or "").strip().lower()
        if which in ("last", "past") and not match["of_last"]:
            before = past_weekday(now, weekday, None)
            return before - timedelta(days=7) if before == today else before
        return past_weekday(now, weekday, 1 if match["of_last"] else {"this": 0, "next": -1}.get(which))
    return None


def _named(now: datetime, name: str, day: str, year: str | None) -> date | None:
    month = _month(name)
    return real_day(int(year), month, int(day)) if year else past_day(now, month, int(day))


def _month(name: str) -> int:
    return next(n for n, full in enumerate(_MONTHS, 1) if full == name.lower()[:3])


def _long(match: re.Match[str], now: datetime) -> str | None:
    if match["unit"]:
        last = match["rel"].lower() != "this"
        match match["unit"].lower():
            case "week":
                return cut(now - timedelta(weeks=int(last)), "week")
            case "month":
                return cut(months_before(now, int(last)), "month")
            case _:
                return f"{now.year - int(last):04}"
    year = match["year"] or match["taxed"] or match["for"]
    if year and year.isdigit():
        return str(year)
    if match["isoy"]:
        return f"{match['isoy']}-{match['isom']}"
    if match["mn"]:
        return f"{match['my']}-{_month(match['mn']):02}"
    name = match["lone"] or match["last"] or match["for"]
    month = _month(name)
    return f"{now.year if month <= now.month and not match['gone'] else now.year - 1:04}-{month:02}"
