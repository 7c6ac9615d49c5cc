"""The corpus as plain data (dicts, lists, strings) and back: the shape of the files and of the database's JSON.

`to_document` and `from_document` are inverses for every valid corpus. Parsing collects every problem it meets; the
caller decides whether to raise.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.corpus.model import BUTTON_KINDS, Button, Category, Corpus, Entry, Localised, Variable
from bot.corpus.nlu import Intent, TrainingData
from bot.corpus.problems import Problem, ProblemCode

ENTRY_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9]+(?:-[a-z0-9]+)*")
_ENTRY_FIELDS = frozenset(
    {"id", "owner", "reviewed", "sensitive", "related", "buttons", "locales", "valid_from", "valid_until"}
)
_LOCALE_FIELDS = frozenset({"question", "similar", "answer"})
_BUTTON_TARGETS = ("entry", "url")
Report = Callable[[ProblemCode, str], None]


def entry_from(row: object, where: str, problems: list[Problem]) -> Entry | None:
    """One entry from plain data; None when it cannot be built at all (the problems say why)."""

    def report(code: ProblemCode, message: str) -> None:
        problems.append(Problem(code, where, message))

    if not isinstance(row, dict):
        report("bad_field", "an entry is a mapping")
        return None
    missing = [name for name in ("id", "owner", "reviewed", "locales") if not row.get(name)]
    for name in missing:
        report("missing_field", name)
    for name in sorted(set(row) - _ENTRY_FIELDS):
        report("unknown_field", str(name))
    if missing:
        return None
    entry_id = str(row["id"])
    if not ENTRY_ID.fullmatch(entry_id):
        report("bad_entry_id", f"{entry_id}: <category>.<kebab-name> expected")
    reviewed = _day(row["reviewed"], "reviewed", report)
    locales = row["locales"] if isinstance(row["locales"], dict) else {}
    return Entry(
        id=entry_id,
        owner=str(row["owner"]),
        reviewed=reviewed or date.min,
        locales={str(tag): _localised(tag, body, report) for tag, body in locales.items()},
        sensitive=bool(row.get("sensitive", False)),
        related=tuple(str(other) for other in row.get("related") or ()),
        buttons=tuple(_button(button, report) for button in row.get("buttons") or ()),
        valid_from=_day(row.get("valid_from"), "valid_from", report),
        valid_until=_day(row.get("valid_until"), "valid_until", report),
    )


def _localised(tag: object, body: object, report: Report) -> Localised:
    body = body if isinstance(body, dict) else {}
    for name in sorted(_LOCALE_FIELDS - set(body)):
        report("missing_field", f"{tag}: {name}")
    for name in sorted(set(body) - _LOCALE_FIELDS):
        report("unknown_field", f"{tag}: {name}")
    similar = body.get("similar") or ()
    if not isinstance(similar, list | tuple):
        report("bad_field", f"{tag}: similar is a list")
        similar = ()
    return Localised(
        question=str(body.get("question", "")).strip(),
        similar=tuple(str(text).strip() for text in similar),
        answer=str(body.get("answer", "")).strip(),
    )


def _button(body: object, report: Report) -> Button:
    body = {"kind": body} if isinstance(body, str) else body
    if not isinstance(body, dict) or body.get("kind") not in BUTTON_KINDS:
        report("bad_button", f"kind is one of {', '.join(BUTTON_KINDS)}: {body!r}")
        return Button("handoff")
    target = next((str(body[name]) for name in _BUTTON_TARGETS if body.get(name)), "")
    if not target and body["kind"] != "handoff":
        report("bad_button", f"{body['kind']} needs a target")
    labels = body.get("label") or {}
    labels = labels if isinstance(labels, dict) else {"": labels}
    return Button(body["kind"], target, {str(tag): str(text) for tag, text in labels.items()})


def _day(value: object, name: str, report: Report) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        report("bad_date", f"{name}: {value!r} is not an ISO date")
        return None


def variables_from(body: object, source: str, problems: list[Problem]) -> dict[str, Variable]:
    """Variables of one file; `source` is its stem, kept for the export."""
    found: dict[str, Variable] = {}
    for name, row in (body if isinstance(body, dict) else {}).items():
        row = row if isinstance(row, dict) else {"demo": row}
        if not re.fullmatch(r"[a-z][a-z0-9_]*", str(name)):
            problems.append(Problem("bad_field", f"{source}:{name}", "a variable's name is lower snake case"))
        found[str(name)] = Variable(
            name=str(name),
            demo=_by_locale(row.get("demo")),
            values=_by_locale(row.get("value")),
            unit=str(row.get("unit") or ""),
            note=str(row.get("note") or ""),
            source=source,
        )
    return found


def _by_locale(value: object) -> dict[str, str]:
    values = value if isinstance(value, dict) else {"": value}
    return {str(tag): str(text) for tag, text in values.items() if text not in (None, "")}


def entry_to(entry: Entry) -> dict[str, Any]:
    """The entry as plain data, fields in the files' order, defaults left out."""
    row: dict[str, Any] = {"id": entry.id, "owner": entry.owner, "reviewed": entry.reviewed.isoformat()}
    row["sensitive"] = entry.sensitive
    if entry.valid_from:
        row["valid_from"] = entry.valid_from.isoformat()
    if entry.valid_until:
        row["valid_until"] = entry.valid_until.isoformat()
    if entry.related:
        row["related"] = list(entry.related)
    if entry.buttons:
        row["buttons"] = [_button_to(button) for button in entry.buttons]
    row["locales"] = {
        tag: {"question": own.question, "similar": list(own.similar), "answer": own.answer}
        for tag, own in entry.locales.items()
    }
    return row


def _button_to(button: Button) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": button.kind}
    if button.target:
        row["url" if button.kind == "link" else "entry"] = button.target
    if button.labels:
        row["label"] = button.labels[""] if set(button.labels) == {""} else dict(button.labels)
    return row


def variable_to(variable: Variable) -> dict[str, Any]:
    """The variable as plain data."""
    row: dict[str, Any] = {"demo": _from_locales(variable.demo)}
    if variable.values:
        row["value"] = _from_locales(variable.values)
    if variable.unit:
        row["unit"] = variable.unit
    if variable.note:
        row["note"] = variable.note
    return row


def _from_locales(values: Mapping[str, str]) -> object:
    return values[""] if set(values) == {""} else dict(values) or None


def to_document(corpus: Corpus) -> dict[str, Any]:
    """The whole corpus as JSON-ready data."""
    return {
        "entries": [entry_to(entry) for entry in corpus.entries.values()],
        "variables": {
            name: {"source": variable.source, **variable_to(variable)} for name, variable in corpus.variables.items()
        },
        "categories": [category_to(category) for category in corpus.categories],
        "texts": {name: dict(by_locale) for name, by_locale in corpus.texts.items()},
        "traditional": dict(corpus.traditional),
        "nlu": {
            "intents": [
                {"intent": i.name, "language": i.language, "source": i.source, "examples": list(i.examples)}
                for i in corpus.nlu.intents
            ],
            "others": {name: [dict(block) for block in blocks] for name, blocks in corpus.nlu.others.items()},
        },
    }


def category_to(category: Category) -> dict[str, Any]:
    """The category as plain data."""
    row: dict[str, Any] = {"id": category.id, "titles": dict(category.titles)}
    return row | ({"greeting": True} if category.greeting else {})


def from_document(document: Mapping[str, Any], *, version: str | None = None) -> tuple[Corpus, list[Problem]]:
    """The corpus and every problem met while reading it (`bot.corpus.checks` finds those between entries)."""
    problems: list[Problem] = []
    variables: dict[str, Variable] = {}
    for name, row in document.get("variables", {}).items():
        body = dict(row)
        variables |= variables_from({name: body}, str(body.pop("source", "common")), problems)
    entries = [entry_from(row, f"entries:{row.get('id', '?')}", problems) for row in document.get("entries", ())]
    corpus = assemble(
        [entry for entry in entries if entry is not None],
        variables,
        tuple(
            Category(row["id"], dict(row["titles"]), bool(row.get("greeting")))
            for row in document.get("categories", ())
        ),
        document.get("texts", {}),
        version,
        _training(document.get("nlu", {})),
        document.get("traditional", {}),
    )
    return corpus, problems


def _training(body: Mapping[str, Any]) -> TrainingData:
    intents = tuple(
        Intent(row["intent"], row["language"], tuple(row["examples"]), row["source"]) for row in body.get("intents", ())
    )
    return TrainingData(intents, {name: tuple(blocks) for name, blocks in body.get("others", {}).items()})


def assemble(
    entries: Sequence[Entry],
    variables: Mapping[str, Variable],
    categories: tuple[Category, ...],
    texts: Mapping[str, Mapping[str, str]],
    version: str | None = None,
    nlu: TrainingData | None = None,
    traditional: Mapping[str, str] | None = None,
) -> Corpus:
    """A corpus whose version is the hash of its content unless one is given."""
    nlu = nlu or TrainingData()
    corpus = Corpus(
        {entry.id: entry for entry in entries}, variables, categories, texts, nlu=nlu, traditional=traditional or {}
    )
    body = json.dumps(to_document(corpus), ensure_ascii=False, sort_keys=True).encode()
    name = version or hashlib.sha256(body).hexdigest()[:12]
    return replace(corpus, version=name)
