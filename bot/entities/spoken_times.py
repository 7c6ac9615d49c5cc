"""Times in the words of seven more languages: 昨日の21時, 어제 밤 11시, вчера в 18:40, hôm qua, dün
22:15, anoche, há 2 horas.

Each language is a table. Figures alone (2026-03-05, 18:40) are `western_times`', Chinese and English have their own.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.entities import money
from bot.entities.model import Found
from bot.entities.moments import last_day, past_day
from bot.entities.spoken_language import COUNTED, HOUR, Language

_JAPANESE = Language(
    code="ja",
    days={
        "一昨日|おととい": (-2, ""),
        "昨夜|昨晩|ゆうべ": (-1, "evening"),
        "昨日|きのう": (-1, ""),
        "今朝": (0, "morning"),
        "今日|本日": (0, ""),
        "明日|あした": (1, ""),
    },
    parts={"午前|朝": "morning", "午後|昼": "afternoon", "夜|晩|夕方": "evening"},
    clock=HOUR + r"時(?!間)(?:(?P<m>[0-5]?\d)分|(?P<half>半))?",
    gap="の?",
    units={"分": "minute", "時間": "hour", "日": "day", "週間": "week", "[かカヶケ]月": "month", "年": "year"},
    ago=(r"(?:H時間)?NU(?P<half>半)?(?:ほど|くらい|ぐらい)?前",),
    signs=("前",),
    past={"先週(?!の[月火水木金土日]曜)": "week", "先月": "month", "去年|昨年": "year"},
    weekdays=tuple(f"{name}曜日?" for name in "月火水木金土日"),
    weekday="(?<![毎来次])(?<![毎来次]週)(?<!来週の)(?<!今週の)(?<!今度の)(?<!次の)(?P<last_week>先週の?)?W(?!ごと|か|休)",
    in_month=r"(?<!\d)(?:Y年)?M月(?!\s?\d|曜)",
    script=r"[\u3040-\u30ff]",
    words=False,
)
_KOREAN = Language(
    code="ko",
    days={
        "그저께|그제|엊그제|이틀 ?전": (-2, ""),
        "사흘 ?전": (-3, ""),
        "나흘 ?전": (-4, ""),
        "어젯밤|어제 ?(?:밤|저녁)": (-1, "evening"),
        "어제": (-1, ""),
        "오늘": (0, ""),
        "내일 ?모레|모레": (2, ""),
        "내일": (1, ""),
    },
    parts={"오전|아침|새벽": "morning", "오후|낮": "afternoon", "저녁|밤": "evening"},
    clock=HOUR + r"시(?!간)(?:\s?(?P<m>[0-5]?\d)분|\s?(?P<half>반))?",
    gap=r"\s?",
    units={"분": "minute", "시간": "hour", "일": "day", "주일?": "week", "달|개월": "month", "년": "year"},
    numbers={"일": 1}
    | dict(zip(("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"), range(1, 11), strict=True)),
    ago=(
        r"(?:(?<![가-힣])(?=[가-힣])|(?<!\d)(?=\d))(?:H\s?시간\s?)?N\s?U(?P<half>\s?반)?\s?(?:쯤|정도)?\s?전(?=에|부터|쯤|까지|\W|$)",
    ),
    signs=("전",),
    past={"지난 ?주(?! ?[월화수목금토일]요일)": "week", "지난 ?달": "month", "작년": "year"},
    weekdays=tuple(f"{name}요일" for name in "월화수목금토일"),
    weekday="(?<!매주 )(?<!다음 )(?<!다음주 )(?<!다음 주 )(?<!오는 )(?<!이번 주 )(?<!이번주 )"
    "(?:(?P<last_week>지난 ?주 ?)|(?P<gone>지난 ))?W(?!마다)",
    date=r"(?:Y년\s?)?M월\s?(?P<day>[12]\d|3[01]|[1-9])일",
    in_month=r"(?<!\d)(?:Y년\s?)?M월(?!\s?\d|요일)",
    words=False,
)
_RUSSIAN = Language(
    code="ru",
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
    clock=rf"в {HOUR}(?:[:.](?P<m>[0-5]\d))?(?: час\w{{0,2}})?",
    gap=r"[ ,]{1,2}",
    units={
        r"мин\w{0,4}": "minute",
        r"час\w{0,2}": "hour",
        "день|дня|дней": "day",
        r"недел\w": "week",
        r"месяц\w{0,2}": "month",
        r"год\w?|лет": "year",
    },
    ago=(
        r"(?:H час\w{0,2} (?:и )?)?(?:N ?|(?=(?:минуту|час|день|неделю|месяц|год) ))U (?:тому )?назад",
        "U N (?:тому )?назад",
    ),
    signs=("назад",),
    past={"прошлой неделе": "week", "прошло?м месяце": "month", "прошло?м году": "year"},
    date=r"(?P<day>[12]\d|3[01]|[1-9]) M(?!\w)(?: Y(?: года?)?(?!\d))?",
    in_month=r"(?:(?<=\bв )|(?<=\bс )|(?<=\bза ))M(?!\w)(?: Y(?: год[ау]?)?)?",
    months=(
        "январ[еяь]|янв",
        "феврал[еяь]|фев",
        "март[еа]?|мар",
        "апрел[еяь]|апр",
        "ма[еяй]",
        "июн[еяь]?",
        "июл[еяь]?",
        "август[еа]?|авг",
        "сентябр[еяь]|сент?",
        "октябр[еяь]|окт",
        "ноябр[еяь]|ноя",
        "декабр[еяь]|дек",
    ),
    weekdays=("понедельника?", "вторника?", "сред[уы]", "четверга?", "пятниц[уы]", "суббот[уы]", "воскресень[ея]"),
    weekday=r"(?:(?<=\bв )|(?<=\bво )|(?<=\bс )|(?<=\bсо )|(?P<gone>прошл\w{2,3} ))W(?! (?:по|до) )",
)
_VIETNAMESE = Language(
    code="vi",
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
    clock=rf"{HOUR}(?:h|:| giờ ?)(?P<m>[0-5]\d)?",
    gap=r"(?: lúc |[ ,]{1,2})",
    units={
        "phút|ph|p": "minute",
        "giờ|tiếng|h": "hour",
        "ngày": "day",
        "tuần": "week",
        "tháng": "month",
        "năm": "year",
    },
    ago=(
        "(?<!ngày )(?<!tháng )(?:H ?(?:giờ|tiếng|h) )?N ?U(?P<half> rưỡi)? trước(?! khi| đó)",
        "cách đây (?:H ?(?:giờ|tiếng|h) )?N ?U(?P<half> rưỡi)?",
    ),
    signs=("trước", "cách đây"),
    past={"tuần trước": "week", "tháng trước": "month", "năm ngoái": "year"},
    date=(
        r"(?<!gói )(?<!đã )(?<!gửi )(?<!kỳ hạn )(?<!hạn )(?<!khoá )(?<!khóa )(?P<day>[12]\d|3[01]"
        r"|[1-9]) tháng M(?![\d/])"
        rf"(?!{COUNTED})(?:,? năm Y)?"
    ),
    in_month=r"tháng M(?!\d|[/.]\d\d?\b)(?:(?:/|,? năm )Y)?",
    weekdays=("hai|2", "ba|3", "tư|4", "năm|5", "sáu|6", "bảy|7", "chủ nhật"),
    weekday=r"(?:(?:(?<=hôm )|(?<=vào )|(?<=từ )|(?<=sáng )|(?<=tối )|(?<=chiều )"
    r"|(?=thứ \w{1,3} tuần trước))thứ |(?<!mỗi )(?<!bảy )(?=chủ nhật))W(?P<last_week> tuần trước)?(?! tuần (?:sau"
    r"|tới)| này)",
)
_TURKISH = Language(
    code="tr",
    days={
        "evvelsi gün|önceki gün": (-2, ""),
        "dün gece|dün akşam": (-1, "evening"),
        "dün": (-1, ""),
        "bu sabah": (0, "morning"),
        "bugün": (0, ""),
        "yarın": (1, ""),
    },
    parts={"akşam|gece": "evening", "sabah": "morning", "öğleden sonra": "afternoon"},
    clock=rf"(?:saat )?{HOUR}(?:[:.](?P<m>[0-5]\d)|(?=['’][dt][ae]))",
    gap=r"[ ,]{1,2}",
    units={"dakika|dk": "minute", "saat": "hour", "gün": "day", "hafta": "week", "ay": "month", "yıl|sene": "year"},
    ago=("(?:H saat )?N U önce",),
    signs=("önce",),
    past={"geçen hafta": "week", "geçen ay": "month", "geçen (?:yıl|sene)": "year"},
    date=r"(?P<day>[12]\d|3[01]|[1-9]) M(?: Y)?",
    in_month=r"M(?: Y|(?= ayı|['’][dt][ae]))",
    months=(
        "ocak",
        "şubat",
        "mart",
        "nisan",
        "mayıs",
        "haziran",
        "temmuz",
        "ağustos",
        "eylül",
        "ekim",
        "kasım",
        "aralık",
    ),
    weekdays=("pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar"),
    weekday=r"(?<!\bher )(?<!\bgelecek )(?<!\bbu )(?<!\bönümüzdeki )(?<!\bhaftaya )(?<!\badım )(?<!\badı )"
    r"(?P<last_week>geçen hafta )?(?P<gone>geçen )?(?:(?<=geçen )|(?<=geçen hafta )"
    r"|(?!pazar(?! günü)(?!tesi)))W(?: günü)?",
)
_SPANISH = Language(
    code="es",
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
    clock=rf"a las? {HOUR}(?::(?P<m>[0-5]\d))?(?: y (?P<half>media))?",
    gap=r"[ ,]{1,2}",
    units={
        "minutos?|min": "minute",
        "horas?|hs?": "hour",
        "d[ií]as?": "day",
        "semanas?": "week",
        "mes(?:es)?": "month",
        "años?": "year",
    },
    numbers={"media": 0.5},
    ago=(
        "hace (?:como |casi |unas? |unos |cerca de |aproximadamente )?(?:H horas? y )?"
        "(?:N ?|(?=hora y media))U(?P<half> y medi[oa])?(?! que)",
    ),
    signs=("hace",),
    past={"semana pasada": "week", "mes pasado": "month", "año pasado": "year"},
    date=r"(?P<day>[12]\d|3[01]|[1-9]|1[º°]|primero) de M(?: (?:del? )?Y)?",
    in_month=r"(?:(?<=\ben )|(?<=\bdesde )|(?<=\bde )(?<!\d de )(?<!rio de )(?-i:(?=[a-z])))M(?: (?:del? )?Y)?",
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre|setiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    weekdays=("lunes", "martes", "mi[eé]rcoles", "jueves", "viernes", "s[aá]bado", "domingo"),
    weekday=r"(?:(?<=\bel )(?<!para el )(?<!hasta el )|(?<=\bdel ))W(?P<gone> pasado)?"
    r"(?! que viene| pr[oó]ximo| a (?:mi|ju|vi|s[aá]|do))",
)
_PORTUGUESE = Language(
    code="pt",
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
    clock=rf"[àa]s? {HOUR}(?:[:h](?P<m>[0-5]\d)?)?",
    gap=r"[ ,]{1,2}",
    units={
        "minutos?|min": "minute",
        "horas?|h": "hour",
        "dias?": "day",
        "semanas?": "week",
        "m[eê]s(?:es)?": "month",
        "anos?": "year",
    },
    numbers={"meia": 0.5},
    ago=(
        "(?:há|faz) (?:cerca de |quase |umas? |uns )?(?:H horas? e )?N ?U(?P<half> e mei[oa])?(?! que| esper)",
        "(?:H horas? e )?N U(?P<half> e mei[oa])? atrás",
    ),
    lasting=r"(?:est(?:ou|ão|ava)|tá|fica|segue|continua|esperando|aguardando|parad[oa]|travad[oa]|pendente)\b[^.,!?]{0,24}$",
    signs=("há", "faz", "atrás"),
    past={"semana passada": "week", "mês passado": "month", "ano passado": "year"},
    date=r"(?P<day>[12]\d|3[01]|[1-9]|1[º°o]|primeiro) de M(?: (?:de )?Y)?",
    in_month=r"(?:(?<=\bem )|(?<=\bdesde )|(?<=\bde )(?<!\d de )(?<!rio de )(?-i:(?=[a-z])))M(?: (?:de )?Y)?",
    months=(
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ),
    weekdays=(
        *(f"{name}(?:-feira)?" for name in ("segunda", "terça", "quarta", "quinta", "sexta")),
        "sábado",
        "domingo",
    ),
    weekday=r"(?:(?<=\bna )|(?<=\bno )|(?<=\bnesta )|(?<=\bdesde )|(?=\w{5,7}-feira passada))W"
    r"(?P<gone> passad[ao])?(?=$|(?<=-feira)(?=,)|(?<=passad[ao])|[.!?;)]"
    r"| (?:à|às|de manhã|de tarde|que passou|fiz|comprei|saquei|mandei|enviei"
    r"|depositei"
    r"|vendi)\b)",
)
# Day and month in figures are a date beside a word that says so: 10/3 alone may be confirmations, a price or a share.
# With a point both have two figures.
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9](?!\.)|0[1-9])"
_MONTH = r"(?P<month>1[0-2]|0[1-9]|(?<=/)[1-9])"
_FIGURES = (
    re.compile(
        r"(?:(?<=\bngày )|(?<=\bd[ií]a )|(?<=\bdel )(?=0)|(?<=\bel )|(?<=\bem )(?=[0-3]\d/[01])|(?<=\bот )"
        r"|(?<=\bс )|(?<=\bдо ))"
        rf"{_DAY}[/.]{_MONTH}(?![\d/]|[.,]\d| ?%| por ciento| (?:de )?(?:conf|подтв|xác nhận|onay)"
        rf"|(?<=[1-3]/[2-5]) de (?:mi|la|el|los|las|su|meu|minha)(?!\w)|{money.MEASURED})",
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
    rf"|{money.MEASURED})"
    r"|(?<![\d.,])20[12]\d(?=(?: год[уа]?| yıl\w{0,5})(?!\w)|년(?!생|\s?\d))",
    re.IGNORECASE,
)
_COUNTED_YEAR = re.compile(
    r"(?:más|mais|menos|saldo|lucro|total|valor|entrada|taxa|retir\w{1,4}|saqu\w{1,4}) de $", re.IGNORECASE
)
# The day of a month that no word names: "no dia 10", "10 числа", "10日に".
_DAY_OF_MONTH = re.compile(
    r"(?:(?<=\bd[ií]a )|(?<=\bngày )(?<!mỗi ngày )(?<!một ngày )(?<!hàng ngày ))(?P<a>[12]\d|3[01]|[1-9])"
    rf"(?![\d:/-]|[.,]\d|º| (?:de|do|da|del|tháng)(?!\w)|{COUNTED})"
    r"|(?<![\d.,/])(?P<b>[12]\d|3[01]|[1-9])(?=(?:-?го)? числа(?!\w))"
    r"|(?<![\d月/.])(?P<c>[12]\d|3[01]|[1-9])日(?=[にのか夜朝午]|頃)(?!かか|間)"
    r"|(?<![\d/.])(?<!월)(?<!월 )(?P<d>[12]\d|3[01]|[1-9])일(?=에|날|부터)(?!에 한)",
    re.IGNORECASE,
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
    for match in _DAY_OF_MONTH.finditer(text):
        found = last_day(now, int(next(filter(None, match.groups()))))
        if found is not None:
            yield Found("time", *match.span(), found.isoformat())
    for match in _YEAR.finditer(text):
        if _COUNTED_YEAR.search(text[max(0, match.start() - 24) : match.start()]):
            continue
        yield Found("time", *match.span(), match.group())
