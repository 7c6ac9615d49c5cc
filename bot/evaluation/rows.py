"""Rows of evaluation files: JSON lines, read strictly, so that a wrong file is told and not measured."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

OUT_OF_SCOPE = "oos"
Row = TypeVar("Row")
_HAN = re.compile(r"[\u3400-\u9fff]")


class RowsError(ValueError):
    """A file is missing, or a row of it is not what it should be."""

    code = "bad_rows"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its intent; the label `oos` means that none fits."""

    text: str
    label: str

    @property
    def in_scope(self) -> bool:
        return self.label != OUT_OF_SCOPE


@dataclass(frozen=True, slots=True)
class FaqRow:
    """One entry of a foreign FAQ."""

    faq_id: str
    question: str
    similar: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class FaqQuery:
    """A customer's text and the entry that answers it; None = no entry does."""

    text: str
    faq_id: str | None


def objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row with the place it stands at. Raises RowsError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RowsError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise RowsError(f"{place}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise RowsError(f"{place}: a row is an object")
        yield place, row


def text_of(row: dict[str, Any], name: str, place: str) -> str:
    """The string field of that name. Raises RowsError."""
    value = row.get(name)
    if not isinstance(value, str):
        raise RowsError(f"{place}: `{name}` must be a string")
    return value


def _id_of(row: dict[str, Any], place: str) -> str:
    value = row.get("faq_id")
    # Numbers are ids as well: 7 in one file and "7" in the other are the same entry.
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RowsError(f"{place}: `faq_id` must be a string or a number")
    return str(value)


def read_labelled(path: Path) -> list[Labelled]:
    """Rows `{text, label}`. Raises RowsError, also when there is none."""
    rows = [Labelled(text_of(row, "text", place), text_of(row, "label", place)) for place, row in objects(path)]
    return _some(rows, path)


def read_faq(path: Path) -> list[FaqRow]:
    """Rows `{faq_id, question, similar?, answer?}`; rows of the same id are one entry, their questions similar ones."""
    found: dict[str, FaqRow] = {}
    for place, row in objects(path):
        faq_id, question = _id_of(row, place), text_of(row, "question", place)
        similar = row.get("similar") or []
        if not isinstance(similar, list) or not all(isinstance(text, str) for text in similar):
            raise RowsError(f"{place}: `similar` must be a list of strings")
        answer = text_of(row, "answer", place) if row.get("answer") is not None else ""
        known = found.get(faq_id)
        if known is None:
            found[faq_id] = FaqRow(faq_id, question, tuple(similar), answer)
        else:
            more = (*known.similar, question, *similar)
            found[faq_id] = FaqRow(faq_id, known.question, more, known.answer or answer)
    return _some(list(found.values()), path)


def read_queries(path: Path, known: Sequence[FaqRow]) -> list[FaqQuery]:
    """Rows `{text, faq_id}`; an id that the corpus lacks is an error, null is a question without an answer."""
    ids = {row.faq_id for row in known}
    found = []
    for place, row in objects(path):
        if "faq_id" not in row:
            raise RowsError(f"{place}: `faq_id` is missing (null = not answerable)")
        faq_id = None if row["faq_id"] is None else _id_of(row, place)
        if faq_id is not None and faq_id not in ids:
            raise RowsError(f"{place}: the corpus has no entry {faq_id!r}")
        found.append(FaqQuery(text_of(row, "text", place), faq_id))
    return _some(found, path)


def locale_of(texts: Sequence[str]) -> str:
    """zh-CN when most of the texts hold Chinese characters, else en."""
    return "zh-CN" if sum(bool(_HAN.search(text)) for text in texts) * 2 > len(texts) else "en"


def _some(rows: list[Row], path: Path) -> list[Row]:
    if not rows:
        raise RowsError(f"{path} has no rows")
    return rows
