"""`mask()`: secrets out of a text before it is stored, shown, hashed, ranked or logged.

It runs on every message, so a text is first looked at as a whole (`suspicious`): words that go with secrets, long
tokens, long numbers, many words of the BIP-39 lists. Only a suspicious text meets the detectors. All of it is linear
in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.masking.cards import find_cards
from app.masking.codes import find_codes
from app.masking.folding import Folded, fold, fold_text
from app.masking.keys import find_keys
from app.masking.passwords import find_api_secrets, find_passwords
from app.masking.phrases import WORD, find_phrases, may_hold_phrase

KINDS = ("seed_phrase", "private_key", "api_secret", "card", "otp", "password")

Span = tuple[int, int]
Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its secrets, and which `KINDS` were removed: sorted, each once."""

    text: str
    kinds: tuple[str, ...]


TOKEN = re.compile(rf"⟦masked:(?:{'|'.join(KINDS)})⟧")
# Stands for an earlier token while detecting: no detector matches it or reads across it.
_BARRIER = "\ue000"
_PASSES = 4
_DEEPEST = 64

# Beginnings of the words that go with one-time codes, passwords and secrets, in the served languages; a superset of
# what the detectors know, checked by the tests of each language.
_WORDS = re.compile(
    "[码碼令密钥鑰验驗动動谷安私恢备備认認助词詞]|口令|二次|两步|身份验|种子|種子|短[语語]|单词"
    "|cod|pas|otp|2fa|2-fa|mfa|pin|psw|pw|sec|key|priv|pk|seed|mnem|phr|cvv|cvc|cvn|card|auth|toke|bear|wif"
    "|コード|パス|暗証|認|ワンタ|二段|シー|秘密|プラ|リカ|ニー|인증|비[밀번]|암호|코드|보안|확인|백업|시[크드]|개인|프라|니모|복구"
    "|код|парол|пин|ключ|[сc]ид|мнем|mã|ma |mật|mat kh|khóa|khoá|cụm|kod|şifr|sifre|parol|anahtar|kurt|tohum|contra|clav|llave|chave|senh|sem[ei]|códi|frase|palav|palab"
)
_SHAPES = re.compile(r"[0-9A-Za-z]{51}|[0-9](?:[0-9 \-]{11}[0-9 \-]*[0-9])|\[\s*\d+\s*,(?:[\s\d]+,){60}|PRIVATE KEY")


def suspicious(text: str) -> bool:
    """Whether a text may hold a secret. May be wrong in that direction only."""
    lower = fold_text(text).lower()
    if _WORDS.search(lower) or _SHAPES.search(lower):
        return True
    return may_hold_phrase(WORD.findall(lower))


def mask(text: str) -> Masked:
    """`text` with every secret replaced by `⟦masked:<kind>⟧`. Idempotent; pure; a plain message costs microseconds."""
    if not suspicious(text):
        return Masked(text, ())
    kinds: set[str] = set()
    for _ in range(_PASSES):
        spans = _secrets(text)
        if not spans:
            break
        kinds.update(kind for _, _, kind in spans)
        text = _replace(text, spans)
    return Masked(text, tuple(sorted(kinds)))


def mask_json(value: Json) -> Json:
    """A copy of a JSON-like value with every string in it masked, keys too; a key is the context of its string.

    Mappings become dicts, sequences lists. Raises ValueError past 64 levels: a socket's frame is never that deep.
    """
    return _mask_json(value, _DEEPEST)


def _mask_json(value: Json, levels: int) -> Json:
    if isinstance(value, str):
        return mask(value).text
    if value is None or isinstance(value, (int, float)):
        return value
    if levels == 0:
        raise ValueError(f"JSON nested deeper than {_DEEPEST} levels")
    if isinstance(value, Mapping):
        return {mask(key).text: _mask_member(key, item, levels - 1) for key, item in value.items()}
    return [_mask_json(item, levels - 1) for item in value]


def _mask_member(key: str, item: Json, levels: int) -> Json:
    masked = _mask_json(item, levels)
    if isinstance(item, str) and masked == item:
        label = f"{key}: "
        with_label = mask(label + item).text
        if with_label.startswith(label):
            return with_label[len(label) :]
    return masked


def _secrets(text: str) -> list[tuple[int, int, str]]:
    """Disjoint spans of the original text with their kinds, in order."""
    barred = TOKEN.sub(lambda token: _BARRIER * len(token.group()), text) if "⟦" in text else text
    folded = fold(barred)
    found = sorted((*folded.original(*span), rank) for rank, span in _found(folded))
    merged: list[tuple[int, int, int]] = []
    for start, end, rank in found:
        if merged and start < merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), min(before[2], rank))
        else:
            merged.append((start, end, rank))
    return [(start, end, KINDS[rank]) for start, end, rank in merged]


def _found(folded: Folded) -> Iterator[tuple[int, Span]]:
    detectors = {
        "seed_phrase": find_phrases(folded.lower),
        "private_key": find_keys(folded),
        "api_secret": find_api_secrets(folded.text, folded.lower),
        "card": find_cards(folded.lower),
        "otp": find_codes(folded.lower),
        "password": find_passwords(folded.text, folded.lower),
    }
    for kind, spans in detectors.items():
        rank = KINDS.index(kind)
        for span in spans:
            yield rank, span


def _replace(text: str, spans: list[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    position = 0
    for start, end, kind in spans:
        parts += text[position:start], f"⟦masked:{kind}⟧"
        position = end
    return "".join([*parts, text[position:]])
