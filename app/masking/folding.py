"""Text as the detectors see it: compatibility forms folded, invisible characters gone, spans mapped back.

Customers paste full-width digits from Chinese input methods and text with zero-width characters from web pages;
neither may hide a secret. Only detection sees the folded text: what is stored keeps the customer's own characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Soft hyphen, joiners, bidirectional marks, variation selectors, byte-order mark, Mongolian and Hangul fillers.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)

_INVISIBLE_SET = frozenset(chr(code) for code in range(0x10000) if INVISIBLE.fullmatch(chr(code)))

# Characters whose NFKC form is one character and which never combine with a neighbour; with these only, positions
# in the folded text are positions in the original and no map is needed.
_ONE_TO_ONE = (
    "\x00-\x7f\u00a0-\u00a7\u00a9\u00ab-\u00ac\u00ae\u00b0-\u00b3\u00b6-\u00b7\u00b9-\u00bb\u00bf-\u0131\u0134-\u013e"
    "\u0141-\u0148\u014a-\u017f\u0400-\u0482\u048a-\u052f\u1ea0-\u1ef9\u2010-\u2016\u2018-\u2023\u2030-\u2032"
    "\u20a0-\u20a7\u20a9-\u20bf\u2190-\u21ff\u2460-\u2468\u27e6-\u27e7\u3000-\u3029\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff"
    "\uac00-\ud7a3\ue000\uff01-\uff5e\U0001f300-\U0001faff"
)
_COMPLICATED = re.compile(f"[^{_ONE_TO_ONE}]")

# A base character with the marks that follow it, or a run of conjoining Hangul letters.
_CLUSTER = re.compile(
    "[\u1100-\u11ff]+|.[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u0655\u1ab0-\u1aff\u20d0-\u20f0\u3099\u309a\uff9e\uff9f]*",
    re.DOTALL,
)

BARRIER = "\ue000"
"""Stands for an earlier token while detecting: no detector matches it, and none reads across it for a word."""


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` keeps letter case, `lower` does not; both have the same length. `starts`/`ends` are None when positions
    are those of the original."""

    text: str
    lower: str
    starts: list[int] | None
    ends: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original span [start, end) of a non-empty folded span."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Folds `text`, remembering where each folded character came from. Linear."""
    if text.isascii():
        return Folded(text, text.lower(), None, None)
    if _COMPLICATED.search(text) is None:
        normal = unicodedata.normalize("NFKC", text)
        if len(normal) == len(text):
            return Folded(normal, _lower(normal), None, None)
    if INVISIBLE.search(text) is None:
        return _fold_clusters(text, None)
    kept = [position for position, character in enumerate(text) if character not in _INVISIBLE_SET]
    visible = "".join([text[position] for position in kept])
    if _COMPLICATED.search(visible) is None:
        normal = unicodedata.normalize("NFKC", visible)
        if len(normal) == len(visible):
            return Folded(normal, _lower(normal), kept, [position + 1 for position in kept])
    return _fold_clusters(visible, kept)


def _fold_clusters(visible: str, kept: list[int] | None) -> Folded:
    """Normalises character by character; `kept` are the original positions of the visible characters."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster in _CLUSTER.finditer(visible):
        start, end = cluster.span()
        normal = unicodedata.normalize("NFKC", cluster.group())
        characters.append(normal)
        starts.extend([start if kept is None else kept[start]] * len(normal))
        ends.extend([end if kept is None else kept[end - 1] + 1] * len(normal))
    normal = "".join(characters)
    return Folded(normal, _lower(normal), starts, ends)


def _lower(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    # A few letters (İ) have a longer lower case; they keep their place with its first character.
    return "".join(character.lower()[0] for character in text)
