"""Coins and networks, from the lists in names.yml."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.entities.model import Found

_B, _E = r"(?<![0-9A-Za-z_])", r"(?![0-9A-Za-z_])"
# What may stand before a ticker although it is of [0-9A-Za-z]: the digits of an amount ("500USDT", "2kU").
_AFTER_NUMBER = r"(?:(?<![0-9A-Za-z_])|(?<=[0-9])|(?<=[0-9][kKwWmM]))"
_SUFFIX = (
    r"\s{0,2}(?:main ?net|net(?:work)?|block ?chain|chain|主?网络?|主?網[络絡路]?|公?[链鏈]|ネットワーク"
    r"|チェーン|네트워크|체인|сет[ьи])"
)
_VIA = (
    r"(?:(?<![a-z])(?:on|via|over|through|using|par|por|через|üzerinden|qua)"
    r" (?:the |la |el |o |a |red |rede |сеть |mạng )?"
    r"|(?:network|chain|net|网络|網絡|链|鏈|mạng|(?<![a-z])rede?|сет[ьи]|(?<![a-z])ağı?)[ :：=]{1,2}"
    r"|[走用选選]了?(?:的是|择|擇)?\s?|通过\s?|透過\s?)$"
)
_U = re.compile(
    r"(?:(?<=[0-9])|(?<=[0-9][kKwW])|(?<=[0-9万千百萬个個] )|(?<=[万千百萬十个個枚多来余])"
    r"|(?<=[一二两兩三四五六七八九]))[uU](?![0-9A-Za-z])(?![盾盘卡])"
)
# "我的U", "充U": the slang alone, between Chinese words.
_BARE_U = re.compile(r"(?<=[的充提转轉买買卖賣笔些币幣出入收到换換])U(?![0-9A-Za-z.])(?![盾盘卡])", re.IGNORECASE)


@dataclass(frozen=True)
class _Lists:
    coins: re.Pattern[str]
    words: re.Pattern[str]
    networks: re.Pattern[str]
    either: re.Pattern[str]
    coin_of: dict[str, str]
    network_of: tuple[tuple[re.Pattern[str], str], ...]
    either_of: dict[str, str]
    lone: dict[str, str]
    short: frozenset[str]
    capitals: frozenset[str]


def _any(names: Iterable[str], before: str = _B) -> re.Pattern[str]:
    """Longest first; the edges of a word are asked for only where the name has ASCII edges."""
    ordered = sorted(names, key=len, reverse=True)
    parts = [(before if n[0].isascii() else "") + n + (_E if n[-1].isascii() else "") for n in ordered]
    return re.compile("|".join(parts), re.IGNORECASE)


@cache
def _lists() -> _Lists:
    data = yaml.safe_load((Path(__file__).parent / "names.yml").read_text(encoding="utf-8"))
    coin_of = {ticker.lower(): ticker for ticker in data["tickers"].split()}
    coin_of |= {name.lower(): ticker for ticker, names in data["names"].items() for name in names}
    network_of = tuple((re.compile(p, re.IGNORECASE), key) for key, names in data["networks"].items() for p in names)
    either_of = {name.lower(): key for key, names in data["either"].items() for name in names}
    short = data["short"].split()
    capitals = data["capitals"].split()
    words = [*data["words"].split(), *capitals, *short]
    return _Lists(
        coins=_any(map(re.escape, coin_of), _AFTER_NUMBER),
        words=re.compile(rf"{_AFTER_NUMBER}(?:{'|'.join(sorted(words, key=len, reverse=True))}){_E}", re.IGNORECASE),
        networks=_any((p for _, p in _pairs(data["networks"])), _B),
        either=_any(map(re.escape, either_of)),
        coin_of=coin_of | {word.lower(): word for word in words},
        network_of=network_of,
        either_of=either_of,
        lone={name.lower(): ticker for name, ticker in data["lone"].items()},
        short=frozenset(short),
        capitals=frozenset(capitals),
    )


def _pairs(mapping: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((key, name) for key, names in mapping.items() for name in names)


def find_networks(text: str) -> Iterator[Found]:
    """Networks; of names that are also coins' only those that the words around make networks."""
    lists = _lists()
    for match in lists.networks.finditer(text):
        key = next(key for pattern, key in lists.network_of if pattern.fullmatch(match.group()))
        if match.group().lower() not in lists.lone or _another_coin(text, match.span()):
            yield Found("network", *match.span(), key)
    for match in lists.either.finditer(text):
        named = match.group().lower()
        before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 14]
        suffixed = re.match(_SUFFIX, after, re.IGNORECASE) is not None
        via = (
            re.search(_VIA, before, re.IGNORECASE) is not None and len(named) > 2 and _another_coin(text, match.span())
        )
        lone = named in lists.lone and _another_coin(text, match.span())
        if suffixed or via or lone:
            yield Found("network", *match.span(), lists.either_of[named])


def network_named(name: str) -> str | None:
    """The network of exactly this name, also one that is a coin's ("eth", 波场); None when there is none."""
    lists = _lists()
    either = lists.either_of.get(name.lower())
    return either or next((key for pattern, key in lists.network_of if pattern.fullmatch(name)), None)


def _another_coin(text: str, span: tuple[int, int]) -> bool:
    return any(m.end() <= span[0] or m.start() >= span[1] for m in _lists().coins.finditer(text)) or any(
        _U.finditer(text)
    )


def find_coins(text: str) -> Iterator[Found]:
    """Coins by ticker, name or slang. Tickers that are also words count in capitals or right after a number."""
    lists = _lists()
    for match in lists.coins.finditer(text):
        yield Found("coin", *match.span(), lists.coin_of[match.group().lower()])
    for match in lists.words.finditer(text):
        if match.group().upper() in lists.capitals and not match.group().isupper():
            continue
        if _counts(text, match) or (match.group().upper() in lists.short and _handled(text, match)):
            yield Found("coin", *match.span(), lists.coin_of[match.group().lower()])
    for name, ticker in lists.lone.items():
        for match in re.finditer(rf"{_B if name.isascii() else ''}{name}{_E if name.isascii() else ''}", text, re.I):
            yield Found("coin", *match.span(), ticker)
    for pattern in (_U, _BARE_U):
        for match in pattern.finditer(text):
            yield Found("coin", *match.span(), "USDT")


_HANDLED_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:buy|bought|sell|sold|withdr[ae]w|withdrawing|deposit(?:ed|ing)?|sen[dt]|my|some|of|swap"
    r"|trade|stake|transfer(?:red)?)"
    r" |[提充买買卖賣转轉](?:现|現|币|幣|值|了|出|账|帳)?\s?|我的\s?)$",
    re.IGNORECASE,
)
_HANDLED_AFTER = re.compile(
    r"\s?(?:coins?|tokens?|withdrawals?|deposits?|wallet|address|[币幣]|提[现現币幣]|充[值币]|地址|[钱錢]包)",
    re.IGNORECASE,
)


def _handled(text: str, match: re.Match[str]) -> bool:
    """Whether the words around say that something is moved or traded."""
    before = text[max(0, match.start() - 14) : match.start()]
    return _HANDLED_BEFORE.search(before) is not None or _HANDLED_AFTER.match(text, match.end()) is not None


def _counts(text: str, match: re.Match[str]) -> bool:
    """Whether an ambiguous ticker is meant as one: right after a number, or in capitals among ordinary writing."""
    if re.search(r"(?:[0-9][kKwWmM]?|[万千百十])[个個枚]?\s?$", text[max(0, match.start() - 4) : match.start()]):
        return True
    others = text[: match.start()] + text[match.end() :]
    shouted = sum(c.isupper() for c in others) > sum(c.islower() for c in others) and re.search(
        "[A-Z]{2,} [A-Z]{2,}", others
    )
    return match.group().isupper() and len(match.group()) > 1 and not shouted
