"""BIP-39 seed phrases: runs of list words, confirmed by the checksum in their last word.

A phrase without a word about seeds near it is masked only when its checksum holds (BIP-39: the last n/3 bits of an
n-word phrase are the first bits of the SHA-256 of the rest). Beside such a word a run of twelve is enough, and one
word in four may be misspelt: a typo must not leak the other eleven. Chinese phrases are also written without spaces;
there the words are ordinary characters, and only their rarity tells them from a sentence (see `unnatural`).
"""

from __future__ import annotations

import bisect
import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

Span = tuple[int, int]

LENGTHS = (24, 21, 18, 15, 12)
# A longer run of list words than any phrase with its neighbours is masked whole: checking every window of it would
# cost time and nobody writes so.
_LONGEST_CHECKED = 30
# Checksums computed for one text. Past it every run of twelve counts as a phrase, so hostile input costs no more.
_CHECKSUM_BUDGET = 400
_GAP = 12
_CONTEXT = 60

_FOLDER = Path(__file__).parent / "wordlists"


def _load(name: str) -> dict[str, int]:
    words = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()
    return {unicodedata.normalize("NFKC", word).lower(): index for index, word in enumerate(words)}


LISTS: dict[str, dict[str, int]] = {
    name: _load(name)
    for name in [
        "english",
        "chinese_simplified",
        "chinese_traditional",
        "japanese",
        "korean",
        "spanish",
        "portuguese",
        "french",
        "italian",
        "russian",
        "turkish",
        "czech",
    ]
}
CHINESE = ("chinese_simplified", "chinese_traditional")
ALL_WORDS: frozenset[str] = frozenset(word for words in LISTS.values() for word in words)
# BIP-39 lists are unambiguous in their first four letters; a misspelt end is still recognised.
_PREFIXES = {
    name: frozenset(word[:4] for word in words if len(word) >= 4)
    for name, words in LISTS.items()
    if name not in CHINESE
}

# Latin letters, other letters, and Chinese characters are separate tokens: "otpは" is two.
WORD = re.compile(r"[一-鿿]+|[a-zà-ɏạ-ỹ]+|[^\W\d_a-zà-ɏạ-ỹ一-鿿]+")
CONTEXT_WORDS = re.compile(
    r"seed|mnemonic|(?:recovery|secret|backup|wallet)[ _-]?(?:phrase|words)|(?:12|15|18|21|24)[ -]?words|passphrase"
    r"|助[记記][词詞]|恢[复復][短词詞]|种子|種子|记忆词|(?:12|24|十二|二十四)[个個](?:单词|單詞|单字|英文)"
    r"|シード|リカバリーフレーズ|復元フレーズ|ニーモニック|시드|니모닉|복구 ?(?:문구|구문)|[сc]ид|мнемоник|seed фраз"
    r"|cụm từ|cum tu|kurtarma|tohum|anahtar kelime|semilla|semente|frase de recupera|frase secreta|palabras|palavras"
)
_LENGTH_SET = frozenset(LENGTHS)
# A random phrase has one in five of these, a sentence most.
_FREQUENT = frozenset(word for name in CHINESE for word, index in LISTS[name].items() if index < 400)
_RARITY = {
    character: math.log2(min(LISTS[name].get(character, 4096) for name in CHINESE) + 2)
    for character in {*LISTS[CHINESE[0]], *LISTS[CHINESE[1]]}
}
# Rows of rare characters looked at closely in one text; past it they count as phrases, as with the checksums.
_ROW_BUDGET = 60
# What may stand between the word and an unspaced Chinese phrase.
_LINK = re.compile(r"(?:词|詞|短语|短語|是|为|為|如下|有|了|就|在这|的|[\s:=,\-])*")

# Mean of log2(index + 2) over the characters: the lists are sorted by frequency, so sentences score low. Measured on
# 9,097 sentences of exactly a phrase's length: their 99th percentile is 8.48; of random phrases the 1st is 8.44.
_RARE_WITH_CHECKSUM = 8.4
_RARE_WITH_CONTEXT = 8.6
_COMMON_BIGRAMS = re.compile(
    "密[码碼]|验证|驗證|账户|帳戶|账号|客服|充值|提[现币幣]|交易|怎[么麼]|什[么麼]|[没沒]有|可以|不能|[我你]的|[我你]们|助[记記]|钱包|錢包"
    "|如何|需要|问题|問題|手机|手機|请问|無法|无法|银行|服务|服務|网络|資產|资产|找回|忘[记記]|丢失|导入|保管|备份"
)


def checksum_holds(indices: list[int]) -> bool:
    """Whether word numbers (0..2047) of one of the `LENGTHS` form a valid BIP-39 phrase."""
    bits = 0
    for index in indices:
        bits = (bits << 11) | index
    size = len(indices) // 3
    entropy = (bits >> size).to_bytes(size * 4, "big")
    return hashlib.sha256(entropy).digest()[0] >> (8 - size) == bits & ((1 << size) - 1)


def unnatural(characters: str, threshold: float) -> bool:
    """Whether Chinese characters look drawn from a BIP-39 list rather than written as a sentence."""
    known = [rarity for character in characters if (rarity := _RARITY.get(character)) is not None]
    if len(known) < 0.85 * len(characters) or sum(known) < threshold * len(known):
        return False
    return _COMMON_BIGRAMS.search(characters) is None


def may_hold_phrase(words: list[str]) -> bool:
    """The cheap question, for tokens of `WORD`: are there enough list words, or a row of rare characters?"""
    if len(words) >= 9 and sum(map(ALL_WORDS.__contains__, words)) >= 9:
        return True
    return any([_rare_row(word) for word in words if len(word) in _LENGTH_SET])


def _rare_row(word: str) -> bool:
    return "一" <= word[0] <= "鿿" and sum(map(_FREQUENT.__contains__, word)) * 2 < len(word)


def find_phrases(lower: str, tokens: list[re.Match[str]]) -> Iterator[Span]:
    """Spans of seed phrases in folded, lower-case text and its `WORD` tokens; they may overlap."""
    words = [token.group() for token in tokens]
    far = {
        position
        for position, (token, previous) in enumerate(zip(tokens[1:], tokens, strict=False), 1)
        if token.start() - previous.end() > _GAP
    }
    contexts = [match.span() for match in CONTEXT_WORDS.finditer(lower)]
    checks = _CHECKSUM_BUDGET
    for name in _lists_with(words, 9 if contexts else 12):
        members = LISTS[name]
        indices = list(map(members.get, words))
        for first, last in _runs(indices, far):
            size = last - first
            if size < 12:
                continue
            span = tokens[first].start(), tokens[last - 1].end()
            if size > _LONGEST_CHECKED or checks <= 0 or _near(contexts, span):
                yield span
                continue
            values = [index for index in indices[first:last] if index is not None]
            checks -= 5 * size
            for start, end in _valid_windows(values):
                yield tokens[first + start].start(), tokens[first + end - 1].end()
        if contexts and name not in CHINESE:
            yield from _misspelt(tokens, words, members, _PREFIXES[name], contexts, far)
    yield from _unspaced_chinese(lower, tokens, contexts)


def _lists_with(words: list[str], least: int) -> list[str]:
    """The lists that at least so many of the words are in."""
    listed = [word for word in words if word in ALL_WORDS]
    if len(listed) < least:
        return []
    return [name for name, members in LISTS.items() if sum(map(members.__contains__, listed)) >= least]


def _runs(indices: list[int | None], far: set[int]) -> Iterator[Span]:
    """Token ranges [first, last) of consecutive list words with only numbers and punctuation between them."""
    first = 0
    breaks = [position for position, index in enumerate(indices) if index is None]
    for position in sorted({*breaks, *far, len(indices)}):
        if position > first:
            yield first, position
        first = position if position in far and indices[position] is not None else position + 1


def _valid_windows(values: list[int]) -> Iterator[Span]:
    """Valid phrases among consecutive words: the longest first, then what is left on either side of it.

    One checksum of 256 holds by chance, so the word before a phrase and all but its last may look like one: whatever
    valid one of that length begins in another is part of it."""
    for length in LENGTHS:
        for start in range(len(values) - length + 1):
            if checksum_holds(values[start : start + length]):
                inside = range(start + 1, min(start + length, len(values) - length + 1))
                end = max([start, *(at for at in inside if checksum_holds(values[at : at + length]))]) + length
                yield start, end
                yield from _valid_windows(values[:start])
                yield from ((a + end, b + end) for a, b in _valid_windows(values[end:]))
                return


def _near(contexts: list[Span], span: Span) -> bool:
    """Whether a seed word is within `_CONTEXT` characters of the span; `contexts` is in order and disjoint."""
    following = bisect.bisect_left(contexts, (span[0] - _CONTEXT,), key=lambda context: (context[1],))
    return following < len(contexts) and contexts[following][0] <= span[1] + _CONTEXT


def _misspelt(
    tokens: list[re.Match[str]],
    words: list[str],
    members: dict[str, int],
    prefixes: frozenset[str],
    contexts: list[Span],
    far: set[int],
) -> Iterator[Span]:
    """Runs beside a seed word in which single words are unknown."""
    close = [word in members or (len(word) >= 4 and word[:4] in prefixes) for word in words]
    first: int | None = None
    known = 0
    for position in range(len(words) + 1):
        ends = (
            position == len(words)
            or position in far
            or (position > 0 and not close[position] and not close[position - 1])
        )
        if ends and first is not None:
            last = position if close[position - 1] else position - 1
            # Talk about wallets has many words of the list too, but not three in four.
            if last - first >= 11 and known >= max(9, 0.75 * (last - first)):
                span = tokens[first].start(), tokens[last - 1].end()
                if _near(contexts, span):
                    yield span
            first, known = None, 0
        if position < len(words) and close[position]:
            first = position if first is None else first
            known += words[position] in members


def _unspaced_chinese(lower: str, tokens: list[re.Match[str]], contexts: list[Span]) -> Iterator[Span]:
    """Phrases written as one row of characters."""
    budget = _ROW_BUDGET
    for token in tokens:
        row = token.group()
        if len(row) < 12 or not "一" <= row[0] <= "鿿":
            continue
        span = token.span()
        if len(row) in _LENGTH_SET and _rare_row(row) and _stands_alone(lower, span):
            budget -= 1
            if budget < 0 or _confirmed(row):
                yield span
                continue
        if len(row) <= 60 and contexts and _near(contexts, span):
            begin = _after_context(lower, span, contexts)
            budget -= 1
            if span[1] - begin >= 12 and (
                budget < 0 or unnatural(lower[begin : min(span[1], begin + 24)], _RARE_WITH_CONTEXT)
            ):
                yield begin, span[1]


def _stands_alone(lower: str, span: Span) -> bool:
    before, after = lower[span[0] - 1 : span[0]], lower[span[1] : span[1] + 1]
    return (not before or before in " \n:=\"'") and (not after or after in " \n.,;!。\"'")


def _after_context(lower: str, span: Span, contexts: list[Span]) -> int:
    """Where a phrase may begin in a row that itself holds the word for it."""
    last = bisect.bisect_right(contexts, span[1], key=lambda context: context[1]) - 1
    if last < 0 or contexts[last][0] < span[0]:
        return span[0]
    link = _LINK.match(lower, contexts[last][1], span[1])
    return link.end() if link else contexts[last][1]


def _confirmed(characters: str) -> bool:
    if len(characters) not in LENGTHS or not unnatural(characters, _RARE_WITH_CHECKSUM):
        return False
    for name in CHINESE:
        indices = [LISTS[name].get(character) for character in characters]
        known = [index for index in indices if index is not None]
        if len(known) == len(indices) and checksum_holds(known):
            return True
    return False
