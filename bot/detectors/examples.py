"""The texts that the detectors' models are fitted on, all from the repository; those of anger besides on `eval/anger`.

| rows | label |
|---|---|
| `nlu/`: wordings filed under an intent | what the intent means; `not_...` and small talk are everything else |
| `eval/handoff`, `emergency`, `boundaries` | their own |
| a sixth of the entries' questions, and half of `eval/paraphrases*`, `out_of_scope`, `unanswered` | everything else |
| half of `eval/customers`, of those that both readers found an answer for | everything else |

The encoder's adapter has learned the first row and the questions (`bot.encoder.finetune`): what it makes of those says
little of what it makes of a customer's, so limits are chosen on the others.

An entry about a wish ("I sent to the wrong address") has questions that are the wish itself: entries that the
patterns recognise in more than one question of ten teach nothing, and neither does any single question so recognised.
`eval/unseen` and the other half of the paraphrases are read by `benchmarks.bot.detectors` alone.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.corpus import Corpus
from bot.detectors.kinds import INTENTS, NAMES, DetectionKind, label_of_intent
from bot.detectors.normal import normal
from bot.detectors.patterns import load_patterns

EXAMS: tuple[tuple[str, DetectionKind], ...] = (
    ("handoff", "handoff"),
    ("emergency", "emergency"),
    ("boundaries", "boundary"),
)
Source = Literal["nlu", "exam", "phrasing", "question"]
_ABOUT_A_WISH = 0.1
# Phrasings are many, and all of them would drown the wishes.
_ONE_OF = 6


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its label, a place in `LABELS`. `against`: the kind that it is a look-alike of."""

    text: str
    label: int
    source: Source
    against: DetectionKind | None = None

    @property
    def taught(self) -> bool:
        """Whether the encoder's adapter has learned it."""
        return self.source in ("nlu", "phrasing")


def unseen(text: str) -> bool:
    """Whether an ordinary question belongs to the half that the detectors are not fitted on."""
    return zlib.crc32(text.encode()) % 2 == 1


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a `.jsonl` file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def label_of(exam: DetectionKind, value: object) -> int:
    """The place in `LABELS` of an exam row's label (`false`, `true` or a detail)."""
    if not value:
        return 0
    return NAMES.index("asked" if exam == "handoff" else str(value))


def read_examples(corpus: Corpus, folder: Path) -> list[Example]:
    """All of them, each text once; `folder` is the corpus's `eval`."""
    found: dict[str, Example] = {}
    for intent in corpus.nlu.intents:
        meaning = INTENTS.get(intent.name)
        label = label_of_intent(intent.name)
        against = meaning if isinstance(meaning, str) else None
        for text in intent.texts:
            found.setdefault(text, Example(text, label, "nlu", against))
    for name, kind in EXAMS:
        for row in read_rows(folder / f"{name}.jsonl"):
            label = label_of(kind, row["label"])
            found.setdefault(row["text"], Example(row["text"], label, "exam", None if label else kind))
    for text, source in _ordinary(corpus, folder):
        found.setdefault(text, Example(text, 0, source))
    return list(found.values())


def about_a_wish(corpus: Corpus) -> frozenset[str]:
    """Entries whose own questions are wishes: the patterns recognise more than one of ten."""
    found = set()
    for entry in corpus.entries.values():
        texts = [text for body in entry.locales.values() for text in body.phrasings]
        if sum(map(is_wish, texts)) > _ABOUT_A_WISH * len(texts):
            found.add(entry.id)
    return frozenset(found)


def is_wish(text: str) -> bool:
    """Whether a pattern of any kind finds something in it."""
    form = normal(text)
    return any(load_patterns(kind).find(form) is not None for _, kind in EXAMS)


def _ordinary(corpus: Corpus, folder: Path) -> Iterator[tuple[str, Source]]:
    withheld = about_a_wish(corpus)
    for entry in corpus.entries.values():
        if entry.id not in withheld:
            texts = [text for body in entry.locales.values() for text in body.phrasings]
            some = [text for text in texts if zlib.crc32(text.encode()) % _ONE_OF == 0]
            yield from ((text, "phrasing") for text in some if not is_wish(text))
    for path in [
        *sorted(folder.glob("paraphrases*.jsonl")),
        folder / "out_of_scope.jsonl",
        folder / "unanswered.jsonl",
    ]:
        for row in read_rows(path):
            if not unseen(row["text"]) and row.get("entry") not in withheld and not is_wish(row["text"]):
                yield row["text"], "question"
    for row in read_rows(folder / "customers.jsonl"):
        answered = row["a"] and row["b"] and withheld.isdisjoint([*row["a"], *row["b"]])
        if answered and not unseen(row["text"]) and not is_wish(row["text"]):
            yield row["text"], "question"
