"""Numbers as people write them: 1,234.5, 1.2k, 2万, 三百五十, 一万五, five hundred, quinientos, üç yüz."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DIGITS = {
    c: n
    for n, group in enumerate(("零〇", "一壹", "二两兩贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in group
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
CHINESE = "[零〇一壹二两兩贰三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万萬亿億]"
CHINESE_NUMBER = re.compile(
    rf"(?<!第)(?:[零〇一壹二两兩贰三叁四肆五伍六陆七柒八捌九玖十拾]|(?<![数何幾])[百千](?=[一二三四五六七八九][十百]|円(?!ショップ))){CHINESE}*(?:点[零〇一二三四五六七八九]+[万亿]?)?"
)

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: value for value, word in enumerate((*_UNITS, *_TEENS))} | {w: 10 * n for n, w in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 10**6, "billion": 10**9}
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
_ENGLISH = {word: (Decimal(value), False) for word, value in _WORDS.items()}
_ENGLISH |= {word: (Decimal(value), True) for word, value in _SCALES.items()}
ENGLISH = rf"(?:an? (?=hundred|thousand|million|grand))?(?:{_WORD})(?:(?:[ -]| and )(?:{_WORD})){{0,8}}"
_DIGIT = "|".join(_UNITS)
ENGLISH_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?<!few )(?<!several )(?<!couple of )(?<!couple )(?<!many )(?P<whole>{ENGLISH})"
    rf"(?: point (?P<point>(?:{_DIGIT})(?: (?:{_DIGIT}))*)| (?P<half>and a half)(?P<scale> (?:hundred|thousand"
    rf"|million))?)?"
    r"(?![0-9A-Za-z])",
    re.IGNORECASE,
)

_LANGUAGES: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "numbers.yml").read_text(encoding="utf-8"))
_SHORT = {
    10**2: "百 hundred",
    10**3: "k к 千 천 thousand grand тыс",
    10**4: "w 万 萬 만",
    10**5: "십만 lakh lakhs lac",
    10**6: "m mm 百万 百萬 백만 million mio mln млн tr",
    10**7: "千万 千萬 천만 crore crores",
    10**8: "亿 億 억",
    10**9: "b billion",
}
MULTIPLIERS: Mapping[str, int] = {word: value for value, words in _SHORT.items() for word in words.split()} | {
    word: value
    for own in _LANGUAGES.values()
    for value, words in own["times"].items()
    for word in words.split("|")
    if value >= 10**3
}
"""What stands behind a number in figures and multiplies it: short forms, and what multiplies in numbers.yml."""


def chinese(text: str) -> Decimal | None:
    """三百五十 -> 350, 一万五 -> 15000, 两千零五 -> 2005, 三点五 -> 3.5, 二〇二四 -> 2024. None: no number."""
    whole, _, rest = text.partition("点")
    scale = 1
    if rest and rest[-1] in _LARGE:
        rest, scale = rest[:-1], _LARGE[rest[-1]]
    if rest:
        head = chinese(whole)
        return None if head is None else (head + Decimal("0." + "".join(str(_DIGITS[c]) for c in rest))) * scale
    if all(c in _DIGITS for c in text):
        if len(text) == 2 and _DIGITS[text[1]] == _DIGITS[text[0]] + 1 > 1:
            # "两三天" is two or three.
            return None
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total, section, digit, unit, zero = 0, 0, None, 0, False
    for c in text:
        if c in _DIGITS:
            if digit is not None and _DIGITS[c] != 0 and digit != 0:
                return None
            digit, zero = _DIGITS[c], zero or _DIGITS[c] == 0
        elif c in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[c]
            digit, unit, zero = None, _SMALL[c], False
        else:
            total = (
                (total + section + (digit or 0)) * _LARGE[c]
                if total < _LARGE[c]
                else total + (section + (digit or 0)) * _LARGE[c]
            )
            section, digit, unit, zero = 0, None, _LARGE[c], False
    # 一千二 is 1200, 一万五 15000; with 零 before it the last digit is a plain one.
    tail = 0 if digit is None else digit * (unit // 10 if unit >= 100 and not zero else 1)
    return Decimal(total + section + tail)


_Word = tuple[Decimal, bool]
"""A value, and whether it multiplies what stands before it."""
KOREAN_NUMBER = re.compile(
    r"(?<![가-힣])(?=[일이삼사오육칠팔구]?[십백천만억])[일이삼사오육칠팔구십백천만억]{1,9}(?=원)"
)
_KOREAN = str.maketrans("일이삼사오육칠팔구십백천만억", "一二三四五六七八九十百千万亿")


def korean(text: str) -> Decimal | None:
    """오십만 -> 500000, 만 -> 10000."""
    read = text.translate(_KOREAN)
    return chinese(f"一{read}" if read[0] in _LARGE else read)


# Letters from which on a number's word is none of another language.
_CLEAR = 6
# Alone, mostly other words: ten, below and ate in Turkish; five (year), father and brother in Vietnamese.
_NO_NUMBER = frozenset({"on", "alti", "yedi", "năm", "ba", "hai", "tư", "lăm", "nhăm", "mốt", "buçuk"})
# "several thousand", "how many thousand" is no number; nor is the rest of one whose beginning no table has.
_VAGUE = re.compile(
    r"(?:birkaç|kaç|varios|varias|cu[aá]nt[oa]s|algun[oa]s|algum[ao]s|alguns|vári[oa]s|pouc[oa]s|muit[oa]s|much[oa]s"
    r"|(?:par|pila) de|несколько|пар[ау]|много|vài|mấy|dăm|\w+(?:icinco|iseis|isiete)"
    r"|few|several|couple(?: of)?|many) $"
)


@cache
def _spoken() -> Mapping[str, tuple[re.Pattern[str], Mapping[str, _Word]]]:
    """Per language of numbers.yml a pattern, and what its words mean."""
    return {language: _spoken_in(own) for language, own in _LANGUAGES.items()}


def _spoken_in(own: Mapping[str, Any]) -> tuple[re.Pattern[str], dict[str, _Word]]:
    table = {
        # `extract` folds the dotless i.
        word.replace("ı", "i"): (Decimal(place * step), False)
        for name, first, step in (("units", 2, 1), ("ten", 1, 10), ("tens", 2, 10), ("hundreds", 1, 100))
        for place, forms in enumerate(own.get(name, "").split(), first)
        for word in forms.split("|")
    }
    table |= {word: (Decimal(str(value)), False) for word, value in own.get("others", {}).items()}
    if own.get("joined"):
        # "onbeş", "yüzelli", "ikiyüz"
        table |= _joined(own)
    times = {word: (Decimal(value), True) for value, forms in own["times"].items() for word in forms.split("|")}
    table |= times
    words = "|".join(sorted(table, key=len, reverse=True))
    scales = rf"(?:{'|'.join(times)})(?!\w)"
    # What multiplies needs something to multiply, unless it is one that may be first; behind figures it is theirs.
    halves = own.get("before", "(?!)").replace("ı", "i")
    begin = rf"(?:(?:{own['one']}|{halves}) (?={scales}|buçuk(?!\w))|(?!{scales}|buçuk(?!\w))"
    if "alone" in own:
        begin += rf"|(?<!\d )(?={own['alone']}(?!\w))"
    # Elsewhere an article, behind other words one is a number.
    more = rf"(?: (?:[eyс] )?(?:{words}|{own['one']})(?!\w)){{0,8}}"
    table |= {word: (Decimal(1), False) for word in own["one"].split("|")}
    table |= {word.replace("ı", "i"): (Decimal("0.5"), False) for word in own.get("before", "").split("|") if word}
    half = rf"(?P<half> {own['half']})?" if "half" in own else "(?P<half>(?!))?"
    return re.compile(rf"(?<!\w){begin})(?:{words})(?!\w){more}{half}(?!\w)"), table


def _joined(own: Mapping[str, Any]) -> dict[str, _Word]:
    """Two words of a number written as one: tens and units, hundreds and what is behind them, units and hundreds."""
    units = dict(enumerate(own["units"].split(), 2)) | {1: own["one"]}
    tens = {10: own["ten"]} | {10 * n: word for n, word in enumerate(own["tens"].split(), 2)}
    hundred = next(word for value, word in own["times"].items() if value == 100)
    pairs = {t + u: (ten + unit) for t, ten in tens.items() for u, unit in units.items()}
    pairs |= {100 + n: hundred + word for n, word in (units | tens).items()}
    pairs |= {100 * n: word + hundred for n, word in units.items() if n > 1}
    return {word.replace("ı", "i"): (Decimal(value), False) for value, word in pairs.items()}


@cache
def _counts(language: str) -> Mapping[str, _Word]:
    """The language's words that counts below a hundred are made of."""
    if language not in _spoken():
        return {}
    return {word: own for word, own in _spoken()[language][1].items() if not own[1] or own[0] < 100}


def counts(language: str) -> str:
    """A pattern of what `count` understands of a language, of up to three words; it matches nothing where numbers.yml
    has not the language."""
    word = "|".join(sorted(_counts(language), key=len, reverse=True)) or "(?!)"
    return rf"(?:{word})(?: (?:[ey] )?(?:{word})(?!\w)){{0,2}}"


def count(text: str, language: str) -> Decimal | None:
    """ "veinticinco" -> 25, "hai mươi" -> 20, "iki buçuk" -> 2.5; None when it is no number or several."""
    known = [_counts(language)[word] for word in text.lower().split() if word in _counts(language)]
    return _value(known) if known else None


def spoken(text: str, locale: str) -> Iterator[tuple[int, int, Decimal]]:
    """Numbers in Spanish, Portuguese, Russian, Turkish and Vietnamese words: begin, end, value. Single words, if
    short, may be others of another language (once, dos) and count in their own one only. `text` is folded: no letter of
    it is longer in lower case."""
    lower = text.lower()
    for language, (pattern, table) in _spoken().items():
        for match in pattern.finditer(lower):
            said = match.group().removesuffix(match["half"] or "")
            words = [table[word] for word in said.split() if word in table]
            value = _value(words)
            if value is None or _VAGUE.search(lower, max(0, match.start() - 24), match.start()):
                continue
            if match["half"]:
                # "un millón y medio" is half a million more, "tres y medio" half a one.
                last, multiplies = words[-1]
                value += (last if multiplies else 1) / Decimal(2)
            alone = len(words) == 1 and len(match.group()) < _CLEAR
            if not alone or (locale[:2] == language and match.group() not in _NO_NUMBER):
                yield *match.span(), value


def _value(words: Sequence[_Word]) -> Decimal | None:
    """None when they are several numbers: "two three", "twelve five"."""
    total = section = Decimal(0)
    room = None
    for value, multiplies in words:
        if not multiplies and room is not None and value >= room:
            return None
        room = _place(value)
        if not multiplies:
            section += value
        elif value < 1000:
            # "hai trăm năm mươi": of what stands before, only what is smaller is multiplied.
            high, low = divmod(section, value)
            section = high * value + max(low, Decimal(1)) * value
        else:
            total, section = total + (section or Decimal(1)) * value, Decimal(0)
    return total + section


def _place(value: Decimal) -> int:
    """Of the last figure that is not 0: 20 -> 10, 16 -> 1. What follows in words is smaller."""
    place = 1
    while value and value % (10 * place) == 0:
        place *= 10
    return place


def behind_myriads(text: str) -> Decimal:
    """What stands behind ten thousands: "5千" and "5천" -> 5000, a single "5" -> 5000, "0500" and "500" -> 500; behind
    hundreds of millions "5천만" -> 50000000."""
    if text[-1] in "万萬만":
        return Decimal(int(text[:-1].rstrip("千천")) * (10**7 if text[-2] in "千천" else 10**4))
    digits = text.rstrip("千천")
    return Decimal(int(digits) * (1000 if len(digits) == 1 or digits != text else 1))


def english(text: str) -> Decimal | None:
    """ "five hundred" -> 500, "two thousand and fifty" -> 2050; "one two" -> None."""
    return _value([_ENGLISH[word] for word in re.findall("[a-z]+", text.lower()) if word in _ENGLISH])


def english_number(match: re.Match[str]) -> Decimal | None:
    """What a match of ENGLISH_NUMBER is worth: "two point five" -> 2.5, "three and a half thousand" -> 3500."""
    value = english(match["whole"])
    if value is None:
        return None
    if match["point"]:
        value += Decimal("0." + "".join(str(_UNITS.index(word)) for word in match["point"].lower().split()))
    if match["half"]:
        last, multiplies = _ENGLISH[re.findall("[a-z]+", match["whole"].lower())[-1]]
        value += (last if multiplies else 1) / Decimal(2)
        value *= _SCALES[(match["scale"] or " one").strip().lower()] if match["scale"] else 1
    return value


def western(text: str, multiplier: str = "", *, comma_decimal: bool = False) -> Decimal | None:
    """1,234.5 and 1.234,5 and 1 234,5. `comma_decimal`: what a single doubtful separator means in the language.

    None when it is written as no number is ("1,23,4.5.6").
    """
    plain = re.sub(r"[\s'_]", "", text)
    dots, commas = plain.count("."), plain.count(",")
    if dots and commas:
        thousands, point = (",", ".") if plain.rfind(".") > plain.rfind(",") else (".", ",")
        plain = plain.replace(thousands, "").replace(point, ".")
    elif commas:
        groups = re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+", plain)
        plain = plain.replace(",", "") if groups else plain.replace(",", ".")
    elif dots > 1 or (dots and comma_decimal and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", plain)):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"\d+(?:\.\d+)?|\.\d+", plain):
        return None
    return Decimal(plain) * MULTIPLIERS.get(multiplier.strip(" .").lower(), 1)


def plain(number: Decimal) -> str:
    """Without exponent and without trailing zeros: 5E+3 -> "5000", 0.50 -> "0.5"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
