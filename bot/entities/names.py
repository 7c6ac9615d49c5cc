"""Coins and networks, from the lists in names.yml."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.entities.model import Found

_B, _E = r"(?<![0-9A-Za-z_])", r"(?![0-9A-Za-z_])"
# What may stand before a ticker although it is of [0-9A-Za-z]: the digits of an amount ("500USDT", "2kU").
_AFTER_NUMBER = r"(?:(?<![0-9A-Za-z_])|(?<=[0-9])|(?<=[0-9][kKwWmM]))"
_SUFFIX = re.compile(
    r"\s{0,2}(?:main ?net|net(?:work)?|block ?chain|chain|主?网络?|主?網[络絡路]?|公?[链鏈]|ネットワーク"
    r"|上(?:的|面)|チェーン|네트워크|체인|сет[ьи]| ağ(?:[ıi](?:n(?:dan|da|a|[ıi])?|yla)?)?(?!\w))",
    re.IGNORECASE,
)
_VIA = re.compile(
    r"(?:(?<![a-z])(?:on|via|over|through|using|par|por|pel[ao]|através d[ao]|a través de|через|üzerinden"
    r"|(?<!hôm )(?<!tối )(?<!đêm )(?<!sáng )(?<!chiều )(?<!trưa )qua)"
    r" (?:the |la |el |o |a )?|[走用选選]了?(?:的是|择|擇)?\s?|通过\s?|透過\s?)$",
    re.IGNORECASE,
)
# Only what a transaction is on: one invests in ETH, and pays on or using it.
_WITHIN = re.compile(r"(?<!\w)(?:en|em|na|trên)(?: la| el| red| rede)? $", re.IGNORECASE)
_WAY = re.compile(
    r"(?:(?<![a-z])(?:via|over|through|a través de|através d[ao]|через|qua) (?:the |la |el )?|[走]了?(?:的是)?\s?"
    r"|通[过過]\s?)$",
    re.IGNORECASE,
)
# "20x long on SOL" is a trade.
_ON_A_COIN = re.compile(
    r"(?<![a-z])(?:long|short|position|bet|trad(?:e|ing)|futures|perps?|leverage|order|stop|profit|loss)s? on"
    r" (?:the )?$",
    re.IGNORECASE,
)
# "USDT por BTC" is an exchange.
_FOR = re.compile(r"(?<!\w)(?:por|pel[ao]) $", re.IGNORECASE)
_PRICED = frozenset({"btc", "bitcoin", "eth"})
_KEPT = re.compile(r"inv[ei]rt|invest|saldo|compr|staking|đầu tư|mua", re.IGNORECASE)
_EXCHANGED = re.compile(r"cambi|troc|vend|convert|swap|compr", re.IGNORECASE)
# Right before a name, these leave no doubt.
_CALLED = re.compile(
    r"(?:network|chain|(?:main|test)net|(?<![a-z])net(?=[:：=])|网络|網絡|链|鏈|mạng|(?<![a-z])rede?(?: de| da"
    r"| do)?|сет[ьи]|(?<![a-z])ağı?)"
    r"(?: [:：=]?|[:：=] ?)$",
    re.IGNORECASE,
)
# Beside another network: "I chose Polygon, it was Ethereum".
_RATHER = re.compile(
    r"(?<!\w)(?:was(?: for)?|is|were|be|not|instead of|rather than|era|es|fue|foi|é|não|no|вместо|не|değil|yerine|là"
    r"|không phải) $"
    r"|[是不] ?$",
    re.IGNORECASE,
)
_INSTEAD = re.compile(" (?:yerine|olması gerek|olmalı)", re.IGNORECASE)
_IN_A_ROW = re.compile(
    r"(?:[,，、/]| (?:and|or|y|o|e|ou|и|или|và|hoặc|ve|veya)|[和或跟与與]|还是|還是|と|や|와|과|이나) ?$", re.IGNORECASE
)
_OTHER_OF_TWO = re.compile(
    r" ?(?:[,，、/>→]|->|(?<![a-z])(?:and|or|not|to|instead of|rather than|y|o|en vez de|em vez de|e|ou|и|или|вместо"
    r"|và|hoặc|thay vì|ve|veya)|[和或跟与與]|还是|還是|不是|而不是|[转轉]?到|と|や|와|과)(?: only| just)? ?",
    re.IGNORECASE,
)
_KEPT_AT = re.compile(r" ?(?:address|wallet|account|地址|[钱錢]包)", re.IGNORECASE)
# "which network, Solana or TON?"
_NETWORK_ASKED = re.compile(
    r"(?:which|what|cu[aá]l|qu[eé]|qual|какой|какую|какая|hangi|[哪什]|どの|어느|어떤)\S{0,3} ?"
    r"(?:network|chain|red(?!\w)|rede|сет\w{1,2}|ağ(?!\w)|[链鏈]|[网網][络絡路]|ネットワーク|네트워크)|mạng nào",
    re.IGNORECASE,
)
# A name that is a word as well: "your support is stellar", "an avalanche of mails".
_PRAISE = re.compile(
    r"(?<![a-z])(?:is|was|are|were|a|an|the|draw|so|really|truly|absolute(?:ly)?|whole|real|total|complete|all) $"
)
_HOPE = re.compile(r"(?<![a-z])(?:any|some|no|your|little|much|of|my) $")
_PRAISED = re.compile(
    r" (?:support|service|team|work|job|experience|performance|app|platform|help|customer|of|i|we|that|left"
    r"|about)(?![a-z])"
)
_NO_PRAISE = re.compile(
    r" (?:network|chain|wallet|token|coin|address|supported|open|available|down|working|withdrawal|deposit"
    r"|staking|bridge)"
)
_LOUD = re.compile("[A-Z]{2,} [A-Z]{2,}")
# Cables that begin like a coin, and a broadcast.
_ETHERNET = re.compile("イーサネット|이더넷|以太[网網](?![络絡路地转轉充提链鏈])")
_WENT = re.compile("(?:[走转轉充提选選]到?(?:的是|了|的|择|擇|择的|擇的)?|网络|網絡|網路)$")
_ON_AIR = re.compile(r"прям\w{2} $|вы(?:ш|й|х)\w{1,4} в $", re.IGNORECASE)
_U = re.compile(
    r"(?:(?<=[0-9])|(?<=[0-9][kKwW])|(?<=[0-9万千百萬个個] )|(?<=[万千百萬十个個枚颗顆多来余])"
    r"|(?<=[0-9][kKwW] )|(?<=[一二两兩三四五六七八九]))[uU](?![0-9A-Za-z])(?![盾盘卡])"
)
# "我的U", "充U": the slang alone, between Chinese words.
_BARE_U = re.compile(r"(?<=[把的充提转轉买買卖賣笔些币幣出入收到换換成])U(?![0-9A-Za-z.])(?![盾盘卡])", re.IGNORECASE)


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
def _lists() -> _Lists:
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
        words_too=frozenset(data["words_too"]),
    )


def _pairs(mapping: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((key, name) for key, names in mapping.items() for name in names)


def find_networks(text: str, coins: Sequence[Found], *, chained: bool = False) -> Iterator[Found]:
    """Networks; of names that are also coins' only those that the words around make networks. `coins` are those that
    `find_coins` finds; `chained`: an address or a transaction is in the text."""
    lists = _lists()
    coins = [coin for coin in coins if text[coin.start : coin.end].lower() not in lists.lone]
    always = []
    for match in lists.networks.finditer(text):
        lone = match.group().lower() in lists.lone
        if not _is_ordinary(text, match) and (not lone or _says(_CALLED, text, match) or _beside(match, coins)):
            always.append(Found("network", *match.span(), lists.key_of(match)))
    yield from always
    asked = _NETWORK_ASKED.search(text) is not None
    known, rest = list(always), []
    for match in lists.either.finditer(text):
        if _ETHERNET.match(text, match.start()) and not coins and not _says(_WENT, text, match):
            continue
        lone = match.group().lower() in lists.lone
        if not (lone and _is_ordinary(text, match)) and (
            _is_network(text, match, coins, lone=lone, chained=chained)
            or _is_one_of(text, match, lone=lone, others=bool(always), asked=asked)
        ):
            known.append(Found("network", *match.span(), lists.either_of[match.group().lower()]))
            yield known[-1]
        else:
            rest.append(match)
    for match in rest:
        name = match.group().lower()
        own = {lists.coin_of.get(name), lists.lone.get(name)}
        free = [coin for coin in coins if not any(_overlap(coin, one) for one in known)]
        if any(coin.start <= match.start() < match.end() < coin.end for coin in coins):
            # 瑞波 in 瑞波币
            continue
        if name in lists.full and (
            _joined(text, match, known)
            or (chained and not _KEPT_AT.match(text, match.end()) and _has_ticker(text, match, free, own))
        ):
            yield Found("network", *match.span(), lists.either_of[name])


def _is_network(text: str, match: re.Match[str], coins: Sequence[Found], *, lone: bool, chained: bool) -> bool:
    """Whether the words beside a name that is a coin's as well make it a network's. `lone`: hardly a coin's."""
    if _SUFFIX.match(text, match.end()):
        return True
    lists, name = _lists(), match.group().lower()
    short = len(match.group()) < 3 or match.group() in lists.words_too
    if not short and _says(_CALLED, text, match):
        return True
    if name in lists.companies:
        return False
    exchanged = name in _PRICED and _says(_FOR, text, match) and _before(_EXCHANGED, text, match)
    traded = _before(_ON_A_COIN, text, match)
    via = not short and not exchanged and not traded and _says(_VIA, text, match)
    if chained:
        full = match.group()[0].isupper() and name in lists.full
        within = (
            full
            and not _before(_KEPT, text, match)
            and _says(_WITHIN, text, match)
            and not text.startswith(" a ", match.end())
        )
        if within or (via and (full or lone or _says(_WAY, text, match))):
            return True
    return (via and lone) or ((via or lone) and _beside(match, coins))


def _is_one_of(text: str, match: re.Match[str], *, lone: bool, others: bool, asked: bool) -> bool:
    """Whether it is a network because `others` are in the text, or because networks are `asked` for."""
    if lone and others:
        return not _says(_HANDLED_BEFORE, text, match)
    if not match.group()[0].isupper() or match.group().lower() not in _lists().full:
        return False
    if others and (_says(_RATHER, text, match) or _INSTEAD.match(text, match.end())):
        return True
    # A coin's name in a row may be one of several coins: BASE has no coin.
    wanted = others if match.group().lower() in _lists().no_coin else asked
    return wanted and _says(_IN_A_ROW, text, match)


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _joined(text: str, match: re.Match[str], networks: Sequence[Found]) -> bool:
    """Whether it stands beside one of the networks, as the other of two: "through Base or Ethereum"."""
    return any(
        _OTHER_OF_TWO.fullmatch(text, one.end, match.start()) or _OTHER_OF_TWO.fullmatch(text, match.end(), one.start)
        for one in networks
    )


def _has_ticker(text: str, match: re.Match[str], coins: Sequence[Found], wanted: Container[str | None]) -> bool:
    """Whether one of the coins is named by its ticker elsewhere, so that the match, a full name, is the network's."""
    return any(
        coin.normalised in wanted and text[coin.start : coin.end].upper() == coin.normalised
        for coin in coins
        if coin.start != match.start()
    )


def _says(pattern: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    """Whether what stands right before it is of the pattern."""
    return pattern.search(text[max(0, match.start() - 16) : match.start()]) is not None


def _before(pattern: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    """Whether something of the pattern stands not far before it."""
    return pattern.search(text, max(0, match.start() - 40), match.start()) is not None


def _beside(match: re.Match[str], coins: Sequence[Found]) -> bool:
    """Whether a coin stands before or behind it."""
    return any(coin.end <= match.start() or coin.start >= match.end() for coin in coins)


def _is_ordinary(text: str, match: re.Match[str]) -> bool:
    """Whether a name in small letters is the word that it also is."""
    if match.group() not in _lists().ordinary or _NO_PRAISE.match(text, match.end()):
        return False
    if match.group() == "optimism" and _says(_HOPE, text, match):
        return True
    return _says(_PRAISE, text, match) or _PRAISED.match(text, match.end()) is not None


def network_named(name: str) -> str | None:
    """The network of exactly this name, also one that is a coin's ("eth", 波场); None when there is none."""
    lists = _lists()
    if name.lower() in lists.either_of:
        return lists.either_of[name.lower()]
    match = lists.networks.fullmatch(name)
    return None if match is None else lists.key_of(match)


def find_coins(text: str) -> Iterator[Found]:
    """Coins by ticker, name or slang. Tickers that are also words count in capitals or right after a number."""
    lists = _lists()
    for match in lists.coins.finditer(text):
        on_air = match.group().lower().startswith("эфир") and _says(_ON_AIR, text, match)
        if not on_air and not _ETHERNET.match(text, match.start()):
            yield Found("coin", *match.span(), lists.coin_of[match.group().lower()])
    capitals, smalls = sum(map(str.isupper, text)), sum(map(str.islower, text))
    loud = _LOUD.search(text) is not None

    def shouted(match: re.Match[str]) -> bool:
        own = sum(map(str.isupper, match.group()))
        return loud and capitals - own > smalls - (len(match.group()) - own)

    for match in lists.words.finditer(text):
        if match.group().upper() in lists.capitals and not match.group().isupper():
            continue
        if match.group() == "W" and text[match.start() - 1 : match.start()].isdigit():
            # "20W U" are two hundred thousand.
            continue
        if _counts(text, match, shouted=shouted(match)) or (
            _handled(text, match) if match.group().upper() in lists.short else _says(_TRADED, text, match)
        ):
            yield Found("coin", *match.span(), lists.coin_of[match.group().lower()])
    for match in lists.alone.finditer(text):
        if not _is_ordinary(text, match):
            yield Found("coin", *match.span(), lists.lone[match.group().lower()])
    for pattern in (_U, _BARE_U):
        for match in pattern.finditer(text):
            yield Found("coin", *match.span(), "USDT")


_TRADED = re.compile("(?<![a-z])(?:bought|sold|buying|selling) $", re.IGNORECASE)
_HANDLED_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:buy|bought|sell|sold|withdr[ae]w|withdrawing|deposit(?:ed|ing)?|sen[dt]|my|all the|some|of|swap"
    r"|trade|stake|transfer(?:red)?)"
    r" |[提充买買卖賣转轉](?:现|現|币|幣|值|了|出|账|帳)?\s?|我的\s?)$",
    re.IGNORECASE,
)
_HANDLED_AFTER = re.compile(
    r"\s?(?:coins?|tokens?|withdrawals?|deposits?|wallet|address|的|[币幣]|提[现現币幣]|充[值币]|地址|[钱錢]包)",
    re.IGNORECASE,
)


def _handled(text: str, match: re.Match[str]) -> bool:
    """Whether the words around say that something is moved or traded."""
    return _says(_HANDLED_BEFORE, text, match) or _HANDLED_AFTER.match(text, match.end()) is not None


def _counts(text: str, match: re.Match[str], *, shouted: bool) -> bool:
    """Whether an ambiguous ticker is meant as one: right after a number, or in capitals among ordinary writing."""
    if re.search(r"(?:[0-9][kKwWmM]?|[万千百十])[个個枚]?\s?$", text[max(0, match.start() - 4) : match.start()]):
        return True
    if match.group() in _lists().emphasis and not _handled(text, match):
        return False
    return match.group().isupper() and len(match.group()) > 1 and not shouted
