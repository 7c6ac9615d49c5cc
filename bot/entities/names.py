"""Coins, from the lists in names.yml, and what networks (`networks`) share with them."""

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
# A name that is a word as well: "your support is stellar", "an avalanche of mails".
_PRAISE = re.compile(
    r"(?<![a-z])(?:is|was|been|are|were|a|an|the|draw|so|really|truly|absolute(?:ly)?|whole|real|total|complete|all) $"
)
_HOPE = re.compile(r"(?<![a-z])(?:any|some|no|your|little|much|of|my) $")
_PRAISED = re.compile(
    r" (?:support|service|team|work|job|experience|performance|app|platform|help|customer|of|i|we|that|so far|left"
    r"|about)(?![a-z])"
)
_NO_PRAISE = re.compile(
    r" (?:network|chain|wallet|token|coin|address|supported|open|available|down|working|withdrawal|deposit"
    r"|staking|bridge)"
)
_LOUD = re.compile("[A-Z]{2,} [A-Z]{2,}")
# Cables that begin like a coin, and a broadcast.
ETHERNET = re.compile("イーサネット|이더넷|以太[网網](?![络絡路地转轉充提链鏈])")
_ON_AIR = re.compile(r"прям\w{2} $|вы(?:ш|й|х)\w{1,4} в $", re.IGNORECASE)
_U = re.compile(
    r"(?:(?<=[0-9])|(?<=[0-9][kKwW])|(?<=[0-9万千百萬个個] )|(?<=[万千百萬十个個枚颗顆多来余])"
    r"|(?<=[0-9][kKwW] )(?=.\s?(?:$|[\u3400-\u9fff，。,.!?？！]))|(?<=[一二两兩三四五六七八九]))[uU]"
    r"(?![0-9A-Za-z])(?![盾盘卡型形字商]|本位)"
)
# "我的U", "U被盗了": the slang alone beside Chinese words.
_BARE_U = re.compile(
    r"(?:(?<=[\u3400-\u9fff])(?<!字母)(?<!按)|(?<![0-9A-Za-z_.+\-\u3400-\u9fff])(?=.[\u3400-\u9fff]))"
    r"U(?![0-9A-Za-z.])(?![盾盘卡型形字商]|本位)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Lists:
    coins: re.Pattern[str]
    words: re.Pattern[str]
    networks: re.Pattern[str]
    either: re.Pattern[str]
    alone: re.Pattern[str]
    coin_of: dict[str, str]
    network_keys: tuple[str, ...]
    either_of: dict[str, str]
    lone: dict[str, str]
    short: frozenset[str]
    capitals: frozenset[str]
    no_coin: frozenset[str]
    full: frozenset[str]
    ordinary: frozenset[str]
    companies: frozenset[str]
    emphasis: frozenset[str]
    multipliers: frozenset[str]
    words_too: frozenset[str]

    def key_of(self, match: re.Match[str]) -> str:
        """The network that a match of `networks` names."""
        if match.lastindex is None:
            raise ValueError("no match of the networks' pattern")
        return self.network_keys[match.lastindex - 1]


def _any(names: Iterable[str], before: str = _B) -> re.Pattern[str]:
    """Longest first, between the edges of a word where the script has some."""
    return re.compile("|".join(_edged(name, before) for name in sorted(names, key=len, reverse=True)), re.IGNORECASE)


def _edged(name: str, before: str) -> str:
    if re.fullmatch("[ァ-ヶー]+", name):
        # "シンクロトロン"; behind it another word may stand.
        return rf"(?<![ァ-ヶー]){name}"
    if re.match("[а-я]", name):
        return rf"(?<![а-яё]){name}(?![а-яё])"
    if re.fullmatch("[가-힣]{2}", name):
        # Longer ones are no part of other words; particles follow all of them.
        return rf"(?<![가-힣]){name}"
    return (before if name[0].isascii() else "") + name + (_E if name[-1].isascii() else "")


@cache
def lists() -> _Lists:
    """names.yml, read once."""
    data = yaml.safe_load((Path(__file__).parent / "names.yml").read_text(encoding="utf-8"))
    coin_of = {ticker.lower(): ticker for ticker in data["tickers"].split()}
    coin_of |= {name.lower(): ticker for ticker, names in data["names"].items() for name in names}
    networks = sorted(_pairs(data["networks"]), key=lambda pair: len(pair[1]), reverse=True)
    either_of = {name.lower(): key for key, names in data["either"].items() for name in names}
    short = data["short"].split()
    capitals = data["capitals"].split()
    words = [*data["words"].split(), *capitals, *short]
    tickers = {ticker.lower() for ticker in (*data["tickers"].split(), *words)}
    return _Lists(
        coins=_any(map(re.escape, coin_of), _AFTER_NUMBER),
        words=re.compile(rf"{_AFTER_NUMBER}(?:{'|'.join(sorted(words, key=len, reverse=True))}){_E}", re.IGNORECASE),
        # A group each: which one has matched tells the network.
        networks=re.compile("|".join(f"({_edged(pattern, _B)})" for _, pattern in networks), re.IGNORECASE),
        either=_any(map(re.escape, either_of)),
        alone=_any(map(re.escape, data["lone"])),
        coin_of=coin_of | {word.lower(): word for word in words},
        network_keys=tuple(key for key, _ in networks),
        either_of=either_of,
        lone={name.lower(): ticker for name, ticker in data["lone"].items()},
        short=frozenset(short),
        capitals=frozenset(capitals),
        no_coin=frozenset(either_of) - {*coin_of, *data["lone"], *map(str.lower, words)},
        full=frozenset(either_of) - tickers - {*data["names_of_coins"], *data["companies"]}
        | {*data["tickers_of_networks"]},
        ordinary=frozenset(data["ordinary"]),
        companies=frozenset(data["companies"]),
        emphasis=frozenset(data["emphasis"].split()),
        multipliers=frozenset(data["multipliers"].split()),
        words_too=frozenset(data["words_too"]),
    )


def _pairs(mapping: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((key, name) for key, names in mapping.items() for name in names)


def says(pattern: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    """Whether what stands right before it is of the pattern."""
    return pattern.search(text[max(0, match.start() - 16) : match.start()]) is not None


def is_ordinary(text: str, match: re.Match[str]) -> bool:
    """Whether a name in small letters is the word that it also is."""
    if match.group() not in lists().ordinary or _NO_PRAISE.match(text, match.end()):
        return False
    if match.group() == "optimism" and says(_HOPE, text, match):
        return True
    return says(_PRAISE, text, match) or _PRAISED.match(text, match.end()) is not None


def network_named(name: str) -> str | None:
    """The network of exactly this name, also one that is a coin's ("eth", 波场); None when there is none."""
    known = lists()
    if name.lower() in known.either_of:
        return known.either_of[name.lower()]
    match = known.networks.fullmatch(name)
    return None if match is None else known.key_of(match)


def is_coin(word: str) -> bool:
    """Whether it is a coin's ticker or name."""
    return word.lower() in lists().coin_of


def find_coins(text: str) -> Iterator[Found]:
    """Coins by ticker, name or slang. Tickers that are also words count in capitals or right after a number."""
    known = lists()
    for match in known.coins.finditer(text):
        on_air = match.group().lower().startswith("эфир") and says(_ON_AIR, text, match)
        if not on_air and not ETHERNET.match(text, match.start()):
            yield Found("coin", *match.span(), known.coin_of[match.group().lower()])
    capitals, smalls = sum(map(str.isupper, text)), sum(map(str.islower, text))
    loud = _LOUD.search(text) is not None

    def shouted(match: re.Match[str]) -> bool:
        own = sum(map(str.isupper, match.group()))
        return loud and capitals - own > smalls - (len(match.group()) - own)

    for match in known.words.finditer(text):
        if match.group().upper() in known.capitals and not match.group().isupper():
            continue
        if match.group() in known.multipliers and text[match.start() - 1 : match.start()].isdigit():
            continue
        if _counts(text, match, shouted=shouted(match)) or (
            _handled(text, match) or _among_chinese(text, match)
            if match.group().upper() in known.short
            else says(_TRADED, text, match) and _AS_TRADED.match(text, match.end()) is not None
        ):
            yield Found("coin", *match.span(), known.coin_of[match.group().lower()])
    for match in known.alone.finditer(text):
        if not is_ordinary(text, match):
            yield Found("coin", *match.span(), known.lone[match.group().lower()])
    for pattern in (_U, _BARE_U):
        for match in pattern.finditer(text):
            yield Found("coin", *match.span(), "USDT")


_CHINESE = re.compile("[\u3400-\u9fff]")
# "bought link at 18"; not "bought link ads", "selling virtual goods".
_TRADED = re.compile("(?<![a-z])(?:bought|sold|buying|selling) $", re.IGNORECASE)
_AS_TRADED = re.compile(r"$|[.,!?;]| (?:at|yesterday|today|and|but|last|this)(?![a-z])", re.IGNORECASE)
HANDLED_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:buy|bought|sell|sold|withdr[ae]w|withdrawing|deposit(?:ed|ing)?|sen[dt]|my|all the|some|of|swap"
    r"|trade|stake|transfer(?:red)?)"
    r" |[提充买買卖賣转轉](?:现|現|币|幣|值|了|出|账|帳)?\s?|我的\s?)$",
    re.IGNORECASE,
)
_HANDLED_AFTER = re.compile(
    r"\s?(?:coins?|tokens?|withdrawals?|deposits?|wallet|address"
    r"|的(?= ?(?:提|充|地址|余额|餘額|币|幣|价|價|交易|tx|hash))|[币幣]|提[现現币幣]|充[值币]|地址|[钱錢]包)",
    re.IGNORECASE,
)


def _handled(text: str, match: re.Match[str]) -> bool:
    """Whether the words around say that something is moved or traded."""
    return says(HANDLED_BEFORE, text, match) or _HANDLED_AFTER.match(text, match.end()) is not None


def _among_chinese(text: str, match: re.Match[str]) -> bool:
    """Whether it touches a Chinese word, where a word in small letters is hardly another one. Arb is a network."""
    return (match.group().islower() and match.group() != "arb") and (
        _CHINESE.search(text, match.start() - 1, match.start()) is not None
        or _CHINESE.match(text, match.end()) is not None
    )


def _counts(text: str, match: re.Match[str], *, shouted: bool) -> bool:
    """Whether an ambiguous ticker is meant as one: right after a number, or in capitals among ordinary writing."""
    if re.search(r"(?:[0-9][kKwWmM]?|[万千百十])[个個枚]?\s?$", text[max(0, match.start() - 4) : match.start()]):
        return True
    if match.group() in lists().emphasis and not _handled(text, match):
        return False
    return match.group().isupper() and len(match.group()) > 1 and not shouted
