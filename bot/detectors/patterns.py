"""Pattern sets as data: `bot/detectors/rules/<name>.yml`.

    - detail: asked                # what is reported
      language: zh                 # a row in one language is spared texts without a letter of its script
      match: [...]                 # regular expressions on the normal form, any of them speaks
      whole: [...]                 # the same, but must be the whole text (punctuation aside)
      unless: [...]                # any of them silences this row

Names in angle brackets (`<person>`) are replaced by the alternatives in the file's `words` section. The file's own
`unless` silences every row.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from bot.detectors.needles import Strings, keys, needles, pieces
from bot.detectors.normal import TRADITIONAL

_NAME = re.compile(r"<([a-z_]+)>")
_EDGE = r"[\W_]*"
_LATIN = re.compile("[a-z]")
# Chinese and mixed rows meet every text: customers write 转human and zhuan rengong.
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff\u3400-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    **dict.fromkeys(("en", "vi", "tr", "es", "pt"), _LATIN),
}


class PatternError(ValueError):
    """A pattern file is wrong: names the row."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """One expression of a row. `keys`: n-grams of which a text must hold one for it to match; None: unknown."""

    detail: str
    pattern: re.Pattern[str]
    whole: bool
    keys: Strings | None
    unless: re.Pattern[str] | None
    script: re.Pattern[str] | None

    def speaks(self, form: str) -> bool:
        if self.script is not None and self.script.search(form) is None:
            return False
        found = self.pattern.fullmatch(form) if self.whole else self.pattern.search(form)
        return found is not None and not (self.unless is not None and self.unless.search(form))


class PatternSet:
    """Expressions in the order of their rows; the first that speaks wins. Immutable."""

    def __init__(self, speakers: Sequence[Speaker]) -> None:
        self._speakers = tuple(speakers)
        self._always = [place for place, speaker in enumerate(speakers) if speaker.keys is None]
        self._by_key: dict[str, list[int]] = {}
        for place, speaker in enumerate(speakers):
            for key in speaker.keys or ():
                self._by_key.setdefault(key, []).append(place)

    @property
    def always(self) -> int:
        """How many expressions are run on every text."""
        return len(self._always)

    def find(self, form: str, known: set[str] | None = None) -> str | None:
        """The detail for a text in its normal form, or None. `known`: its `pieces`, where the caller has them."""
        by_key = self._by_key
        places = set(self._always)
        for key in by_key.keys() & (pieces(form) if known is None else known):
            places.update(by_key[key])
        speakers = self._speakers
        return next((speakers[place].detail for place in sorted(places) if speakers[place].speaks(form)), None)


@cache
def load_patterns(name: str) -> PatternSet:
    """The shipped set of that name, compiled once (0.3 s). Raises PatternError."""
    source = resources.files("bot.detectors").joinpath("rules", f"{name}.yml").read_text(encoding="utf-8")
    return parse_patterns(yaml.safe_load(source), name)


def parse_patterns(body: Mapping[str, Any], name: str) -> PatternSet:
    """A set from plain data."""
    words = {str(key): "(?:" + "|".join(map(str, value)) + ")" for key, value in (body.get("words") or {}).items()}
    silent = [str(pattern) for pattern in body.get("unless") or ()]
    speakers: list[Speaker] = []
    for number, row in enumerate(body["rows"]):
        try:
            speakers += _speakers(row, words, silent)
        except (re.error, KeyError) as error:
            raise PatternError(f"{name}.yml, row {number} ({row.get('detail')}): {error}") from error
    return PatternSet(speakers)


def _speakers(row: Mapping[str, Any], words: Mapping[str, str], silent: Sequence[str]) -> Iterator[Speaker]:
    unless = [_expand(str(pattern), words) for pattern in (*(row.get("unless") or ()), *silent)]
    silence = re.compile("|".join(f"(?:{pattern})" for pattern in unless)) if unless else None
    script = _SCRIPTS.get(str(row.get("language")))
    for name, edge in (("match", ""), ("whole", _EDGE)):
        for pattern in row.get(name) or ():
            for part in alternatives(_expand(str(pattern), words)):
                needed = needles(part)
                yield Speaker(
                    detail=str(row["detail"]),
                    pattern=re.compile(f"{edge}(?:{part}){edge}"),
                    whole=name == "whole",
                    keys=None if needed is None else keys(needed),
                    unless=silence,
                    script=script,
                )


def alternatives(pattern: str) -> Iterator[str]:
    """The top-level alternatives of an expression, each an expression of its own."""
    depth, start, skip, inside = 0, 0, False, False
    for place, char in enumerate(pattern):
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif inside:
            inside = char != "]"
        elif char == "[":
            inside = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth == 0:
            yield pattern[start:place]
            start = place + 1
    yield pattern[start:]


def _expand(pattern: str, words: Mapping[str, str]) -> str:
    """Names replaced by their alternatives. Patterns of every language meet simplified text, Japanese ones too."""
    while _NAME.search(pattern):
        pattern = _NAME.sub(lambda found: words[found[1]], pattern)
    return pattern.translate(TRADITIONAL)
