"""Identity numbers of the served countries: by shape and checksum where both are strong, else beside their words.

| country | number | masked |
|---|---|---|
| CN | 18 digits, last may be X | anywhere: date and ISO 7064 MOD 11-2 hold |
| TW | letter and nine digits | anywhere: checksum holds |
| HK | one or two letters, six digits, check character | with brackets anywhere, else beside a word; checksum holds |
| KR | 6 + 7 digits | anywhere: a date, and 1 to 8 behind the hyphen |
| BR | CPF, 11 digits | punctuated anywhere, plain beside a word; both check digits hold |
| US | SSN 3-2-4 | anywhere unless the area was never issued; plain beside a word |
| ES | DNI 8 digits and letter, NIE | beside a word; NIE anywhere; letter holds |
| MX | CURP | anywhere |
| JP, RU, TR, VN | 12; 10, 11 or 12; 11; 9 or 12 digits | beside a word only: bare ones are order ids or phones |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Span = tuple[int, int]

_ALONE = r"(?<![0-9a-z])"
_END = r"(?![0-9a-z])"
# Between a number's word and the number: short words of the language, no digits.
_GAP = r"[^\d\n\ue000]{0,28}?"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_LETTERS_TW = "abcdefghjklmnpqrstuvxywzio"
_LETTERS_ES = "trwagmyfpdxbnjzsqvhlcke"


def chinese_holds(number: str) -> bool:
    """GB 11643: weights are powers of two modulo 11, the remainder 10 is written X."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10x98765432"[total % 11] == number[17]


def taiwanese_holds(number: str) -> bool:
    """Letter as two digits, then weights 1, 9 8 7 ... 1, 1; the sum is divisible by ten."""
    value = _LETTERS_TW.index(number[0]) + 10
    digits = [value // 10, value % 10, *map(int, number[1:])]
    return sum(map(int.__mul__, digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def hongkong_holds(number: str) -> bool:
    """Weights 9 ... 1 over letters (A = 10; a missing first one is a space, 36) and digits, modulo 11; A means 10."""
    plain = re.sub(r"[()\s]", "", number).rjust(9)
    values = [36 if c == " " else int(c) if c.isdigit() else ord(c) - 87 for c in plain[:8]]
    check = 10 if plain[8] == "a" else int(plain[8]) if plain[8].isdigit() else 99
    return (sum(value * (9 - place) for place, value in enumerate(values)) + check) % 11 == 0


def brazilian_holds(number: str) -> bool:
    """CPF: two check digits modulo 11; eleven equal digits are nobody's."""
    digits = [int(c) for c in number if c.isdigit()]
    if len(set(digits)) == 1:
        return False
    for size in (9, 10):
        rest = sum(digit * (size + 1 - place) for place, digit in enumerate(digits[:size])) * 10 % 11
        if rest % 10 != digits[size]:
            return False
    return True


def spanish_holds(number: str) -> bool:
    """DNI and NIE: the letter is the number modulo 23."""
    plain = re.sub(r"[\s.\-]", "", number).translate(str.maketrans("xyz", "012", "")) if number[0] in "xyz" else number
    plain = re.sub(r"[\s.\-]", "", plain)
    digits, letter = plain[:-1], number[-1]
    return digits.isdigit() and _LETTERS_ES[int(digits) % 23] == letter


def turkish_holds(number: str) -> bool:
    """Tenth and eleventh digits follow from the others."""
    digits = list(map(int, number))
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[0] != 0 and tenth == digits[9] and sum(digits[:10]) % 10 == digits[10]


def _any(_: str) -> bool:
    return True


_ANYWHERE: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(rf"{_ALONE}[1-9]\d{{5}}(?:19|20)\d\d{_MONTH_DAY}\d{{3}}[\dx]{_END}"), chinese_holds),
    (re.compile(rf"{_ALONE}[a-z][1289]\d{{8}}{_END}"), taiwanese_holds),
    (re.compile(rf"{_ALONE}[a-z]{{1,2}}\d{{6}}\s?\([\da]\)"), hongkong_holds),
    (re.compile(rf"{_ALONE}\d\d{_MONTH_DAY}\s?-\s?[1-8]\d{{6}}{_END}"), _any),
    (re.compile(rf"{_ALONE}\d{{3}}\.\d{{3}}\.\d{{3}}-\d\d{_END}"), brazilian_holds),
    (re.compile(rf"{_ALONE}(?<![\d\-+] )(?<![\d]-)(?!000|666|9)\d{{3}}-(?!00)\d\d-(?!0000)\d{{4}}{_END}(?!-\d)"), _any),
    (re.compile(rf"{_ALONE}[xyz]-?\d{{7}}-?[a-z]{_END}"), spanish_holds),
    (re.compile(rf"{_ALONE}[a-z]{{4}}\d\d{_MONTH_DAY}[hmx][a-z]{{5}}[a-z\d]\d{_END}"), _any),
)
_DOCUMENT = (
    r"(?:身份证|身份證|身分證|证件|證件|居留證|居留证|护照|護照|id ?card|identity (?:card|number)|national id|passport)"
)
_BESIDE: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(rf"{_DOCUMENT}{_GAP}((?<![0-9a-z])\d{{17}}[\dx]){_END}"), _any),
    (re.compile(rf"{_DOCUMENT}{_GAP}((?<![0-9a-z])[a-z][a-z1289]\d{{8}}){_END}"), _any),
    (re.compile(rf"{_DOCUMENT}{_GAP}((?<![0-9a-z])[a-z]{{1,2}}\d{{6}}[\da]){_END}"), hongkong_holds),
    (re.compile(rf"(?:主民|주민|외국인)[^\d\n]{{0,16}}?((?<!\d)\d{{6}}\s?-?\s?\d{{7}}){_END}"), _any),
    (
        re.compile(rf"(?:マイナンバー?|個人番号|my ?number){_GAP}((?<!\d)\d{{4}}[ \-]?\d{{4}}[ \-]?\d{{4}}){_END}"),
        _any,
    ),
    (re.compile(rf"(?<![a-z])cpf(?![a-z]){_GAP}((?<!\d)\d{{3}}\.?\d{{3}}\.?\d{{3}}-?\d\d){_END}"), brazilian_holds),
    (
        re.compile(
            rf"(?:(?<![a-z])ssn(?![a-z])|social security){_GAP}"
            rf"((?<!\d)(?!000|666|9)\d{{3}}[ \-]?\d\d[ \-]?\d{{4}}){_END}"
        ),
        _any,
    ),
    (
        re.compile(
            rf"(?<![a-z])(?:dni|nif|nie|documento)(?![a-z]){_GAP}((?<!\d)\d{{2}}\.?\d{{3}}\.?\d{{3}}[ \-]?[a-z]){_END}"
        ),
        spanish_holds,
    ),
    (
        re.compile(rf"(?:(?<![a-z])t\.?c\.?(?:kn)?(?![a-z])|kimlik){_GAP}((?<!\d)[1-9]\d{{10}}){_END}"),
        turkish_holds,
    ),
    (re.compile(rf"(?:инн(?![а-я])){_GAP}((?<!\d)\d{{12}}|(?<!\d)\d{{10}}){_END}"), _any),
    (re.compile(rf"снилс{_GAP}((?<!\d)\d{{3}}[ \-]?\d{{3}}[ \-]?\d{{3}}[ \-]?\d\d){_END}"), _any),
    (re.compile(rf"паспорт{_GAP}((?<!\d)\d\d ?\d\d(?:\s?№\s?| )?\d{{6}}){_END}"), _any),
    (
        re.compile(
            rf"(?:(?<![a-z])(?:cccd|cmnd|can cuoc|cmt)(?![a-z])|căn cước|chứng minh (?:nhân dân|thư)){_GAP}"
            rf"((?<!\d)\d{{12}}|(?<!\d)\d{{9}}){_END}"
        ),
        _any,
    ),
)
_REVERSE = re.compile(
    r"(?<![0-9a-z])(\d{17}[\dx])[^\d\n]{0,8}(?:是|为|為|is)?[^\d\n]{0,6}(?:身份证|身份證|身分證|证件|證件)"
)
_USER = re.compile(r"(?<![a-z])u?id[^a-z0-9]{0,4}$")
# The number first, its word behind it.
_REVERSED: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        re.compile(r"(?<!\d)(\d{4}[ \-]?\d{4}[ \-]?\d{4})(?!\d)[^\d\n,.。、]{0,10}(?:マイナンバー?(?!カ)|個人番号)"),
        _any,
    ),
    (
        re.compile(r"(?<!\d)([1-9]\d{10})(?!\d)[^\d\n,.]{0,12}(?:(?<![a-z])t\.?c\.?(?:kn)?(?![a-z])|kimlik)"),
        turkish_holds,
    ),
    (re.compile(r"(?<!\d)(\d{3}\.?\d{3}\.?\d{3}-?\d\d)(?!\d)[^\d\n,.]{0,12}(?<![a-z])cpf(?![a-z])"), brazilian_holds),
    (re.compile(r"(?<!\d)(\d{12}|\d{10})(?!\d)[^\d\n,.]{0,12}(?<![а-я])инн(?![а-я])"), _any),
    (re.compile(r"(?<!\d)(\d{12}|\d{9})(?!\d)[^\d\n,.]{0,12}(?:(?<![a-z])(?:cccd|cmnd|cmt)(?![a-z])|căn cước)"), _any),
    (
        re.compile(
            r"(?<!\d)(\d{3}[ \-]?\d\d[ \-]?\d{4})(?!\d)[^\d\n,.]{0,12}(?:(?<![a-z])ssn(?![a-z])|social security)"
        ),
        _any,
    ),
)
SHAPES = re.compile(
    r"\d{17}[\dx]|(?<![0-9a-z])[a-z]{1,2}\d{6,8}|\d{6}\s?-\s?\d{7}|\d{3}\.\d{3}\.\d{3}-\d\d|\d{3}-\d\d-\d{4}"
    r"|(?<![a-z])[a-z]{4}\d{6}[hmx]|[xyz]-\d{7}|(?<![a-z])t\.c\."
)
"""What makes a text worth reading for identity numbers at all."""
WORDS = re.compile(
    r"身份证|身份證|身分證|证件|證件|居留|护照|護照|マイナンバ|個人番号"
    r"|주민|외국인|инн|снилс|паспорт|căn cước|chứng minh"
    r"|(?<![a-z])(?:ssn|social security|dni|nif|nie|cpf|curp|cccd|cmnd|cmt|can cuoc|kimlik|tckn|t\.?c|id ?card|passport"
    r"|identity|national id|my ?number|documento)(?![a-z])"
)


def find_identities(lower: str) -> Iterator[Span]:
    """Spans of identity numbers in folded, lower-case text."""
    if SHAPES.search(lower) is not None:
        for shape, holds in _ANYWHERE:
            yield from (match.span() for match in shape.finditer(lower) if holds(match.group()))
    if WORDS.search(lower) is not None:
        for beside, holds in _BESIDE:
            yield from (match.span(1) for match in beside.finditer(lower) if holds(match.group(1)))
        yield from (match.span(1) for match in _REVERSE.finditer(lower))
        for behind, holds in _REVERSED:
            for match in behind.finditer(lower):
                if holds(match.group(1)) and not _USER.search(lower, max(0, match.start(1) - 12), match.start(1)):
                    yield match.span(1)
