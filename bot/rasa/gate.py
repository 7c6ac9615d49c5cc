"""How sure Rasa must be: a probability from its confidences, and thresholds chosen on held-out rows by the stated risk.

They belong to one trained model: before it goes live, it is asked the questions of `eval/` (which nothing trains on),
and what it gets right there decides from which confidence on it may answer.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.corpus import Corpus
from bot.decision import MAX_CHOICES, PLAUSIBLE
from bot.detectors import meaning
from bot.engines.port import Thresholds
from bot.gate.logistic import fit_logistic, sigmoid
from bot.gate.risk import Held, answer_threshold, choice_threshold, summary
from bot.rasa.parse import Parse
from bot.rasa.project import language_of

Array = NDArray[np.float64]
FEATURES = ("faq", "entry", "margin")
RISK = 0.05
# The assumed mix is the embedded engine's (`bot.gate.fit`). Its similar questions, ranked by an index without them,
# would need a training each here: half of their share goes to known wordings, half to paraphrases, which are harder.
SHARES = {"known": 0.325, "paraphrase": 0.275, "given": 0.4}
CHOICE_SHARE = 0.5
# Of the held-out questions, none of which is a wish, so many may be taken for one.
FALSE_WISHES = 0.01
NEVER = 1.01
_PENALTY = 1e-3
_KNOWN_PER_ENTRY = 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic function over FEATURES, thresholds by locale, and the held-out figures they come from.

    `wish_at`: from this confidence on an intent other than `faq` is acted on.
    """

    coefficients: tuple[float, ...]
    intercept: float
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    wish_at: float = NEVER

    def probability(self, features: Mapping[str, float]) -> float:
        rows = np.array([features.get(name, 0.0) for name in FEATURES])
        return float(sigmoid(rows @ np.array(self.coefficients) + self.intercept))


def features_of(parse: Parse) -> dict[str, float]:
    """Log odds, bounded, so that a confidence of .999 is still told from one of .9999."""
    confidences = [confidence for _, confidence in parse.entries[:2]] + [0.0, 0.0]
    first, second = confidences[:2]
    return {"faq": odds(parse.faq), "entry": odds(first), "margin": odds(first) - odds(second)}


def odds(share: float) -> float:
    """Logarithm of a confidence's odds, between -9.2 and 9.2."""
    bounded = min(max(share, 1e-4), 1 - 1e-4)
    return float(np.log(bounded / (1 - bounded)))


def calibration_from(body: Any) -> Calibration:
    """From JSON. Raises KeyError or TypeError for another shape."""
    thresholds = {str(tag): Thresholds(**both) for tag, both in body["thresholds"].items()}
    coefficients = tuple(float(value) for value in body["coefficients"])
    return Calibration(coefficients, float(body["intercept"]), thresholds, body["figures"], float(body["wish_at"]))


def calibration_to(calibration: Calibration) -> dict[str, Any]:
    """JSON-ready."""
    return asdict(calibration)


@dataclass(frozen=True, slots=True)
class Question:
    """A row of the exam; `entry` None: no entry answers it."""

    text: str
    locale: str
    entry: str | None
    kind: str


def questions(corpus: Corpus, folder: Path, language: str) -> list[Question]:
    """The held-out rows of a language (`folder`: a corpus folder's `eval`) and some wordings of the corpus itself."""
    rows = [
        Question(line["text"], line["locale"], line["entry"], "paraphrase")
        for path in sorted(folder.glob("paraphrases*.jsonl"))
        for line in _lines(path)
        if line["entry"] in corpus.entries
    ]
    rows += unanswerable(folder)
    rows += [
        Question(text, tag, entry.id, "known")
        for entry in corpus.entries.values()
        for tag, own in entry.locales.items()
        for text in own.phrasings[:_KNOWN_PER_ENTRY]
    ]
    return [row for row in rows if language_of(row.locale) == language]


def unanswerable(folder: Path, locale: str = "") -> list[Question]:
    """Rows of an `eval` folder that no entry answers: of all locales, or of one."""
    names = ("out_of_scope", "unanswered")
    rows = [
        Question(line["text"], line["locale"], None, "given")
        for name in names
        for line in _lines(folder / f"{name}.jsonl")
    ]
    return [row for row in rows if locale in ("", row.locale)]


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def calibrate(
    rows: Sequence[Question], parse: Callable[[str], Parse], risk: float = RISK, *, bounded: bool = True
) -> Calibration:
    """Asks every row, fits, chooses. A locale where nothing qualifies has figures but no thresholds. `bounded`: the
    bound of the share of wrong answers keeps the risk, as customers deserve; else the share as it was found."""
    if not any(row.kind == "paraphrase" for row in rows) or not any(row.entry is None for row in rows):
        return Calibration((0.0, 1.0, 0.0), 0.0, {}, {"all": {"rows": float(len(rows))}})
    parses = [parse(row.text) for row in rows]
    features = np.array([[features_of(found)[name] for name in FEATURES] for found in parses])
    right = np.array([bool(p.entries) and p.entries[0][0] == row.entry for row, p in zip(rows, parses, strict=True)])
    counts = {kind: sum(row.kind == kind for row in rows) for kind in SHARES}
    weight = np.array([SHARES[row.kind] / counts[row.kind] for row in rows])
    # Four numbers fitted on a thousand rows: what they owe to these very rows is far below the bound's width.
    coefficients, intercept = _fit(features, right, weight)
    probability = sigmoid(features @ coefficients + intercept)
    held = Held(
        probability,
        right,
        np.array([row.entry is not None and row.entry in _choices(p) for row, p in zip(rows, parses, strict=True)]),
        np.array([row.entry is not None for row in rows]),
        weight,
    )
    thresholds, figures = _choose(rows, held, risk, bounded)
    fitted = tuple(round(float(c), 5) for c in coefficients)
    return Calibration(fitted, round(intercept, 5), thresholds, figures, wish_threshold(parses))


def wish_threshold(parses: Sequence[Parse]) -> float:
    """The lowest confidence at which at most FALSE_WISHES of these questions would be taken for a wish."""
    taken = sorted((p.confidence for p in parses if meaning(p.intent) is not None), reverse=True)
    allowed = int(FALSE_WISHES * len(parses))
    # Just above the first that is one too many: equal confidences are taken together.
    return round(taken[allowed] + 1e-6, 7) if len(taken) > allowed else 0.5


def _fit(features: Array, right: NDArray[np.bool_], weight: Array) -> tuple[Array, float]:
    return fit_logistic(features, right.astype(np.float64), weight, _PENALTY)


def _choices(parse: Parse) -> tuple[str, ...]:
    top = parse.entries[0][1] if parse.entries else 0.0
    return tuple(entry for entry, confidence in parse.entries[:MAX_CHOICES] if confidence >= PLAUSIBLE * top)


def _choose(
    rows: Sequence[Question], held: Held, risk: float, bounded: bool
) -> tuple[dict[str, Thresholds], dict[str, Mapping[str, float]]]:
    thresholds: dict[str, Thresholds] = {}
    figures: dict[str, Mapping[str, float]] = {}
    for locale in sorted({row.locale for row in rows}):
        own = held.only(np.array([row.locale == locale for row in rows]))
        hard = held.only(np.array([row.locale == locale and row.kind == "paraphrase" for row in rows]))
        if not len(hard.weight):
            continue
        figures[locale] = {"rows": float(len(own.weight)), "r1": round(float(hard.right.mean()), 4)}
        answer_at = answer_threshold(own, risk, bounded=bounded)
        if answer_at is not None:
            clarify_at = min(choice_threshold(own, answer_at, CHOICE_SHARE), answer_at)
            thresholds[locale] = Thresholds(round(answer_at, 4), round(clarify_at, 4))
            figures[locale] = {**figures[locale], **summary(own, answer_at, clarify_at)}
    return thresholds, figures
