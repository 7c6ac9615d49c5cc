"""`mask()`: secrets out of a text before it is stored, shown, hashed, ranked or logged.

It runs on every message, so a text is first looked at as a whole (`triggers.suspicious`): words that go with secrets,
long tokens, long numbers, many words of the BIP-39 lists. Only a suspicious text meets the detectors, and those that
need a word beside the secret read only around such words. All of it is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.masking.cards import find_cards
from app.masking.codes import find_codes
from app.masking.folding import BARRIER, Folded, fold
from app.masking.identity import find_identities
from app.masking.keys import find_keys, find_labelled_keys
from app.masking.nearby import (
    find_codes_of_cards,
    find_lone_codes,
    find_lone_passwords,
    find_lone_pins,
    find_tokens,
)
from app.masking.passwords import find_api_secrets, find_passwords
from app.masking.phrases import WORD, find_phrases
from app.masking.triggers import regions, suspicious
from app.masking.two_factor import find_two_factor_keys

KINDS = (
    "seed_phrase",
    "private_key",
    "two_factor_key",
    "api_secret",
    "identity_number",
    "card",
    "otp",
    "password",
)

Span = tuple[int, int]
Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


class Masked(NamedTuple):
    """A text without its secrets, and which `KINDS` were removed: sorted, each once."""

    text: str
    kinds: tuple[str, ...]


TOKEN = re.compile(rf"⟦masked:(?:{'|'.join(KINDS)})⟧")
# A mask can bring a word nearer to what stood behind the secret, so the result is read again until nothing is found;
# not in long texts, where the second reading costs more than it can find.
_PASSES = 4
_LONGEST_REPEATED = 2000
# Characters around words for secrets that are read closely. A text with more of them is no customer's question; in
# the rest of it every longer token with a digit is masked, which costs next to nothing.
_PRECISE = 2000
_VALUE = re.compile(r"(?<![0-9a-z])(?=[a-z]{0,20}[0-9])[!-~]{6,200}")
_DEEPEST = 64


def mask(text: str) -> Masked:
    """`text` with every secret replaced by `⟦masked:<kind>⟧`. Pure. Idempotent for texts up to 2,000 characters."""
    if not suspicious(text):
        return Masked(text, ())
    kinds: set[str] = set()
    for _ in range(_PASSES if len(text) <= _LONGEST_REPEATED else 1):
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
    barred = TOKEN.sub(lambda token: BARRIER * len(token.group()), text) if "⟦" in text else text
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
    lower = folded.lower
    tokens = list(WORD.finditer(lower))
    yield from _ranked("seed_phrase", find_phrases(lower, tokens))
    yield from _ranked("private_key", find_keys(folded))
    yield from _ranked("two_factor_key", find_two_factor_keys(folded.text, lower))
    yield from _ranked("identity_number", find_identities(lower))
    cards = list(find_cards(lower))
    yield from _ranked("card", cards)
    yield from _ranked("card", find_codes_of_cards(lower, [span for span in cards if span[1] - span[0] > 12]))
    yield from _ranked("api_secret", find_tokens(folded.text))
    yield from _ranked("otp", find_lone_codes(lower))
    yield from _ranked("password", find_lone_pins(lower))
    read = 0
    for region in regions(lower, tokens):
        if read >= _PRECISE:
            yield from _ranked("password", _anything_like_a_value(lower, region))
            continue
        read += region[1] - region[0]
        yield from _ranked("private_key", find_labelled_keys(folded, region))
        yield from _ranked("api_secret", find_api_secrets(folded.text, lower, region))
        yield from _ranked("otp", find_codes(lower, region))
        yield from _ranked("password", find_passwords(folded.text, lower, region))
        yield from _ranked("password", find_lone_passwords(folded.text, lower, region))


def _ranked(kind: str, spans: Iterable[Span]) -> Iterator[tuple[int, Span]]:
    rank = KINDS.index(kind)
    return ((rank, span) for span in spans)


def _anything_like_a_value(lower: str, region: Span) -> Iterator[Span]:
    return (match.span() for match in _VALUE.finditer(lower, *region))


def _replace(text: str, spans: list[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    position = 0
    for start, end, kind in spans:
        parts += text[position:start], f"⟦masked:{kind}⟧"
        position = end
    return "".join([*parts, text[position:]])
