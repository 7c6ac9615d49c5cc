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
    rf"(?<!第)(?:[零〇一壹二两兩贰三叁四肆五伍六陆七柒八捌九玖十拾]|[百千](?=[一二三四五六七八九][十百])){CHINESE}*(?:点[零〇一二三四五六七八九]+[万亿]?)?"
)

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: value for value, word in enumerate((*_UNITS, *_TEENS))} | {w: 10 * n for n, w in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 10**6, "billion": 10**9}
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
_ENGLISH = {word: (value, False) for word, value in _WORDS.items()}
_ENGLISH |= {word: (value, True) for word, value in _SCALES.items()}
ENGLISH = rf"(?:an? (?=hundred|thousand|million|grand))?(?:{_WORD})(?:(?:[ -]| and )(?:{_WORD})){{0,8}}"
ENGLISH_NUMBER = re.compile(rf"(?<![0-9A-Za-z]){ENGLISH}(?![0-9A-Za-z])", re.IGNORECASE)

MULTIPLIERS = {
    "k": 10**3,
    "w": 10**4,
    "m": 10**6,
    "mm": 10**6,
    "b": 10**9,
    "百": 100,
    "千": 10**3,
    "万": 10**4,
    "萬": 10**4,
    "百万": 10**6,
    "百萬": 10**6,
    "千万": 10**7,
    "千萬": 10**7,
    "亿": 10**8,
    "億": 10**8,
    "hundred": 100,
    "thousand": 10**3,
    "grand": 10**3,
    "million": 10**6,
    "mio": 10**6,
    "billion": 10**9,
    "mil": 10**3,
    "mln": 10**6,
    "тыс": 10**3,
    "тысяч": 10**3,
    "тысячи": 10**3,
    "тысяча": 10**3,
    "тыщ": 10**3,
    "миллиона": 10**6,
    "миллионов": 10**6,
    "млн": 10**6,
    "миллион": 10**6,
    "bin": 10**3,
    "milyon": 10**6,
    "nghìn": 10**3,
    "ngàn": 10**3,
    "triệu": 10**6,
    "к": 10**3,
    "tr": 10**6,
    "tỷ": 10**9,
    "만": 10**4,
    "천": 10**3,
    "억": 10**8,
    "millones": 10**6,
    "milhões": 10**6,
    "millón": 10**6,
}


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


# Letters from which on a number's word is none of another language.
_CLEAR = 6
# Alone, mostly other words: ten, below and ate in Turkish; five (year), father and brother in Vietnamese.
_NO_NUMBER = frozenset({"on", "alti", "yedi", "năm", "ba", "hai"})


@cache
def _spoken() -> tuple[tuple[str, re.Pattern[str], dict[str, tuple[int, bool]]], ...]:
    """Per language of numbers.yml: its name, a pattern, and word -> (value, whether it multiplies what stands before
    it)."""
    languages = yaml.safe_load((Path(__file__).parent / "numbers.yml").read_text(encoding="utf-8"))
    return tuple((language, *_spoken_in(own)) for language, own in languages.items())


def _spoken_in(own: Mapping[str, Any]) -> tuple[re.Pattern[str], dict[str, tuple[int, bool]]]:
    table = {
        # `extract` folds the dotless i.
        word.replace("ı", "i"): (place * step, False)
        for name, first, step in (("units", 2, 1), ("ten", 1, 10), ("tens", 2, 10), ("hundreds", 1, 100))
        for place, forms in enumerate(own.get(name, "").split(), first)
        for word in forms.split("|")
    }
    times = {word: (value, True) for value, forms in own["times"].items() for word in forms.split("|")}
    table |= times
    words = "|".join(sorted(table, key=len, reverse=True))
    scales = rf"(?:{'|'.join(times)})(?!\w)"
    # What multiplies needs something to multiply: behind an unknown numeral it is no number of its own.
    begin = rf"(?:(?:{own['one']}) (?={scales})|(?!{scales})"
    if "alone" in own:
        begin += rf"|(?<!\w )(?={own['alone']}(?!\w))"
    return re.compile(rf"(?<!\w){begin})(?:{words})(?: (?:[ey] )?(?:{words})){{0,8}}(?!\w)"), table


def spoken(text: str, locale: str) -> Iterator[tuple[int, int, Decimal]]:
    """Numbers in Spanish, Portuguese, Russian, Turkish and Vietnamese words: begin, end, value. Single words, if
    short, may be others of another language (once, dos) and count in their own one only. `text` is folded: no letter of
    it is longer in lower case."""
    lower = text.lower()
    for language, pattern, table in _spoken():
        for match in pattern.finditer(lower):
            words = [table[word] for word in match.group().split() if word in table]
            *_, before = ["", *lower[max(0, match.start() - 16) : match.start()].split()]
            if before in table or before in ("y", "e"):
                # The end of a number with a form in it that no table has.
                continue
            alone = len(words) == 1 and len(match.group()) < _CLEAR
            if not alone or (locale[:2] == language and match.group() not in _NO_NUMBER):
                yield *match.span(), _value(words)


def _value(words: Sequence[tuple[int, bool]]) -> Decimal:
    total = section = 0
    for value, multiplies in words:
        if not multiplies:
            section += value
        elif value < 1000:
            # "hai trăm năm mươi": of what stands before, only what is smaller is multiplied.
            high, low = divmod(section, value)
            section = high * value + max(low, 1) * value
        else:
            total, section = total + max(section, 1) * value, 0
    return Decimal(total + section)


def behind_myriads(text: str) -> Decimal:
    """What stands behind ten thousands: "5千" and "5천" -> 5000, a single "5" -> 5000, "0500" and "500" -> 500."""
    digits = text.rstrip("千천")
    return Decimal(int(digits) * (1000 if len(digits) == 1 or digits != text else 1))


def english(text: str) -> Decimal:
    """ "five hundred" -> 500, "two thousand and fifty" -> 2050."""
    return _value([_ENGLISH[word] for word in re.findall("[a-z]+", text.lower()) if word in _ENGLISH])


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
