"""Times in Chinese words: 昨天晚上8点, 3月5号, 上周三, 2小时前, 上个月."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot.entities import numerals
from bot.entities.model import Found
from bot.entities.moments import (
    Clock,
    Period,
    Unit,
    ago,
    at_period,
    cut,
    moment,
    months_before,
    past_day,
    past_weekday,
    real_day,
)

_N = r"(?:\d{1,2}|[一二两兩三四五六七八九十廿]{1,3}|零[一二三四五六七八九]?)"
_PERIODS: dict[str, Period] = {
    **dict.fromkeys(("凌晨", "半夜", "午夜", "深夜", "夜里", "夜裡"), "night"),
    **dict.fromkeys(("清晨", "清早", "早上", "早晨", "上午", "大清早", "早"), "morning"),
    **dict.fromkeys(("中午", "正午"), "noon"),
    **dict.fromkeys(("下午", "傍晚", "午后", "午後"), "afternoon"),
    **dict.fromkeys(("晚上", "晚间", "晚間", "晚", "夜", "夜晚"), "evening"),
}
_PERIOD = "(?P<period>" + "|".join(sorted(_PERIODS, key=len, reverse=True)) + ")"
_CLOCK = (
    rf"(?:(?P<hour>{_N})\s?(?:[点點](?:[钟鐘](?!头|頭)|整)?|[时時](?=\s?\d))(?:\s?(?P<half>半)"
    rf"|\s?(?P<quarter>[一三])刻"
    rf"|(?P<minute>{_N}|零{_N})\s?分?(?![钟鐘]后)|)"
    r"|(?P<hh>[01]?\d|2[0-3])[:：](?P<mm>[0-5]\d)(?:[:：](?P<ss>[0-5]\d))?(?!\d))"
)
_DAYS = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "昨天": -1,
    "昨日": -1,
    "昨": -1,
    "前": -2,
    "今天": 0,
    "今日": 0,
    "今": 0,
    "明天": 1,
    "明日": 1,
    "明": 1,
    "后天": 2,
    "後天": 2,
}
_DAY = (
    r"(?:(?P<day>大前天|前天|前日|昨天|昨日|今天|今日|明天|明日|后天|後天|(?<![之以目提证證声聲说說])[昨今明前](?=[晚夜早晨]|儿|兒))"
    rf"|(?:(?P<year>20\d\d|[去今前昨]年)\s?[年\-/.の]?\s?)?(?P<month>{_N})\s?月\s?(?P<dom>{_N}|廿[一二三四五六七八九]?"
    rf"|三十一?)(?:\s?[号號日]|(?![0-9个個]))"
    rf"|(?P<relmonth>上个月|上個月|上月|这个月|這個月|本月|当月)\s?的?(?P<reldom>{_N})\s?[号號日]"
    # "03-07 14:22", "3/9买入", "3.9晚上": month first, where Chinese is written (`_figures`).
    r"|(?<![\d./-])(?P<figures>0?[1-9]|1[0-2])(?P<by>[-/.])(?P<figured>[12]\d|3[01]|0?[1-9])"
    r"(?=\s?(?:[01]?\d|2[0-3])[:：][0-5]\d(?!\d|\s?[-~—至到])|\s?(?:凌晨|早上|上午|中午|下午|傍晚|晚上?)"
    r"|那[天笔筆晚]|[买買卖賣充提转轉存入下挂掛打付收注][的了币幣入]?)"
    rf"|(?P<only>{_N})[号號](?![线線楼樓单單机機门門客店位码碼文车])"
    r"|(?<![一每毎两几])(?<![一两几][个個])(?<![一二三四五六]到)(?P<which>上上|上|这|這|本|下)?(?:个|個)?(?:周|週|星期|礼拜|禮拜)"
    r"(?P<weekday>[一二三四五六日天末])(?![直共次起些定样天块]|到[周週星礼禮]))"
)
_DAY_FIRST = re.compile(
    rf"{_DAY}(?:儿|兒)?(?:(?:\s|的|，|,)?{_PERIOD})?(?:\s?(?:的|，|,|在)?\s?{_CLOCK})?", re.IGNORECASE
)
_CLOCK_ONLY = re.compile(rf"(?:{_PERIOD}\s?)?{_CLOCK}", re.IGNORECASE)
# "早一点", "差一点", "这3点": no hour.
_NO_HOUR = re.compile("[早晚差快慢多少好这這那几幾有]$")
_SPOKEN = re.compile(rf"{_N}[点點时時](?:[钟鐘整半]|[一三]刻|{_N}分|多|左右|前|后|後|就|才|的时候|到{_N})")
# Those on fixed days: month and day.
_HOLIDAYS = {
    "元旦": (1, 1),
    **dict.fromkeys(("五一", "劳动节", "勞動節"), (5, 1)),
    **dict.fromkeys(("国庆", "國慶"), (10, 1)),
    **dict.fromkeys(("双十一", "雙十一", "双11", "雙11"), (11, 11)),
    **dict.fromkeys(("双十二", "雙十二", "双12", "雙12"), (12, 12)),
    "平安夜": (12, 24),
    **dict.fromkeys(("圣诞", "聖誕"), (12, 25)),
}
_HAN = re.compile("[\u3400-\u9fff]")
_SHARES = frozenset((("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4"), ("1", "5")))
_CLOCK_BEHIND = re.compile(r"\s?(?:[01]?\d|2[0-3])[:：][0-5]\d")
_PERIOD_BEHIND = re.compile(r"\s?(?:凌晨|早上|上午|中午|下午|傍晚|晚)")
# Where a sentence begins, or behind a preposition; an app's version is no day.
_CLAUSE = re.compile(r"(?:^|[,，。！!？?；;\n] ?|[在从從于於是] ?|(?<!app) )$", re.IGNORECASE)
_LONG = re.compile(
    r"(?P<weeks>上上|上|这|這|本)(?:个|個)?(?:周|週|星期|礼拜|禮拜)(?![二三四五六日天末]|一(?![直共次起些定样]))"
    r"|(?P<months>上上个月|上个月|上個月|上月|这个月|這個月|本月)(?!\s?的?\d{1,2}\s?[号號日])"
    r"|(?:(?P<yy>20\d\d|[去今前昨])\s?年[\sの]?)(?P<ym>\d{1,2}|[一二三四五六七八九十]{1,2})\s?月份?(?!\s?\d)"
    r"|(?<![0-9第个個])(?P<bare>\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份|初|底|中旬|(?=[的，,。]|就|提|充|转"
    r"|買|买|去世|注册|开始|$))"
    rf"|(?<!明年)(?<!后年)(?<!後年)(?<!每年)(?<!来年)(?<!下个)(?<!下個)(?<![李张張王刘劉陈陳杨楊赵趙黄吴吳徐孙孫朱高林何郭马馬罗羅])"
    rf"(?:(?P<held>[去今前昨]年|20\d\d年)的?)?(?P<holiday>{'|'.join(_HOLIDAYS)})(?:(?<!五一)|(?=节|節|假|期间|期間|那|当天))[节節]?"
    r"(?!(?:期间|期間|假期)?(?:客服|你们|活动|活動|还|還|放假|休息|上班).{0,8}(?:吗|嗎|什么时候|什麼時候|几点|幾點))"
    r"|(?P<turn>(?:(?<=今)|(?<![\u3400-\u9fff个]))年初(?!め)|(?<![\d一二三四五六七八九十个個上下每毎今来來先月])月初(?!め|回))"
    r"|(?P<year>去年|今年(?!\d{2}(?:了|岁|歲|多))|(?<!目)(?<!之)(?<!以)前年|(?<!\d)20\d\d\s?年)(?!\s?\d{0,2}月)"
)
_AGO = re.compile(
    r"(?:(?:(?<!\d)(?P<hours>\d{1,2}|[一二两兩三四五六七八九十])\s?(?:个|個)?(?:小时|小時|钟头|鐘頭)零?"
    r"(?=(?:\d{1,2}|[一二三四五十]{1,3})\s?分))?"
    r"(?P<n>(?<![0-9.])\d{1,5}(?:\.\d{1,2})?|[一二两兩三四五六七八九十]{1,3}|半)\s?(?P<more>个半|個半)?\s?(?:个"
    r"|個)?(?P<unit>刻钟|刻鐘|分钟|分鐘|分|小时|小時|钟头|鐘頭|天"
    r"|日|周|週|星期|礼拜|禮拜|月|年)(?P<andhalf>半)?)\s?(?:多|左右)?(?:之|以)?前(?![台端]|提是|提条|提條)"
)
_UNITS: dict[str, Unit] = {
    "分": "minute",
    "小": "hour",
    "钟": "hour",
    "鐘": "hour",
    "天": "day",
    "日": "day",
    "周": "week",
    "週": "week",
    "星": "week",
    "礼": "week",
    "禮": "week",
    "月": "month",
    "年": "year",
}


def _number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    found = numerals.chinese(text.replace("廿", "二十").lstrip("零") or "零")
    return None if found is None else int(found)


def find(text: str, now: datetime) -> Iterator[Found]:
    """Times told with Chinese words."""
    for match in _AGO.finditer(text):
        found = _ago(match, now)
        if found is not None:
            yield Found("time", *match.span(), found)
    for match in _DAY_FIRST.finditer(text):
        day = _day(match, now)
        found = None if day is None else moment(day, _clock(match))
        if found is not None:
            yield Found("time", *match.span(), found)
    for match in _CLOCK_ONLY.finditer(text):
        # A clock of digits alone ("10:30") is found with the western times; "这一点", "三点建议" are no times.
        spoken = match["hour"] is not None and (
            match["hour"].isdigit() or _SPOKEN.match(text, match.start()) is not None
        )
        if _NO_HOUR.search(text, max(0, match.start("hour") - 1), match.start("hour")) and match["minute"] is None:
            spoken = False
        named = match["period"] and not (len(match["period"]) == 1 and match["hour"] == "一")
        clock = _clock(match) if spoken or named else None
        found = None if clock is None else moment(now.date(), clock)
        if found is not None:
            yield Found("time", *match.span(), found)
    for match in _LONG.finditer(text):
        found = _long(match, now)
        if found is not None:
            yield Found("time", *match.span(), found)


def _ago(match: re.Match[str], now: datetime) -> str | None:
    said = match["n"]
    if said == "半":
        number = 0.5
    elif re.fullmatch(r"[\d.]+", said):
        number = float(said)
    else:
        counted = numerals.chinese(said)
        if counted is None:
            return None
        number = float(counted)
    if match["more"] or match["andhalf"]:
        number += 0.5
    number += 60 * (_number(match["hours"]) or 0) if match["hours"] else 0
    if match["unit"][0] == "刻":
        return ago(now, 15 * number, "minute")
    return ago(now, number, _UNITS[match["unit"][0]])


def _clock(match: re.Match[str]) -> Clock | None:
    """The time of day, put into the named part of the day; None when none was said."""
    if match["hh"]:
        clock = Clock(int(match["hh"]), int(match["mm"]), int(match["ss"]) if match["ss"] else None)
    elif match["hour"]:
        hour = _number(match["hour"])
        if hour is None:
            return None
        minute = 30 if match["half"] else 15 * (_number(match["quarter"]) or 0) if match["quarter"] else None
        if match["minute"]:
            minute = _number(match["minute"])
        clock = Clock(hour, minute)
    else:
        return None
    return at_period(clock, _PERIODS[match["period"]]) if match["period"] else clock


def _day(match: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    if match["day"]:
        return today + timedelta(days=_DAYS[match["day"]])
    if match["weekday"]:
        weekday = "一二三四五六日".find(match["weekday"].replace("天", "日").replace("末", "六"))
        weeks = {"上上": 2, "上": 1, "这": 0, "這": 0, "本": 0, "下": -1}.get(match["which"] or "")
        return past_weekday(now, weekday, weeks)
    if match["relmonth"]:
        first = months_before(now, 1 if match["relmonth"].startswith("上") else 0)
        return real_day(first.year, first.month, _number(match["reldom"]) or 0)
    if match["figures"]:
        return _figures(match, now)
    if match["only"]:
        dom = _number(match["only"]) or 0
        this = real_day(now.year, now.month, dom)
        last = months_before(now, 1)
        return (
            this
            if this is not None and this <= today + timedelta(days=1)
            else real_day(last.year, last.month, dom) or this
        )
    month, dom = _number(match["month"]) or 0, _number(match["dom"]) or 0
    if match["year"]:
        return real_day(_year(match["year"][:4], now), month, dom)
    return past_day(now, month, dom)


def _figures(match: re.Match[str], now: datetime) -> date | None:
    """A day in figures, month first; None for a share ("1/2卖了"), a range ("3-5买入"), a version, an amount, and in
    languages that say the day first."""
    text, behind = match.string, match.end("figured")
    if _HAN.search(text) is None or (match["by"] == "/" and (match["figures"], match["figured"]) in _SHARES):
        return None
    clear = _CLOCK_BEHIND.match(text, behind) is not None
    named = _PERIOD_BEHIND.match(text, behind) is not None
    if match["by"] == "." and not ((clear or named) and _CLAUSE.search(text, max(0, match.start() - 6), match.start())):
        return None
    if match["by"] == "-" and not clear:
        return None
    return past_day(now, int(match["figures"]), int(match["figured"]))


def _year(said: str, now: datetime) -> int:
    return int(said) if said.isdigit() else now.year - {"今": 0, "去": 1, "昨": 1, "前": 2}[said[0]]


def _long(match: re.Match[str], now: datetime) -> str | None:
    if match["weeks"]:
        return cut(now - timedelta(weeks={"上上": 2, "上": 1}.get(match["weeks"], 0)), "week")
    if match["months"]:
        return cut(
            months_before(now, {"上上": 2}.get(match["months"][:2], 1 if match["months"][0] == "上" else 0)), "month"
        )
    if match["holiday"]:
        day = _HOLIDAYS[match["holiday"]]
        found = real_day(_year(match["held"][:4], now), *day) if match["held"] else past_day(now, *day)
        return None if found is None else found.isoformat()
    if match["turn"]:
        return cut(now, "year" if match["turn"][0] == "年" else "month")
    if match["year"]:
        return f"{_year(match['year'].rstrip('年 '), now):04}"
    month = _number(match["ym"] or match["bare"]) or 0
    if not 1 <= month <= 12:
        return None
    if match["ym"]:
        return f"{_year(match['yy'], now):04}-{month:02}"
    return f"{now.year if month <= now.month else now.year - 1:04}-{month:02}"
