"""Networks, from the lists in names.yml: names that are always one, and names of coins that the words around them or
the other names in the text make one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.entities import names
from bot.entities.model import Found

_SUFFIX = re.compile(
    r"\s{0,2}(?:main ?net|net(?:work)?|block ?chain|chain|主?网络?|主?網[络絡路]?|公?[链鏈]|ネットワーク"
    r"|上的(?= ?(?:[A-Za-z]{2,6}(?![A-Za-z])|代[币幣]|[资資][产產]))"
    r"|チェーン|네트워크|체인|сет[ьи]| ağ(?:[ıi](?:n(?:dan|da|a|[ıi])?|yla)?)?(?!\w))",
    re.IGNORECASE,
)
_CONGESTED = re.compile("\\s?(?:是?在?(?:维护|維護|升级|升級)|拥堵|擁堵|壅塞|堵)")
_VIA = re.compile(
    r"(?:(?<![a-z])(?:on|via|over|through|using|par|por|pel[ao]|através d[ao]|a través de|через|üzerinden"
    r"|(?<!hôm )(?<!tối )(?<!đêm )(?<!sáng )(?<!chiều )(?<!trưa )qua)"
    r" (?:the |la |el |o |a )?|[走用选選]了?(?:的是?|择|擇)?\s?|通过\s?|透過\s?)$",
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
    r"(?<![a-z])(?:long|short|position|bet|futures|perps?|leverage|profit|loss)s? on"
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
# "through Base or Ethereum", "USDC从Polygon转到以太坊"; rows ("TRC20 and Ethereum") may be of networks and of coins.
_OR = (
    r"(?: ?(?:[/>→]|->|还是|還是|不是|而不是|[转轉]?到)(?: only| just)? ?"
    r"| (?:or|not|to|instead of|rather than|o|en vez de|em vez de|ou|или|вместо|hoặc|thay vì|veya)(?: only| just)? )"
)
_TWO_BEFORE, _TWO_AFTER = re.compile(rf"{_OR}$", re.IGNORECASE), re.compile(_OR, re.IGNORECASE)
_OWNED = re.compile(r"(?:(?<![a-z])(?:my|hold|buy|bought|sell|sold|have) |我的 ?|[买買卖賣有]了? ?)$", re.IGNORECASE)
_KEPT_AT = re.compile(r" ?(?:address|wallet|account|地址|[钱錢]包)", re.IGNORECASE)
# "which network, Solana or TON?"
_NETWORK_ASKED = re.compile(
    r"(?:which|what|cu[aá]l|qu[eé]|qual|какой|какую|какая|hangi|[哪什]|どの|어느|어떤)\S{0,3} ?"
    r"(?:network|chain|red(?!\w)|rede|сет\w{1,2}|ağ(?!\w)|[链鏈]|[网網][络絡路]|ネットワーク|네트워크)|mạng nào",
    re.IGNORECASE,
)
_WENT = re.compile("(?:[走转轉充提选選]到?(?:的是|了|的|择|擇|择的|擇的)?|网络|網絡|網路)$")


def find(text: str, coins: Sequence[Found], *, chained: bool = False) -> Iterator[Found]:
    """Networks; of names that are also coins' only those that the words around make networks. `coins` are those that
    `names.find_coins` finds; `chained`: an address or a transaction is in the text."""
    lists = names.lists()
    coins = [coin for coin in coins if text[coin.start : coin.end].lower() not in lists.lone]
    always = []
    for match in lists.networks.finditer(text):
        lone = match.group().lower() in lists.lone
        if not names.is_ordinary(text, match) and (
            not lone or names.says(_CALLED, text, match) or _beside(match, coins)
        ):
            always.append(Found("network", *match.span(), lists.key_of(match)))
    yield from always
    asked = _NETWORK_ASKED.search(text) is not None
    known, rest = list(always), []
    for match in lists.either.finditer(text):
        if names.ETHERNET.match(text, match.start()) and not coins and not names.says(_WENT, text, match):
            continue
        lone = match.group().lower() in lists.lone
        if not (lone and names.is_ordinary(text, match)) and (
            _is_network(text, match, coins, lone=lone, chained=chained)
            or _is_one_of(text, match, lone=lone, others=bool(always), asked=asked)
        ):
            known.append(Found("network", *match.span(), lists.either_of[match.group().lower()]))
            yield known[-1]
        elif match.group().lower() in lists.full:
            rest.append(match)
    for match in _beside_others(text, rest, coins, known, chained=chained):
        yield Found("network", *match.span(), lists.either_of[match.group().lower()])


def _beside_others(
    text: str, matches: Sequence[re.Match[str]], coins: Sequence[Found], networks: Sequence[Found], *, chained: bool
) -> Iterator[re.Match[str]]:
    """Of full names of coins those that are networks because of what else is in the text: the other of two networks,
    or, beside an address, the network of a coin that is named by its ticker. Linear but for a sort."""
    if not matches:
        return
    lists = names.lists()
    begins = {one.start for one in networks}
    ends = {one.end for one in networks}
    tickers = Counter(coin.normalised for coin in coins if _is_ticker(text, coin) and coin.start not in begins)
    longest: dict[int, int] = {}
    for coin in coins:
        longest[coin.start] = max(coin.end, longest.get(coin.start, 0))
    for match in matches:
        if longest.get(match.start(), 0) > match.end():
            # 瑞波 in 瑞波币
            continue
        before, after = _TWO_BEFORE.search(text, max(0, match.start() - 16), match.start()), None
        if before is None or before.start() not in ends:
            after = _TWO_AFTER.match(text, match.end())
        joined = (before is not None and before.start() in ends) or (after is not None and after.end() in begins)
        if joined and not _before(_EXCHANGED, text, match):
            yield match
        elif chained and not _KEPT_AT.match(text, match.end()) and not names.says(_OWNED, text, match):
            name = match.group().lower()
            own = {lists.coin_of.get(name), lists.lone.get(name)} - {None}
            itself = match.group().upper() in own
            if any(ticker is not None and tickers[ticker] > itself for ticker in own):
                yield match


def _is_ticker(text: str, coin: Found) -> bool:
    return text[coin.start : coin.end].upper() == coin.normalised


def _is_network(text: str, match: re.Match[str], coins: Sequence[Found], *, lone: bool, chained: bool) -> bool:
    """Whether the words beside a name that is a coin's as well make it a network's. `lone`: hardly a coin's."""
    if _SUFFIX.match(text, match.end()) or (lone and _CONGESTED.match(text, match.end())):
        return True
    lists, name = names.lists(), match.group().lower()
    short = len(match.group()) < 3 or match.group() in lists.words_too
    if not short and names.says(_CALLED, text, match):
        return True
    if name in lists.companies:
        return False
    exchanged = name in _PRICED and names.says(_FOR, text, match) and _before(_EXCHANGED, text, match)
    traded = name not in lists.no_coin and _before(_ON_A_COIN, text, match)
    via = not short and not exchanged and not traded and names.says(_VIA, text, match)
    if chained:
        full = match.group()[0].isupper() and name in lists.full
        within = (
            full
            and not _before(_KEPT, text, match)
            and names.says(_WITHIN, text, match)
            and not text.startswith(" a ", match.end())
        )
        if within or (via and (full or lone or names.says(_WAY, text, match))):
            return True
    return (via and lone) or ((via or lone) and _beside(match, coins))


def _is_one_of(text: str, match: re.Match[str], *, lone: bool, others: bool, asked: bool) -> bool:
    """Whether it is a network because `others` are in the text, or because networks are `asked` for."""
    if lone and others:
        return not names.says(names.HANDLED_BEFORE, text, match)
    if not match.group()[0].isupper() or match.group().lower() not in names.lists().full:
        return False
    if others and (names.says(_RATHER, text, match) or _INSTEAD.match(text, match.end())):
        return True
    # A coin's name in a row may be one of several coins: BASE has no coin.
    wanted = others if match.group().lower() in names.lists().no_coin else asked
    return wanted and names.says(_IN_A_ROW, text, match)


def _before(pattern: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    """Whether something of the pattern stands not far before it."""
    return pattern.search(text, max(0, match.start() - 40), match.start()) is not None


def _beside(match: re.Match[str], coins: Sequence[Found]) -> bool:
    """Whether a coin stands before or behind it."""
    return any(coin.end <= match.start() or coin.start >= match.end() for coin in coins)
