"""Chinese in its two scripts: an answer kept in simplified characters is shown in Taiwan's wording, and a question in
traditional characters is ranked against simplified phrasings.

OpenCC converts characters and the common differences of wording (``s2twp``: 默认 -> 預設); what it does not know of our
subject stands in an override table of the corpus, applied to its output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from opencc import OpenCC

TRADITIONAL = ("zh-TW", "zh-HK", "zh-MO", "zh-Hant")
"""Locales whose readers expect traditional characters."""

MAINLAND = {"储值": "充值", "提领": "提现"}
"""What Taiwan calls our subject and OpenCC does not know, as the simplified phrasings call it."""

REMEMBERED = 2_048
"""Converted texts that are kept; an answer is shown often."""


def is_traditional(locale: str) -> bool:
    """Whether readers of this locale expect traditional characters."""
    return locale.startswith(TRADITIONAL)


class Scripts:
    """Both directions. ``overrides``: what OpenCC writes -> what should be written; the longest match wins.

    Pure apart from its memory, and safe to share between threads.
    """

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        self._to_traditional = OpenCC("s2twp")
        self._to_simplified = OpenCC("tw2sp")
        self._overrides = dict(overrides or {})
        longest_first = sorted(self._overrides, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        self.traditional = lru_cache(maxsize=REMEMBERED)(self._traditional)

    def _traditional(self, text: str) -> str:
        """``text`` in Taiwan's characters and wording; Latin letters, markdown and addresses stay as they are."""
        converted: str = self._to_traditional.convert(text)
        if self._known is None:
            return converted
        return self._known.sub(lambda match: self._overrides[match.group()], converted)

    def simplified(self, text: str) -> str:
        """``text`` in simplified characters and the mainland's wording, for ranking; simplified text stays as it is."""
        # Taiwan's 帳 is both characters; about money it is this one.
        converted: str = self._to_simplified.convert(text)
        converted = converted.replace("帐", "账")
        for theirs, ours in MAINLAND.items():
            converted = converted.replace(theirs, ours)
        return converted
