"""Pattern sets as data: `bot/detectors/rules/<name>.yml`.

    - detail: asked                # what is reported
      language: zh                 # a row in one language is spared texts without a letter of its script
      match: [...]                 # regular expressions on the normal form, any of them speaks
      whole: [...]                 # the same, but must be the whole text (punctuation aside)
      unless: [...]                # any of them silences this row

Names in angle brackets (`<person>`) are replaced by the alternatives in the file's `words` section.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

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
class Row:
    """One detail with what speaks for and against it."""

    detail: str
    match: re.Pattern[str] | None
    whole: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    script: re.Pattern[str] | None = None

    def speaks(self, form: str) -> bool:
        if self.script is not None and self.script.search(form) is None:
            return False
        found = (self.match is not None and self.match.search(form)) or (
            self.whole is not None and self.whole.fullmatch(form)
        )
        return bool(found) and not (self.unless is not None and self.unless.search(form))


@dataclass(frozen=True, slots=True)
class PatternSet:
    """Rows in order; the first that speaks wins."""

    rows: tuple[Row, ...]

    def find(self, form: str) -> str | None:
        """The detail for a text in its normal form, or None."""
        return next((row.detail for row in self.rows if row.speaks(form)), None)


@cache
def load_patterns(name: str) -> PatternSet:
    """The shipped set of that name, compiled once (0.3 s). Raises PatternError."""
    source = resources.files("bot.detectors").joinpath("rules", f"{name}.yml").read_text(encoding="utf-8")
    return parse_patterns(yaml.safe_load(source), name)


def parse_patterns(body: Mapping[str, Any], name: str) -> PatternSet:
    """A set from plain data."""
    words = {str(key): "(?:" + "|".join(map(str, value)) + ")" for key, value in (body.get("words") or {}).items()}
    rows = []
    for number, row in enumerate(body["rows"]):
        try:
            rows.append(
                Row(
                    detail=str(row["detail"]),
                    match=_any(row.get("match"), words),
                    whole=_any(row.get("whole"), words, edge=_EDGE),
                    unless=_any(row.get("unless"), words),
                    script=_SCRIPTS.get(str(row.get("language"))),
                )
            )
        except (re.error, KeyError) as error:
            raise PatternError(f"{name}.yml, row {number} ({row.get('detail')}): {error}") from error
    return PatternSet(tuple(rows))


def _any(patterns: Sequence[str] | None, words: Mapping[str, str], edge: str = "") -> re.Pattern[str] | None:
    if not patterns:
        return None
    # Patterns of every language meet simplified text, Japanese ones too.
    expanded = [_expand(str(pattern), words).translate(TRADITIONAL) for pattern in patterns]
    return re.compile(f"{edge}(?:" + "|".join(f"(?:{pattern})" for pattern in expanded) + f"){edge}")


def _expand(pattern: str, words: Mapping[str, str]) -> str:
    while _NAME.search(pattern):
        pattern = _NAME.sub(lambda found: words[found[1]], pattern)
    return pattern
