"""`extract`: all finders, best evidence first; what one has taken the next may not take again."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import chain

from bot.entities import addresses, amounts, chinese_times, contacts, names, networks, spoken_times, western_times
from bot.entities.model import Entity, Found

# Full-width forms and the ideographic space as ASCII, one character for one, so that every offset stays true.
_HALF_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20, 0xA0: 0x20}
_FULL_COMMAS = {0xFF0C: "，", 0xFF1A: "：", 0xFF08: "（", 0xFF09: "）", 0xFF1B: "；", 0xFF01: "！", 0xFF1F: "？"}
# Letters that a case-blind pattern takes for others, and that no table has.
_CASELESS = {0x130: "i", 0x131: "i", 0x17F: "s", 0x212A: "k"}
_CASELESS |= dict(zip(range(0x1C80, 0x1C87), "вдосттъ", strict=True))
_WIDTH = _HALF_WIDTH | _FULL_COMMAS | _CASELESS
_URL = re.compile(r"(?:https?://|www\.)[^\s\u3400-\u9fff，。；、）]+", re.IGNORECASE)
# Spans of time and counts of the day that no finder of times or amounts may take: 24h, 7x24, 24/7.
_ALWAYS = re.compile(r"(?<!\d)(?:24/7|7[xX×*/]24|24[xX×*]7)(?:小时|小時)?")


def extract(text: str, *, now: datetime, locale: str = "") -> tuple[Entity, ...]:
    """Everything in `text` that a form may want, in the order of the text, without overlaps.

    `now` is what relative times ("yesterday") are told from, in its own time zone; times come out without one unless
    the customer named it. `locale` ("zh-CN", "en", ...) decides doubtful numbers, dates and telephone numbers. Pure.
    """
    folded = text.translate(_WIDTH)
    taken = _Taken(len(text))
    found: list[Found] = []

    def take(finds: Iterable[Found]) -> None:
        found.extend(f for f in (_trimmed(f, folded) for f in finds) if taken.take(f.start, f.end))

    take(contacts.find_emails(folded))
    take(addresses.find(folded))
    for match in (*_URL.finditer(folded), *_ALWAYS.finditer(folded)):
        taken.block(*match.span())
    take(_longest(contacts.find_orders(folded)))
    take(contacts.find_uids(folded))
    times = (chinese_times.find(folded, now), western_times.find(folded, now, locale), spoken_times.find(folded, now))
    take(_longest(tuple(chain.from_iterable(times))))
    take(contacts.find_phones(folded, locale or _locale(text)))
    coins = _longest(names.find_coins(folded))
    chained = any(f.type in ("address", "txid") for f in found)
    take(_longest(networks.find(folded, coins, chained=chained)))
    take(coins)
    take(_longest(amounts.find(folded, [f for f in found if f.type == "coin"], locale)))
    found.sort(key=lambda f: f.start)
    return tuple(Entity(f.type, text[f.start : f.end], f.normalised, f.valid, f.start, f.end) for f in found)


def _longest(finds: Iterable[Found]) -> list[Found]:
    return sorted(finds, key=lambda f: (f.start - f.end, f.start))


def _trimmed(found: Found, text: str) -> Found:
    value = text[found.start : found.end].rstrip()
    if found.type == "time" and value.endswith(".") and not re.search(r"[ap]\.m\.$", value, re.IGNORECASE):
        value = value[:-1]
    start = found.start + len(value) - len(value.lstrip())
    return replace(found, start=start, end=found.start + len(value))


def _locale(text: str) -> str:
    return "zh-CN" if re.search(r"[\u3400-\u9fff]", text) else "en"


class _Taken:
    """Which characters are spoken for."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def take(self, start: int, end: int) -> bool:
        if any(self._marks[start:end]):
            return False
        self.block(start, end)
        return True

    def block(self, start: int, end: int) -> None:
        self._marks[start:end] = bytes([1]) * (end - start)
