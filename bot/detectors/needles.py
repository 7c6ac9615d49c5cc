"""Which pieces a text must hold for a regular expression to match at all: patterns without theirs are never run.

`needles(pattern)` reads the parsed expression and gives strings of which every match holds at least one, or None where
nothing certain can be said. They are looked up by n-grams of the text, so a text runs the few expressions that share
a piece with it and the answer is the same as if it had run them all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

# The parser behind `re` is not documented, but it is the only exact reader of its syntax.
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Strings = frozenset[str]
# More alternatives than this are not spelt out, nor longer character classes.
_MOST, _CLASS = 400, 12
SIZES = (1, 2, 4)
"""Lengths of the pieces that texts and needles are compared by."""
_FIRST_WIDE = "\u0400"


@dataclass(frozen=True, slots=True)
class Found:
    """`exact`: every string that a part matches, if they are few; `needed`: of which one is in every match."""

    exact: Strings | None = None
    needed: Strings | None = None

    @property
    def best(self) -> Strings | None:
        return _better(self.needed, self.exact)


EMPTY = Found(exact=frozenset(("",)))


def needles(pattern: str) -> Strings | None:
    """Strings, lower case, of which every match of `pattern` holds one; None: any text may match."""
    return _sequence(parser.parse(pattern)).best


def pieces(form: str) -> set[str]:
    """The n-grams of a text that its needles are looked up by. Linear."""
    found = set(form)
    found.update(map("".join, pairwise(form)))
    found.update(map("".join, zip(form, form[1:], form[2:], form[3:], strict=False)))
    return found


def keys(needed: Strings) -> Strings:
    """One n-gram per needle, the longest that is looked up."""
    return frozenset(needle[: max(size for size in SIZES if size <= len(needle))] for needle in needed)


def _sequence(items: Iterable[tuple[Any, Any]]) -> Found:
    needed: Strings | None = None
    run: Strings = frozenset(("",))
    whole = True
    for code, argument in items:
        found = _part(code, argument)
        joined = None if found.exact is None else _joined(run, found.exact)
        if joined is not None:
            run = joined
            continue
        whole = False
        needed = _better(_better(needed, run), found.best)
        run = found.exact if found.exact is not None else frozenset(("",))
    return Found(exact=run if whole else None, needed=None if whole else _better(needed, run))


def _part(code: Any, argument: Any) -> Found:
    if code is codes.LITERAL:
        return Found(exact=frozenset((chr(argument),)))
    if code is codes.IN:
        if len(argument) <= _CLASS and all(kind is codes.LITERAL for kind, _ in argument):
            return Found(exact=frozenset(chr(value) for _, value in argument))
        return Found()
    if code is codes.BRANCH:
        return _either([_sequence(branch) for branch in argument[1]])
    if code is codes.SUBPATTERN:
        return _sequence(argument[3])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        least, most, body = argument
        inner = _sequence(body)
        if (least, most) == (0, 1):
            return _either([EMPTY, inner])
        if (least, most) == (1, 1):
            return inner
        return Found(needed=inner.best if least else None)
    if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
        # They take no room: what stands before and after them still touches.
        return EMPTY
    return Found()


def _either(found: Sequence[Found]) -> Found:
    exact: set[str] | None = set()
    needed: set[str] | None = set()
    for each in found:
        exact = None if exact is None or each.exact is None else exact | each.exact
        needed = None if needed is None or each.best is None else needed | each.best
    return Found(
        exact=frozenset(exact) if exact is not None and len(exact) <= _MOST else None,
        needed=frozenset(needed) if needed is not None else None,
    )


def _joined(before: Strings, after: Strings) -> Strings | None:
    if len(before) * len(after) > _MOST:
        return None
    return frozenset(map("".join, product(before, after)))


def _better(one: Strings | None, other: Strings | None) -> Strings | None:
    """The set that fewer texts will hold: longer strings first, then fewer of them; one with "" says nothing."""
    usable = [some for some in (one, other) if some and "" not in some]
    return max(usable, key=_rarity) if usable else None


def _rarity(strings: Strings) -> tuple[float, int]:
    # A character of Chinese, Japanese, Korean or Cyrillic tells more than a Latin one.
    return min(_weight(text) for text in strings), -len(strings)


def _weight(text: str) -> int:
    size = sum(3 if char >= _FIRST_WIDE else 1 for char in text[:4])
    return min(size, 6)
