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
from bot.entities.moments import Clock, Period, Unit, ago, at_period, last, moment, past_day, past_weekday, real_day

Value = TypeVar("Value")
_HOUR = r"(?P<h>[01]?\d|2[0-3])"
_NUMBERS = {
    "один": 1, "одну": 1, "một": 1, "bir": 1, "una": 1, "un": 1, "uma": 1, "um": 1,
    "два": 2, "две": 2, "hai": 2, "iki": 2, "dos": 2, "dois": 2, "duas": 2,
    "три": 3, "ba": 3, "üç": 3, "tres": 3, "três": 3,
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5,
    "пол": 0.5, "nửa": 0.5, "yarim": 0.5, "media": 0.5, "meia": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class _Language:
    """`days`: patterns with days from today and the part of the day they name, longest first; `parts`: words for parts
    of the day; `clock`: with groups `h`, and perhaps `m` and `half`; `gap`: between day, part and clock; `units`:
    patterns; `ago`: where `N` is the number and `U` the unit; `past`: "last month" and its like; `date`: with groups
    `day` and `month`, `months`: beginnings of their names, January first; `weekdays`: patterns, Monday first, and
    `weekday`: how one is said, where `W` is its name, with a group `last_week` if it is told to be of that, or
    `gone` if only that it is over; `lasting`: what stands before a time that something has lasted; `script`: a text
    without it is of another language; `words`: whether words have spaces around them."""

    days: Mapping[str, tuple[int, Period]]
    parts: Mapping[str, Period]
    clock: str
    gap: str
    units: Mapping[str, Unit]
    ago: tuple[str, ...]
    past: Mapping[str, Literal["week", "month", "year"]]
    weekdays: tuple[str, ...]
    weekday: str = "W"
    date: str = ""
    months: tuple[str, ...] = ()
    lasting: str = "(?!)"
    script: str = ""
    words: bool = True

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        begin, end = (r"(?<!\w)", r"(?!\w)") if self.words else ("", "")
        weekday = self.weekday.replace("W", f"(?P<weekday>{'|'.join(self.weekdays)})")
        dated = f"|{self.date}" if self.date else ""
        day = f"(?:(?P<named>{'|'.join(self.days)})|{weekday}{dated})"
        part = f"(?P<part>{'|'.join(self.parts)})"
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
            if re.search(self.lasting, text[max(0, match.start() - 40) : match.start()], re.IGNORECASE):
                continue
            # "час назад" is an hour ago.
            said = (match["number"] or "1").lower()
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
        elif groups["weekday"] is not None:
            weekday = next(n for n, name in enumerate(self.weekdays) if re.fullmatch(name, groups["weekday"], re.I))
            day = past_weekday(now, weekday, 1 if groups.get("last_week") else None)
            if groups.get("gone") and day == now.date():
                day -= timedelta(days=7)
        else:
            said = groups["month"].lower()
            number = (
                int(said) if said.isdigit() else next(n for n, m in enumerate(self.months, 1) if said.startswith(m))
            )
            if groups.get("year"):
                dated = real_day(int(groups["year"]), number, int(groups["day"]))
            else:
                dated = past_day(now, number, int(groups["day"]))
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
        "明日|あした": (1, ""),
    },
    parts={"午前|朝": "morning", "午後|昼": "afternoon", "夜|晩|夕方": "evening"},
    clock=_HOUR + r"時(?!間)(?:(?P<m>[0-5]?\d)分|(?P<half>半))?",
    gap="の?",
    units={"分": "minute", "時間": "hour", "日": "day", "週間": "week", "[かカヶケ]月": "month", "年": "year"},
    ago=("NU(?:ほど|くらい|ぐらい)?前",),
    past={"先週(?!の[月火水木金土日]曜)": "week", "先月": "month", "去年|昨年": "year"},
    weekdays=tuple(f"{name}曜日?" for name in "月火水木金土日"),
    weekday="(?<![毎来次])(?<![毎来次]週)(?<!来週の)(?<!今週の)(?<!今度の)(?<!次の)(?P<last_week>先週の?)?W(?!ごと|か|休)",
    script=r"[\u3040-\u30ff]",
    words=False,
)
_KOREAN = _Language(
    days={
        "그저께|그제|엊그제": (-2, ""),
        "어젯밤|어제 ?(?:밤|저녁)": (-1, "evening"),
        "어제": (-1, ""),
        "오늘": (0, ""),
        "내일 ?모레|모레": (2, ""),
        "내일": (1, ""),
    },
    parts={"오전|아침|새벽": "morning", "오후|낮": "afternoon", "저녁|밤": "evening"},
    clock=_HOUR + r"시(?!간)(?:\s?(?P<m>[0-5]?\d)분|\s?(?P<half>반))?",
    gap=r"\s?",
    units={"분": "minute", "시간": "hour", "일": "day", "주일?": "week", "달|개월": "month", "년": "year"},
    ago=(r"(?:(?<![가-힣])(?=[가-힣])|(?<!\d)(?=\d))N\s?U\s?전(?=에|부터|쯤|까지|\W|$)",),
    past={"지난 ?주(?! ?[월화수목금토일]요일)": "week", "지난 ?달": "month", "작년": "year"},
    weekdays=tuple(f"{name}요일" for name in "월화수목금토일"),
    weekday="(?<!매주 )(?<!다음 )(?<!다음주 )(?<!다음 주 )(?<!오는 )(?<!이번 주 )(?<!이번주 )"
    "(?:(?P<last_week>지난 ?주 ?)|(?P<gone>지난 ))?W(?!마다)",
    date=r"(?:(?P<year>20\d\d)년\s?)?(?P<month>1[0-2]|[1-9])월\s?(?P<day>[12]\d|3[01]|[1-9])일",
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
        "завтра": (1, ""),
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
    ago=("(?:N ?|(?=(?:минуту|час|день|неделю|месяц|год) ))U назад",),
    past={"прошлой неделе": "week", "прошло?м месяце": "month", "прошло?м году": "year"},
    date=(
        r"(?P<day>[12]\d|3[01]|[1-9]) "
        r"(?P<month>(?:янв|фев|мар|апр|ма|июн"
        r"|июл|авг|сен|окт|ноя|дек)[а-я]{1,6})(?: (?P<year>20\d\d)(?: года?)?)?"
    ),
    months=("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    weekdays=("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье"),
    weekday=r"(?:(?<=\bв )|(?<=\bво )|(?<=\bс )|(?P<gone>прошл\w{2} ))W",
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
        "ngày mai": (1, ""),
    },
    parts={"sáng": "morning", "chiều": "afternoon", "tối": "evening"},
    clock=rf"{_HOUR}(?:h|:| giờ ?)(?P<m>[0-5]\d)?",
    gap=r"(?: lúc |[ ,]{1,2})",
    units={"phút": "minute", "giờ|tiếng": "hour", "ngày": "day", "tuần": "week", "tháng": "month", "năm": "year"},
    ago=("N U trước",),
    past={"tuần trước": "week", "tháng trước": "month", "năm ngoái": "year"},
    weekdays=("hai|2", "ba|3", "tư|4", "năm|5", "sáu|6", "bảy|7", "chủ nhật"),
    weekday=r"(?:(?:(?<=hôm )|(?<=vào )|(?<=từ )|(?<=sáng )|(?<=tối )|(?<=chiều )"
    r"|(?=thứ \w{1,3} tuần trước))thứ |(?<!mỗi )(?<!bảy )(?=chủ nhật))W(?P<last_week> tuần trước)?(?! tuần (?:sau"
    r"|tới)| này)",
)
_TURKISH = _Language(
    days={
        "evvelsi gün|önceki gün": (-2, ""),
        "dün gece|dün akşam": (-1, "evening"),
        "dün": (-1, ""),
        "bu sabah": (0, "morning"),
        "bugün": (0, ""),
        "yarın": (1, ""),
    },
    parts={"akşam|gece": "evening", "sabah": "morning", "öğleden sonra": "afternoon"},
    clock=rf"(?:saat )?{_HOUR}(?:[:.](?P<m>[0-5]\d)|(?=['’][dt][ae]))",
    gap=r"[ ,]{1,2}",
    units={"dakika|dk": "minute", "saat": "hour", "gün": "day", "hafta": "week", "ay": "month", "yıl|sene": "year"},
    ago=("N U önce",),
    past={"geçen hafta": "week", "geçen ay": "month", "geçen (?:yıl|sene)": "year"},
    date=(
        r"(?P<day>[12]\d|3[01]|[1-9]) "
        r"(?P<month>ocak|şubat|mart|nisan|mayıs|haziran"
        r"|temmuz|ağustos|eylül|ekim|kasım|aralık)(?: (?P<year>20\d\d))?"
    ),
    months=("oca", "şub", "mar", "nis", "may", "haz", "tem", "ağu", "eyl", "eki", "kas", "ara"),
    weekdays=("pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar"),
    weekday=r"(?<!\bher )(?<!\bgelecek )(?<!\bbu )(?<!\bönümüzdeki )(?<!\bhaftaya )(?<!\badım )(?<!\badı )"
    r"(?P<last_week>geçen hafta )?(?P<gone>geçen )?(?!pazar(?! günü)(?!tesi))W(?: günü)?",
)
_SPANISH = _Language(
    days={
        "anteayer|antier": (-2, ""),
        "anoche": (-1, "evening"),
        "ayer": (-1, ""),
        "esta mañana": (0, "morning"),
        "esta tarde": (0, "afternoon"),
        "hoy": (0, ""),
        "pasado mañana": (2, ""),
        "(?<!la )(?<!esta )(?<!por )(?<!una )(?<!cada )(?<!de )mañana": (1, ""),
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
        r"|julio|agosto|septiembre|octubre|noviembre|diciembre)(?: del? (?P<year>20\d\d))?"
    ),
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    weekdays=("lunes", "martes", "mi[eé]rcoles", "jueves", "viernes", "s[aá]bado", "domingo"),
    weekday=r"(?:(?<=\bel )(?<!para el )(?<!hasta el )|(?<=\bdel ))W(?P<gone> pasado)?"
    r"(?! que viene| pr[oó]ximo| a (?:mi|ju|vi|s[aá]|do))",
)
_PORTUGUESE = _Language(
    days={
        "anteontem": (-2, ""),
        "ontem à noite": (-1, "evening"),
        "ontem": (-1, ""),
        "hoje de manhã": (0, "morning"),
        "hoje": (0, ""),
        "depois de amanhã": (2, ""),
        "amanhã": (1, ""),
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
    ago=("(?:há|faz) N U(?! que| esper)", "N U atrás"),
    lasting=r"(?:est(?:ou|ão|ava)|tá|fica|segue|continua|esperando|aguardando|parad[oa]|travad[oa]|pendente)\b[^.,!?]{0,24}$",
    past={"semana passada": "week", "mês passado": "month", "ano passado": "year"},
    date=(
        r"(?P<day>[12]\d|3[01]|[1-9]) de "
        r"(?P<month>janeiro|fevereiro|março|abril|maio|junho"
        r"|julho|agosto|setembro|outubro|novembro|dezembro)(?: de (?P<year>20\d\d))?"
    ),
    months=("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"),
    weekdays=(
        *(f"{name}(?:-feira)?" for name in ("segunda", "terça", "quarta", "quinta", "sexta")),
        "sábado",
        "domingo",
    ),
    weekday=r"(?:(?<=\bna )|(?<=\bno )|(?<=\bnesta )|(?<=\bdesde )|(?=\w{5,7}-feira passada))W"
    r"(?P<gone> passad[ao])?(?=$|[.!?;)]| (?:à|às|de manhã|de tarde|que passou|fiz|comprei|saquei|mandei|enviei"
    r"|depositei"
    r"|vendi)\b)",
)
# Day and month in figures are a date beside a word that says so: 10/3 alone may be confirmations, a price or a share.
# With a point both have two figures.
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9](?!\.)|0[1-9])"
_MONTH = r"(?P<month>1[0-2]|0[1-9]|(?<=/)[1-9])"
_FIGURES = (
    re.compile(
        r"(?:(?<=\bngày )|(?<=\bd[ií]a )|(?<=\bel )|(?<=\bem )(?=[0-3]\d/[01])|(?<=\bот )|(?<=\bс )|(?<=\bдо ))"
        rf"{_DAY}[/.]{_MONTH}(?![\d/]|[.,]\d| ?%| por ciento| (?:de )?(?:conf|подтв|xác nhận|onay)"
        r"| ?(?:usdt?|usdc|btc|eth|trx|sol|bnb|xrp|u|руб\w*|евро|доллар\w*)(?!\w))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\d.,/])(?<!onay )(?<!saat )(?<!fiyat ){_DAY}[/.]{_MONTH}(?=['’]?[td][ae](?:n|ki)?\b| tarih)",
        re.IGNORECASE,
    ),
)
# A year behind a word that years stand behind, unless it counts something; or before a word for a year.
_YEAR = re.compile(
    r"(?:(?<=\bde )|(?<=\bdel )|(?<=\ben )|(?<=\bem )|(?<=\bnăm ))20[12]\d(?![\d:/-]|[.,]\d"
    r"| ?(?:usdt?|usdc|btc|eth|trx|sol|bnb|xrp|u|coins?|tokens?|d[oó]lares|euros|reais|pesos|đồng|brl|mxn"
    r"|sats)(?!\w)| ?[$€£])"
    r"|(?<![\d.,])20[12]\d(?=(?: год[уа]?|년| yıl\w{0,5})(?!\w))",
    re.IGNORECASE,
)
_COUNTED_YEAR = re.compile(
    r"(?:más|mais|menos|saldo|lucro|total|valor|entrada|taxa|retir\w{1,4}|saqu\w{1,4}) de $", re.IGNORECASE
)
_LANGUAGES = (_JAPANESE, _KOREAN, _RUSSIAN, _VIETNAMESE, _TURKISH, _SPANISH, _PORTUGUESE)


def find(text: str, now: datetime) -> Iterator[Found]:
    """Times in words, whatever the language: customers mix them."""
    for language in _LANGUAGES:
        yield from language.find(text, now)
    for match in (match for pattern in _FIGURES for match in pattern.finditer(text)):
        day = past_day(now, int(match["month"]), int(match["day"]))
        if day is not None:
            yield Found("time", *match.span(), day.isoformat())
    for match in _YEAR.finditer(text):
        if _COUNTED_YEAR.search(text[max(0, match.start() - 24) : match.start()]):
            continue
        yield Found("time", *match.span(), match.group())
