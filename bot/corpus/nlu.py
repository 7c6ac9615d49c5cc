"""Training data in Rasa's format 3.1 (`nlu/*.yml`): intents with example wordings.

The trainers' wordings of wishes that are no questions. The detectors take each of them literally, so that a wording
added there works at once; a classifier may learn from them later. Synonyms, regexes and look-up tables of foreign
projects are kept as they are and written back.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.corpus.problems import CorpusError, Problem

VERSION = "3.1"
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True, slots=True)
class Intent:
    """One block of an nlu file: an intent in one language. `source` is the file's stem."""

    name: str
    language: str
    examples: tuple[str, ...]
    source: str = "nlu"

    @property
    def texts(self) -> tuple[str, ...]:
        """The examples without entity annotations."""
        return tuple(_ENTITY.sub(r"\1", example) for example in self.examples)


@dataclass(frozen=True, slots=True)
class TrainingData:
    """All intents, and the blocks of other kinds by file, untouched."""

    intents: tuple[Intent, ...] = ()
    others: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)


def read_nlu(folder: Path) -> TrainingData:
    """Reads every `*.yml` of a folder; an absent folder is empty. Raises CorpusError."""
    intents: list[Intent] = []
    others: dict[str, tuple[Mapping[str, Any], ...]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            body = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            problems.append(Problem("bad_yaml", path.name, str(error).replace("\n", " ")))
            continue
        blocks = body.get("nlu", ()) if isinstance(body, dict) else ()
        intents += [read_block(block, path.stem) for block in blocks if "intent" in block]
        rest = tuple(block for block in blocks if "intent" not in block)
        if rest:
            others[path.stem] = rest
    if problems:
        raise CorpusError(problems)
    return TrainingData(tuple(intents), others)


def read_block(block: Mapping[str, Any], source: str) -> Intent:
    """One `- intent:` block of a file with that stem."""
    language = str((block.get("metadata") or {}).get("language", ""))
    examples = block.get("examples") or ""
    return Intent(str(block["intent"]), language, tuple(_examples(examples)), source)


def _examples(body: str | Iterable[Any]) -> list[str]:
    if isinstance(body, str):
        lines = (line.strip() for line in body.splitlines())
        return [line.removeprefix("-").strip() for line in lines if line.startswith("-")]
    return [str(row["text"] if isinstance(row, dict) else row).strip() for row in body]


def write_nlu(data: TrainingData, folder: Path) -> list[Path]:
    """Writes files that `read_nlu` reads back as equal data; returns them."""
    blocks: dict[str, list[str]] = {}
    for intent in data.intents:
        blocks.setdefault(intent.source, []).append(_block(intent))
    written = []
    for name in sorted({*blocks, *data.others}):
        lines = [f'version: "{VERSION}"', "nlu:", *blocks.get(name, ())]
        if name in data.others:
            rest = yaml.safe_dump(list(data.others[name]), allow_unicode=True, sort_keys=False)
            lines += [f"  {line}" for line in rest.splitlines()]
        path = folder / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _block(intent: Intent) -> str:
    lines = [f"  - intent: {intent.name}"]
    if intent.language:
        lines += ["    metadata:", f"      language: {intent.language}"]
    return "\n".join([*lines, "    examples: |", *(f"      - {example}" for example in intent.examples)])


def examples_of(intents: Sequence[Intent], name: str) -> tuple[str, ...]:
    """Texts of one intent over all languages."""
    return tuple(text for intent in intents if intent.name == name for text in intent.texts)
