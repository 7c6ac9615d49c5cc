"""Fills the places of `faq_corpus/eval/masking.jsonl` with made-up secrets and harmless values, the same every time.

`{seed:english:12}` is a valid BIP-39 phrase, `{id_cn}` a number whose checksum holds, `{txid}` a harmless hash. No
secret of any shape stands in the repository.
"""

import base64
import hashlib
import random
import re
from collections.abc import Callable, Mapping

from app.masking.identity import brazilian_holds, chinese_holds, hongkong_holds, taiwanese_holds, turkish_holds
from app.masking.phrases import LISTS

_PLACE = re.compile(r"\{([a-z_0-9]+)(?::([a-z_]+))?(?::(\d+))?\}")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
Source = random.Random


def fill(text: str, source: Source) -> tuple[str, list[str]]:
    """The text with every place filled, and the values that were put in, in order."""
    values: list[str] = []

    def value(place: re.Match[str]) -> str:
        name, language, size = place.groups()
        made = seed(source, language, int(size or 12), name) if name.startswith("seed") else MAKERS[name](source)
        values.append(made)
        return made

    return _PLACE.sub(value, text), values


def seed(source: Source, language: str, size: int, name: str) -> str:
    """A phrase of `size` words with a right checksum; `seed_row` without spaces."""
    words = list(LISTS[language])
    entropy = source.randbytes(size * 4 // 3)
    checksum = size // 3
    number = int.from_bytes(entropy) << checksum | hashlib.sha256(entropy).digest()[0] >> (8 - checksum)
    places = [number >> (11 * (size - 1 - place)) & 2047 for place in range(size)]
    return ("" if name == "seed_row" else " ").join(words[place] for place in places)


def digits(source: Source, size: int) -> str:
    return source.choice("123456789") + "".join(source.choices("0123456789", k=size - 1))


def _until(make: Callable[[Source], str], holds: Callable[[str], bool]) -> Callable[[Source], str]:
    def made(source: Source) -> str:
        while not holds((value := make(source)).lower()):
            continue
        return value

    return made


def _wif(source: Source) -> str:
    body = b"\x80" + source.randbytes(32) + b"\x01"
    return _base58(body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4])


def _base58(data: bytes) -> str:
    number = int.from_bytes(data)
    text = ""
    while number:
        number, rest = divmod(number, 58)
        text = _BASE58[rest] + text
    return text


def _luhn(text: str) -> bool:
    values = [int(c) * (1 + place % 2) for place, c in enumerate(reversed(text.replace(" ", "")))]
    return sum(value // 10 + value % 10 for value in values) % 10 == 0


def _dni(number: int, prefix: str = "") -> str:
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[int(prefix.translate(str.maketrans('XYZ', '012')) + str(number)) % 23]}"


def _base32(source: Source, size: int = 20) -> str:
    return base64.b32encode(source.randbytes(size)).decode()


def _date(source: Source) -> str:
    return f"{source.randint(1, 12):02}{source.randint(1, 28):02}"


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _cpf(source: Source) -> str:
    text = _until(lambda s: digits(s, 11), brazilian_holds)(source)
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"


MAKERS: Mapping[str, Callable[[Source], str]] = {
    "hex_key": lambda s: s.randbytes(32).hex(),
    "wif": _wif,
    "otp": lambda s: digits(s, 6),
    "pin": lambda s: digits(s, 6),
    "cvv": lambda s: digits(s, 3),
    "password": lambda s: s.choice(("Sun", "Kite", "Moon", "River")) + digits(s, 4) + s.choice("!@#x"),
    "api_key": lambda s: "".join(s.choices(_SAFE, k=61)) + "aZ9",
    "api_secret": lambda s: "".join(s.choices(_SAFE, k=61)) + "aZ9",
    "bearer": lambda s: "eyJhbGciOi" + "".join(s.choices(_SAFE, k=50)),
    "totp": _base32,
    "totp_grouped": lambda s: _grouped(_base32(s, 10).lower()),
    "otpauth": lambda s: f"otpauth://totp/Desk:me@example.com?secret={_base32(s)}&issuer=Desk",
    "card": _until(lambda s: "4" + digits(s, 15), _luhn),
    "id_cn": _until(
        lambda s: digits(s, 6) + f"19{s.randint(60, 99)}" + _date(s) + digits(s, 3) + s.choice("0123456789X"),
        chinese_holds,
    ),
    "id_tw": _until(lambda s: s.choice("ABCDEFGHJKLMNPQRSTUVXYWZIO") + s.choice("12") + digits(s, 8), taiwanese_holds),
    "id_tw_arc": _until(lambda s: s.choice("ABCDEF") + s.choice("89") + digits(s, 8), taiwanese_holds),
    "id_hk": _until(lambda s: f"{s.choice('ABCDGHKMPRVYZ')}{digits(s, 6)}({s.choice('0123456789A')})", hongkong_holds),
    "id_kr": lambda s: f"{s.randint(60, 99)}{_date(s)}-{s.choice('1234')}{digits(s, 6)}",
    "id_jp": lambda s: digits(s, 12),
    "id_vn": lambda s: "0" + digits(s, 11),
    "cmnd": lambda s: digits(s, 9),
    "id_tr": _until(lambda s: digits(s, 11), turkish_holds),
    "ssn": lambda s: f"{s.randint(100, 660)}-{s.randint(10, 99)}-{s.randint(1000, 9999)}",
    "ssn_plain": lambda s: f"{s.randint(100, 660)}{s.randint(10, 99)}{s.randint(1000, 9999)}",
    "inn": lambda s: digits(s, 12),
    "snils": lambda s: f"{digits(s, 3)}-{digits(s, 3)}-{digits(s, 3)} {digits(s, 2)}",
    "passport_ru": lambda s: f"{digits(s, 4)} {digits(s, 6)}",
    "dni": lambda s: _dni(s.randint(10_000_000, 99_999_999)),
    "nie": lambda s: "X" + _dni(s.randint(1_000_000, 9_999_999), "X"),
    "curp": lambda s: f"GOMC{s.randint(60, 99)}{_date(s)}HDFRRL0{s.randint(0, 9)}",
    "cpf": _cpf,
    "cpf_plain": _until(lambda s: digits(s, 11), brazilian_holds),
    "txid": lambda s: s.randbytes(32).hex(),
    "eth": lambda s: "0x" + s.randbytes(20).hex(),
    "tron": lambda s: "T" + "".join(s.choices(_BASE58, k=33)),
    "btc": lambda s: "bc1q" + "".join(s.choices("acdefghjklmnpqrstuvwxyz023456789", k=38)),
    "sol": lambda s: "".join(s.choices(_BASE58, k=44)),
    "solsig": lambda s: _base58(s.randbytes(63) + bytes([s.randint(0, 16)])),
    "order": lambda s: digits(s, 18),
    "uid": lambda s: digits(s, 9),
    "amount": lambda s: f"{s.randint(10, 9000)}.{s.randint(10, 99)}",
    "height": lambda s: digits(s, 8),
    "memo": lambda s: digits(s, 9),
    "error": lambda s: digits(s, 5),
}
