"""Times in the words of seven more languages: 昨日の21時, 어제 밤 11시, вчера в 18:40, hôm qua, dün
22:15, anoche, há 2 horas.

Each language is a table. Figures alone (2026-03-05, 18:40) are `western_times`', Chinese and English have their own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, TypeVar

from bot.entities.model import Found
from bot.entities.moments import Clock, Period, Unit, ago, at_period, last, moment, past_day

Value = TypeVar("Value")
_HOUR = r"(?P<h>[01]?\d|2[0-3])"
_NUMBERS = {
    "один": 1, "одну": 1, "một": 1, "bir": 1, "una": 1, "un": 1, "uma": 1, "um": 1,
    "два": 2, "две": 2, "hai": 2, "iki": 2, "dos": 2, "dois": 2, "duas": 2,
    "три": 3, "ba": 3, "üç": 3, "tres": 3, "três": 3,
    "пол": 0.5, "nửa": 0.5, "yarım": 0.5, "media": 0.5, "meia": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class _Language:
    """`days`: patterns with days from today and the part of the day they name, longest first; `parts`: words for parts
    of the day; `clock`: with groups `h`, and perhaps `m` and `half`; `gap`: between day, part and clock; `units`:
    patterns; `ago`: where `N` is the number and `U` the unit; `past`: "last month" and its like; `date`: with groups
    `day` and `month`, `months`: beginnings of their names, January first; `script`: a text without it is of another
    language; `words`: whether words have spaces around them."""

    days: Mapping[str, tuple[int, Period]]
    parts: Mapping[str, Period]
    clock: str
    gap: str
    units: Mapping[str, Unit]
    ago: tuple[str, ...]
    past: Mapping[str, Literal["week", "month", "year"]]
    date: str = ""
    months: tuple[str, ...] = ()
    script: str = ""
    words: bool = True

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        begin, end = (r"(?<!\w)", r"(?!\w)") if self.words else ("", "")
        day = f"(?:(?P<named>{'|'.join(self.days)})" + (f"|{self.date})" if self.date else ")")
        part = f"(?P<part>{'|'.join(self.parts)})" if self.parts else "(?P<part>(?!))"
        later = part.replace("part", "later", 1)
        number = rf"(?P<number>\d{{1,4}}|{'|'.join(_NUMBERS)})"
        unit = f"(?P<unit>{'|'.join(self.units)})"
        return tuple(
            re.compile(begin + pattern + end, re.IGNORECASE)
            for pattern in (
                rf"{day}(?:{self.gap}{part})?(?:{self.gap}{self.clock}(?:{self.gap}{later})?)?",
                rf"{self.clock}(?:{self.gap}{part})?{self.gap}{day}",
                f"(?P<past>{'|'.join(self.past)})",
                *(some.replace("N", number).replace("U", unit) for some in self.ago),
            )
        )

    def find(self, text: str, now: datetime) -> Iterator[Found]:
        if self.script and re.search(self.script, text) is None:
            return
        day_first, clock_first, past, *back = self._patterns
        for pattern in (day_first, clock_first):
            for match in pattern.finditer(text):
                found = self._moment(match, now)
                if found is not None:
                    yield Found("time", *match.span(), found)
        for match in (match for pattern in back for match in pattern.finditer(text)):
            said = match["number"].lower()
            number = float(said) if said.isdigit() else _NUMBERS[said]
            yield Found("time", *match.span(), ago(now, number, _of(self.units, match["unit"])))
        for match in past.finditer(text):
            yield Found("time", *match.span(), last(now, _of(self.past, match["past"])))

    def _moment(self, match: re.Match[str], now: datetime) -> str | None:
        groups = match.groupdict()
        period: Period = ""
        if groups["named"] is not None:
            days, period = _of(self.days, groups["named"])
            day = now.date() + timedelta(days=days)
        else:
            said = groups["month"].lower()
            number = (
                int(said) if said.isdigit() else next(n for n, m in enumerate(self.months, 1) if said.startswith(m))
            )
            dated = past_day(now, number, int(groups["day"])) if 1 <= number <= 12 else None
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


def _of(table: Mapping[str, Value], said: str) -> Value:
    return next(value for pattern, value in table.items() if re.fullmatch(pattern, said, re.IGNORECASE))


_JAPANESE = _Language(
    days={
        "一昨日|おととい": (-2, ""),
        "昨夜|昨晩|ゆうべ": (-1, "evening"),
        "昨日|きのう": (-1, ""),
        "今朝": (0, "morning"),
        "今日|本日": (0, ""),
    },
    parts={"午前|朝": "morning", "午後|昼": "afternoon", "夜|晩|夕方": "evening"},
    clock=_HOUR + r"時(?!間)(?:(?P<m>[0-5]?\d)分|(?P<half>半))?",
    gap="の?",
    units={"分": "minute", "時間": "hour", "日": "day", "週間": "week", "[かカヶケ]月": "month", "年": "year"},
    ago=("NU(?:ほど|くらい|ぐらい)?前",),
    past={"先週": "week", "先月": "month", "去年|昨年": "year"},
    script=r"[\u3040-\u30ff]",
    words=False,
)
_KOREAN = _Language(
    days={
        "그저께|그제|엊그제": (-2, ""),
        "어젯밤|어제 ?(?:밤|저녁)": (-1, "evening"),
        "어제": (-1, ""),
        "오늘": (0, ""),
    },
    parts={"오전|아침|새벽": "morning", "오후|낮": "afternoon", "저녁|밤": "evening"},
    clock=_HOUR + r"시(?!간)(?:\s?(?P<m>[0-5]?\d)분|\s?(?P<half>반))?",
    gap=r"\s?",
    units={"분": "minute", "시간": "hour", "일": "day", "주일?": "week", "달|개월": "month", "년": "year"},
    ago=(r"N\s?U\s?전",),
    past={"지난 ?주": "week", "지난 ?달": "month", "작년": "year"},
    date=r"(?P<month>1[0-2]|[1-9])월\s?(?P<day>[12]\d|3[01]|[1-9])일",
    words=False,
)
_RUSSIAN = _Language(
    days={
        "позавчера": (-2, ""),
        "вчера вечером": (-1, "evening"),
        "вчера утром": (-1, "morning"),
        "вчера": (-1, ""),
        "сегодня утром": (0, "morning"),
        "сегодня": (0, ""),
    },
    parts={"утра|утром": "morning", "дня|дн[её]м": "afternoon", "вечера|вечером": "evening"},
    clock=rf"в {_HOUR}(?:[:.](?P<m>[0-5]\d))?(?: час\w{{0,2}})?",
    gap=r"[ ,]{1,2}",
    units={
        r"мин\w{0,4}": "minute",
        r"час\w{0,2}": "hour",
        "день|дня|дней": "day",
        r"недел\w": "week",
        r"месяц\w{0,2}": "month",
        r"год\w?|лет": "year",
    },
    ago=("N ?U назад",),
    past={"прошлой неделе": "week", "прошло?м месяце": "month", "прошло?м году": "year"},
    date=(
        r"(?P<day>[12]\d|3[01]|[1-9]) "
        r"(?P<month>(?:янв|фев|мар|апр|ма|июн"
        r"|июл|авг|сен|окт|ноя|дек)[а-я]{1,6})"
    ),
    months=("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
)
_VIETNAMESE = _Language(
    days={
        "hôm kia": (-2, ""),
        "tối qua|đêm qua": (-1, "evening"),
        "sáng qua": (-1, "morning"),
        "hôm qua": (-1, ""),
        "sáng nay": (0, "morning"),
        "chiều nay": (0, "afternoon"),
        "tối nay": (0, "evening"),
        "hôm nay": (0, ""),
    },
    parts={"sáng": "morning", "chiều": "afternoon", "tối": "evening"},
    clock=rf"{_HOUR}(?:h|:| giờ ?)(?P<m>[0-5]\d)?",
    gap=r"(?: lúc |[ ,]{1,2})",
    units={"phút": "minute", "giờ|tiếng": "hour", "ngày": "day", "tuần": "week", "tháng": "month", "năm": "year"},
    ago=("N U trước",),
    past={"tuần trước": "week", "tháng trước": "month", "năm ngoái": "year"},
)
_TURKISH = _Language(
    days={
        "evvelsi gün|önceki gün": (-2, ""),
        "dün gece|dün akşam": (-1, "evening"),
        "dün": (-1, ""),
        "bu sabah": (0, "morning"),
        "bugün": (0, ""),
    },
    parts={},
    clock=rf"(?:saat )?{_HOUR}[:.](?P<m>[0-5]\d)",
    gap=r"[ ,]{1,2}",
    units={"dakika|dk": "minute", "saat": "hour", "gün": "day", "hafta": "week", "ay": "month", "yıl|sene": "year"},
    ago=("N U önce",),
    past={"geçen hafta": "week", "geçen ay": "month", "geçen (?:yıl|sene)": "year"},
    date=(
        r"(?P<day>[12]\d|3[01]|[1-9]) "
        r"(?P<month>ocak|şubat|mart|nisan|mayıs|haziran"
        r"|temmuz|ağustos|eylül|ekim|kasım|aralık)"
    ),
    months=("oca", "şub", "mar", "nis", "may", "haz", "tem", "ağu", "eyl", "eki", "kas", "ara"),
)
_SPANISH = _Language(
    days={
        "anteayer|antier": (-2, ""),
        "anoche": (-1, "evening"),
        "ayer": (-1, ""),
        "esta mañana": (0, "morning"),
        "esta tarde": (0, "afternoon"),
        "hoy": (0, ""),
    },
    parts={
        "(?:de|por) la mañana": "morning",
        "(?:de|por) la tarde": "afternoon",
        "(?:de|por) la noche": "evening",
    },
    clock=rf"a las? {_HOUR}(?::(?P<m>[0-5]\d))?(?: y (?P<half>media))?",
    gap=r"[ ,]{1,2}",
    units={
        "minutos?": "minute",
        "horas?": "hour",
        "d[ií]as?": "day",
        "semanas?": "week",
        "mes(?:es)?": "month",
        "años?": "year",
    },
    ago=("hace N U(?! que)",),
    past={"semana pasada": "week", "mes pasado": "month", "año pasado": "year"},
    date=(
        r"(?P<day>[12]\d|3[01]|[1-9]) de "
        r"(?P<month>enero|febrero|marzo|abril|mayo|junio"
        r"|julio|agosto|septiembre|octubre|noviembre|diciembre)"
    ),
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
)
_PORTUGUESE = _Language(
    days={
        "anteontem": (-2, ""),
        "ontem à noite": (-1, "evening"),
        "ontem": (-1, ""),
        "hoje de manhã": (0, "morning"),
        "hoje": (0, ""),
    },
    parts={"da manhã": "morning", "da tarde": "afternoon", "da noite|à noite": "evening"},
    clock=rf"[àa]s? {_HOUR}(?:[:h](?P<m>[0-5]\d)?)?",
    gap=r"[ ,]{1,2}",
    units={
        "minutos?": "minute",
        "horas?": "hour",
        "dias?": "day",
        "semanas?": "week",
        "m[eê]s(?:es)?": "month",
        "anos?": "year",
    },
    ago=("há N U(?! que| esper)", "N U atrás"),
    past={"semana passada": "week", "mês passado": "month", "ano passado": "year"},
    date=(
        r"(?P<day>[12]\d|3[01]|[1-9]) de "
        r"(?P<month>janeiro|fevereiro|março|abril|maio|junho"
        r"|julho|agosto|setembro|outubro|novembro|dezembro)"
    ),
    months=("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"),
)
_LANGUAGES = (_JAPANESE, _KOREAN, _RUSSIAN, _VIETNAMESE, _TURKISH, _SPANISH, _PORTUGUESE)


def find(text: str, now: datetime) -> Iterator[Found]:
    """Times in words, whatever the language: customers mix them."""
    for language in _LANGUAGES:
        yield from language.find(text, now)
