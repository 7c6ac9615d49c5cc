"""How a language says a time in words, as a table, and how what it says is read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, TypeVar

from bot.entities import money, numerals
from bot.entities.model import Found
from bot.entities.moments import Clock, Period, Unit, ago, at_period, last, moment, past_day, past_weekday, real_day

Value = TypeVar("Value")
HOUR = r"(?P<h>[01]?\d|2[0-3])"
_KANJI = "(?<![一二三四五六七八九十百])[一二三四五六七八九十百]{1,4}"
# "tháng 10 triệu", "1 tháng 2 lần": the number counts something else.
COUNTED = (
    rf"(?:{money.MEASURED}|\s?(?:ngày|tuần|lần|%|người|triệu|nghìn|ngàn|tr|k|củ|tháng|tới|sau|que viene|que vem)"
    r"(?!\w))"
)
# "в марте 2000 USDT": an amount is no year.
_YEAR = rf"(?P<year>20\d\d(?!{money.MEASURED}))"


@dataclass(frozen=True)
class Language:
    """`code`: the language's, as in numbers.yml; `days`: patterns with days from today and the part of the day they
    name, longest first; `parts`: words for parts of the day; `clock`: with groups `h`, and perhaps `m` and `half`;
    `gap`: between day, part and clock; `units`: patterns; `ago`: where `N` is the number and `U` the unit, perhaps `H`
    hours before minutes and a group `half` for half of one more; `signs`: of which each of `ago` has one, in small
    letters; `past`: "last month" and its like; `date`: with a group `day`, where `M` is the month and perhaps `Y` a
    year; `in_month`: without the day; `months`: patterns of their names, January first (none: figures); `numbers`:
    words that numbers.yml has not; `weekdays`: patterns, Monday first, and `weekday`: how one is said, where `W` is
    its name, with a group `last_week` if it is told to be of that, or `gone` if only that it is over; `lasting`: what
    stands before a time that something has lasted; `script`: a text without it is of another language; `words`:
    whether words have spaces around them."""

    code: str
    days: Mapping[str, tuple[int, Period]]
    parts: Mapping[str, Period]
    clock: str
    gap: str
    units: Mapping[str, Unit]
    ago: tuple[str, ...]
    signs: tuple[str, ...]
    past: Mapping[str, Literal["week", "month", "year"]]
    weekdays: tuple[str, ...]
    weekday: str = "W"
    date: str = ""
    in_month: str = ""
    months: tuple[str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    lasting: str = "(?!)"
    script: str = ""
    words: bool = True

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        begin, end = (r"(?<!\w)", r"(?!\w)") if self.words else ("", "")
        weekday = self.weekday.replace("W", f"(?P<weekday>{'|'.join(self.weekdays)})")
        month = f"(?P<month>{'|'.join(self.months) or '1[0-2]|[1-9]'})"
        date, in_month = (some.replace("M", month).replace("Y", _YEAR) for some in (self.date, self.in_month))
        dated = f"|{date}" if date else ""
        day = f"(?:(?P<named>{'|'.join(self.days)})|{weekday}{dated})"
        part = f"(?P<part>{'|'.join(self.parts)})"
        later = part.replace("part", "later", 1)
        words = _KANJI if self.code == "ja" else numerals.counts(self.code)
        number = "|".join((r"\d{1,3}(?:[.,]\d)?(?: buçuk)?", *self.numbers, words))
        unit = f"(?P<unit>{'|'.join(self.units)})"
        return tuple(
            re.compile(begin + pattern + end, re.IGNORECASE)
            for pattern in (
                rf"{day}(?:{self.gap}{part})?(?:{self.gap}{self.clock}(?:{self.gap}{later})?)?",
                rf"{self.clock}(?:{self.gap}{part})?{self.gap}{day}",
                f"(?P<past>{'|'.join(self.past)})",
                in_month or "(?!)",
                *(
                    some.replace("H", f"(?P<hours>{number})").replace("N", f"(?P<number>{number})").replace("U", unit)
                    for some in self.ago
                ),
            )
        )

    def find(self, text: str, now: datetime) -> Iterator[Found]:
        if self.script and re.search(self.script, text) is None:
            return
        day_first, clock_first, past, in_month, *back = self._patterns
        for pattern in (day_first, clock_first):
            for match in pattern.finditer(text):
                gone = _LAST_YEAR_BEFORE.search(text, max(0, match.start() - 12), match.start())
                found = self._moment(match, now, now.year - 1 if gone else None)
                if found is not None:
                    yield Found("time", gone.start() if gone else match.start(), match.end(), found)
        # Each of these holds the language's numerals: most texts need none of them.
        lower = text.lower()
        heard = back if any(sign in lower for sign in self.signs) else ()
        for match in (match for pattern in heard for match in pattern.finditer(text)):
            if re.search(self.lasting, text[max(0, match.start() - 40) : match.start()], re.IGNORECASE):
                continue
            # "час назад" is an hour ago.
            number = self._number(match["number"] or "1")
            if number is None:
                continue
            groups, unit = match.groupdict(), _of(self.units, match["unit"])
            number += 0.5 if groups.get("half") else 0
            if groups.get("hours") and unit == "minute":
                number += 60 * (self._number(groups["hours"]) or 0)
            moment_ago = ago(now, number, unit)
            if moment_ago is not None:
                yield Found("time", *match.span(), moment_ago)
        for match in past.finditer(text):
            yield Found("time", *match.span(), last(now, _of(self.past, match["past"])))
        for match in in_month.finditer(text):
            yield from self._in_month(text, match, now)

    def _in_month(self, text: str, match: re.Match[str], now: datetime) -> Iterator[Found]:
        if _OTHER_MONTH.search(text, max(0, match.start() - 12), match.start()) or _COUNTED.match(text, match.end()):
            return
        before = _LAST_YEAR_BEFORE.search(text, max(0, match.start() - 12), match.start())
        after = _LAST_YEAR_AFTER.match(text, match.end())
        month = self._month(match["month"])
        if match["year"]:
            year = int(match["year"])
        else:
            year = now.year - 1 if before or after or month > now.month else now.year
        start, end = before.start() if before else match.start(), after.end() if after else match.end()
        yield Found("time", start, end, f"{year:04}-{month:02}")

    def _month(self, said: str) -> int:
        if said.isdigit():
            return int(said)
        return next(n for n, name in enumerate(self.months, 1) if re.fullmatch(name, said, re.IGNORECASE))

    def _number(self, said: str) -> float | None:
        if said[0].isdigit():
            whole = said.removesuffix(" buçuk")
            return float(whole.replace(",", ".")) + (0.5 if whole != said else 0)
        known = self.numbers.get(said.lower())
        if known is not None:
            return known
        number = numerals.chinese(said) if re.fullmatch(_KANJI, said) else numerals.count(said, self.code)
        return None if number is None else float(number)

    def _moment(self, match: re.Match[str], now: datetime, gone: int | None) -> str | None:
        groups = match.groupdict()
        period: Period = ""
        if groups["named"] is not None:
            days, period = _of(self.days, groups["named"])
            day = now.date() + timedelta(days=days)
        elif groups["weekday"] is not None:
            weekday = next(n for n, name in enumerate(self.weekdays) if re.fullmatch(name, groups["weekday"], re.I))
            day = past_weekday(now, weekday, 1 if groups.get("last_week") else None)
            if groups.get("gone") and day == now.date():
                day -= timedelta(days=7)
        else:
            number = self._month(groups["month"])
            of_month = int(groups["day"]) if groups["day"].isdigit() else 1
            year = int(groups["year"]) if groups.get("year") else gone
            dated = past_day(now, number, of_month) if year is None else real_day(year, number, of_month)
            if dated is None:
                return None
            day = dated
        if groups["h"] is None:
            return moment(day, None)
        said_part = groups.get("part") or groups.get("later")
        if said_part:
            period = _of(self.parts, said_part)
        minute = int(groups["m"]) if groups.get("m") else 30 if groups.get("half") else None
        return moment(day, at_period(Clock(int(groups["h"]), minute), period))


_LAST_YEAR_BEFORE = re.compile(r"(?:작년|지난해|去年|昨年|geçen (?:yıl|sene))(?:\s|の)?$")
_LAST_YEAR_AFTER = re.compile(
    r",? (?:del año pasado|do ano passado|прошлого года|năm (?:ngoái|trước))(?!\w)", re.IGNORECASE
)
# "next March", "every March", "February to March"; in Vietnamese "1 tháng" is how long.
_OTHER_MONTH = re.compile(
    r"(?:来年|来月|毎年|내년|매년|다음 ?달|[〜~～\-–]|\d|mỗi|hàng|hằng|từng|một|gói|rio de|próximo|gelecek|her)\s?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(COUNTED, re.IGNORECASE)


def _of(table: Mapping[str, Value], said: str) -> Value:
    return next(value for pattern, value in table.items() if re.fullmatch(pattern, said, re.IGNORECASE))
