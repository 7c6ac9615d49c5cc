"""Fits both models of the detectors on texts of the repository: `python -m bot.detectors.fit`.

First the surface model (pieces of text and the patterns' hits), then the classifier on both encoders' vectors.
Thresholds are chosen on rows that neither a model, in five folds, nor the encoder's adapter was fitted on, and in which
no pattern speaks: the lowest log odds at which, of the look-alikes (the exams' negatives), no larger share than
`ALARMS` is taken for the kind, nor of ordinary questions than `ORDINARY_ALARMS`.
"""

import argparse
from collections.abc import Mapping, Sequence
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.corpus import load_corpus
from bot.detectors.classifier import PLACE, Look, Model, inputs, meant_of
from bot.detectors.detection import CERTAIN, Detectors, says_enough
from bot.detectors.examples import Example, read_examples
from bot.detectors.fitting import PieceRows, crossed, folds_of, lowest
from bot.detectors.kinds import LABELS, ORDER, SPANS, DetectionKind
from bot.detectors.needles import pieces
from bot.detectors.normal import excerpt, normal
from bot.detectors.pieceweights import PieceWeights
from bot.detectors.surface import FILE, SurfaceModel, patterns_alone, scores
from bot.encoder.runtime import OnnxEncoder
from bot.encoder.use import UseEncoder
from bot.engines.vectors import Encoder, VectorStore
from bot.network import Network, fit_network

Array = NDArray[np.float64]
# Recall first: a person or a warning offered in vain costs a minute. Look-alikes are the worst case, ordinary questions
# the common one, so theirs is the limit that counts in the field.
ALARMS: Mapping[DetectionKind, float] = {"emergency": 0.045, "handoff": 0.035, "boundary": 0.05}
ORDINARY_ALARMS: Mapping[DetectionKind, float] = {"emergency": 0.011, "handoff": 0.006, "boundary": 0.028}
# What the first look may spend of that; the second one spends the rest.
FIRST_SHARE = 0.2
# Of the wishes that both encoders recognise, the first look's among them, the share that the leading one alone may let
# pass.
LOST: Mapping[DetectionKind, float] = {"emergency": 0.003, "handoff": 0.002, "boundary": 0.02}
# Of the wishes that the first look recognises, the share that the second may deny.
DENIED: Mapping[DetectionKind, float] = {"emergency": 0.002, "handoff": 0.01, "boundary": 0.01}
_WEIGHTS = {"nlu": 1.0, "exam": 3.0, "phrasing": 0.6, "question": 0.6}
_NOTHING = np.array([20.0] + [-20.0] * (len(LABELS) - 1))
_OPEN = dict.fromkeys(ORDER, 0.0)
# Limits have four.
_DIGITS = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--cache", type=Path, default=None, help="vectors of texts, kept between runs")
    arguments = parser.parse_args()
    corpus = load_corpus(arguments.corpus)
    examples = read_examples(corpus, arguments.corpus / "eval")
    rows = Rows(examples)
    held_out, surface = rows.surface()
    heard = rows.heard(held_out)
    limits = {kind: threshold(examples, heard, kind, FIRST_SHARE, rows.spoken(kind)) for kind in ORDER}
    surface.thresholds.update(limits)
    with (Path(__file__).parent / "rules" / FILE).open("wb") as file:
        surface.write(file)
    encoders: tuple[Encoder, ...] = (
        UseEncoder.open(arguments.models / "encoder-use", cache=0),
        OnnxEncoder.open(arguments.models / "encoder", cache=0),
    )
    vectors = vectors_of(examples, encoders, arguments.cache)
    means = tuple(block.mean(axis=0) for block in vectors)
    # As the surface model sees texts that it was not fitted on.
    looks = [Look(hits, logits=tuple(logits)) for hits, logits in zip(rows.hits, held_out.tolist(), strict=True)]
    leading, alone = rows.network(inputs(vectors[:1], looks, means[:1]))
    second, network = rows.network(inputs(vectors, looks, means))
    taken = rows.taken(heard, limits)
    seconds = {kind: threshold(examples, second, kind, 1.0, taken[kind]) for kind in ORDER}
    # What the first look saw the network is told, too: it needs no less than anything else.
    denials = {kind: max(denial(examples, second, kind, taken[kind]), seconds[kind]) for kind in ORDER}
    meant = meanings(second, taken, seconds, denials)
    spoken = np.any([taken[kind] for kind in ORDER], axis=0)
    doubts: dict[str, float] = {kind: doubt(examples, leading, kind, meant == kind, spoken) for kind in ORDER}
    # What the leading encoder lets pass, the network is not asked about.
    passed = np.all([scores_of(leading, kind) < doubts[kind] for kind in ORDER], axis=0) & ~spoken
    meant[passed] = None
    surest = {kind: scores_of(held_out, kind) >= CERTAIN for kind in ORDER}
    figures = report(examples, taken, surest, meant)
    ordinary = np.array([example.source == "question" for example in examples])
    figures["ordinary that both encoders read"] = round(float(1 - passed[ordinary].mean()), 4)
    Model(
        encoders=tuple(encoder.identity for encoder in encoders),
        means=means,
        alone=alone,
        network=network,
        doubts=doubts,
        thresholds={kind: round(seconds[kind], 4) for kind in ORDER},
        denials={kind: round(denials[kind], 4) for kind in ORDER},
        figures=figures,
    ).write(arguments.models / PLACE)
    for name, value in figures.items():
        print(name, value)


class Rows:
    """Examples laid out for fitting; folds go by text."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples
        self.labels = np.array([example.label for example in examples], np.intp)
        self.weights = np.array([_WEIGHTS[example.source] for example in examples])
        self.folds = folds_of([example.text for example in examples])
        # As serving reads them.
        self.forms = [excerpt(normal(example.text)) for example in examples]
        patterns = Detectors(surface=patterns_alone())
        known = [pieces(form) for form in self.forms]
        self.hits = [patterns.hits(form, some) for form, some in zip(self.forms, known, strict=True)]
        self.enough = np.array([says_enough(form) for form in self.forms])
        self.chat = np.array(
            [patterns.small_talk(form, some) is not None for form, some in zip(self.forms, known, strict=True)]
        )
        self.found = np.zeros((len(examples), len(LABELS)))
        for row, hits in enumerate(self.hits):
            for hit in hits:
                self.found[row, LABELS.index(hit)] = 1

    def surface(self) -> tuple[Array, SurfaceModel]:
        """Logits of every row from models fitted without its fold, and the model fitted on all."""
        rows = PieceRows(self.forms, self.found)
        held_out, whole = rows.crossed(self.labels, len(LABELS), self.weights, self.folds)
        arrays = (whole.sparse.astype(np.float32), whole.dense.astype(np.float32), whole.bias.astype(np.float32))
        return held_out, SurfaceModel(PieceWeights(rows.vocabulary, arrays[0]), *arrays[1:], tuple(_OPEN.values()))

    def heard(self, logits: Array) -> Array:
        """The surface model's logits as far as the first look heeds them where no pattern speaks."""
        heeded = logits.copy()
        own = SPANS["boundary"]
        heeded[:, own] = np.where(self.chat[:, None], -20, heeded[:, own])
        heeded[~self.enough] = _NOTHING
        return heeded

    def spoken(self, kind: DetectionKind) -> NDArray[np.bool_]:
        """Rows in which a pattern of the kind speaks: no model has a say there."""
        return np.asarray(self.found[:, SPANS[kind]].any(axis=1))

    def taken(self, heard: Array, limits: Mapping[DetectionKind, float]) -> Mapping[DetectionKind, NDArray[np.bool_]]:
        """Per kind the rows that the first look takes for it, when that is what it has `heard`."""
        return {kind: self.spoken(kind) | (scores_of(heard, kind) >= limits[kind]) for kind in ORDER}

    def network(self, read: NDArray[np.float32]) -> tuple[Array, Network]:
        """The same for the classifier's inputs."""

        def fit(some: NDArray[np.bool_]) -> Network:
            return fit_network(read[some], self.labels[some], len(LABELS), self.weights[some])

        def logits(fitted: Network, some: NDArray[np.bool_]) -> Array:
            return fitted.logits(read[some]).astype(np.float64)

        return crossed(self.folds, fit, logits)


def vectors_of(
    examples: Sequence[Example], encoders: Sequence[Encoder], cache: Path | None
) -> list[NDArray[np.float32]]:
    """By each encoder (rows x dimensions); kept in `cache` between runs."""
    found = []
    for encoder in encoders:
        store = VectorStore(encoder, cache)
        found.append(store.vectors([example.text for example in examples], "query"))
        store.save()
    return found


def scores_of(logits: Array, kind: DetectionKind) -> Array:
    """Log odds of a kind per row."""
    return np.array([scores(row.astype(np.float32))[kind] for row in logits])


def groups(examples: Sequence[Example], kind: DetectionKind) -> dict[str, NDArray[np.bool_]]:
    """Rows that are the kind, look-alikes that are not, and ordinary questions: those not taught to the encoder.

    Raises ValueError when there are none of some group."""
    own = np.array([(label := LABELS[example.label]) is not None and label.kind == kind for example in examples])
    alike = np.array([example.against == kind for example in examples])
    ordinary = np.array([example.source == "question" for example in examples])
    taught = np.array([example.taught for example in examples])
    found = {"recall": own & ~taught, "look-alikes": alike & ~own & ~taught, "ordinary": ordinary}
    for name, rows in found.items():
        if not rows.any():
            raise ValueError(f"no rows to choose a limit by: {kind}, {name}")
    return found


def threshold(
    examples: Sequence[Example], logits: Array, kind: DetectionKind, share: float, taken: NDArray[np.bool_]
) -> float:
    """The lowest log odds within `share` of the allowed alarms among rows not `taken` already."""
    parts = groups(examples, kind)
    scores = scores_of(logits, kind)
    limits = [
        lowest(scores[parts[name] & ~taken], allowed[kind] * share)
        for name, allowed in (("look-alikes", ALARMS), ("ordinary", ORDINARY_ALARMS))
    ]
    return max(limits)


def meanings(
    logits: Array,
    taken: Mapping[DetectionKind, NDArray[np.bool_]],
    seconds: Mapping[DetectionKind, float],
    denials: Mapping[DetectionKind, float],
) -> NDArray[np.object_]:
    """What both encoders take every row for, a kind or None, as `Classifier` decides; `taken`: by the first look."""
    odds = [scores(row.astype(np.float32)) for row in logits]
    limits = [{kind: (denials if taken[kind][row] else seconds)[kind] for kind in ORDER} for row in range(len(logits))]
    return np.array([meant_of(own, some) for own, some in zip(odds, limits, strict=True)], object)


def doubt(
    examples: Sequence[Example],
    logits: Array,
    kind: DetectionKind,
    recognised: NDArray[np.bool_],
    spoken: NDArray[np.bool_],
) -> float:
    """The log odds of the leading encoder that of a kind's untaught rows which both encoders have `recognised` no more
    than `LOST` are below: the others would be read in vain. What the first look has `spoken` of is read whatever the
    leading encoder makes of it. Raises ValueError when hardly any are recognised that it has not spoken of."""
    rows = groups(examples, kind)["recall"] & recognised
    odds = np.where(spoken, np.inf, scores_of(logits, kind))[rows]
    limit = float(np.quantile(odds, LOST[kind], method="lower")) if len(odds) else np.inf
    if limit == np.inf:
        raise ValueError(f"no rows to choose a limit by: {kind}, recognised by both encoders alone")
    # Down: the limit is a row's own, which must not be below it.
    return floor(limit * _DIGITS) / _DIGITS


def denial(examples: Sequence[Example], logits: Array, kind: DetectionKind, taken: NDArray[np.bool_]) -> float:
    """The log odds of both encoders that no more than `DENIED` of a kind's untaught rows `taken` are below."""
    return float(np.quantile(scores_of(logits, kind)[groups(examples, kind)["recall"] & taken], DENIED[kind]))


def report(
    examples: Sequence[Example],
    first: Mapping[DetectionKind, NDArray[np.bool_]],
    surest: Mapping[DetectionKind, NDArray[np.bool_]],
    meant: NDArray[np.object_],
) -> dict[str, Any]:
    """Shares taken for each kind among held-out rows: by the first look, and by both; `meant`: by the second."""
    found: dict[str, Any] = {"examples": len(examples)}
    certain = np.any([first[kind] & surest[kind] for kind in ORDER], axis=0)
    for kind in ORDER:
        both = (first[kind] & surest[kind]) | ((meant == kind) & ~certain)
        for name, rows in groups(examples, kind).items():
            found[f"{kind} {name}"] = [round(float(taken[rows].mean()), 4) for taken in (first[kind], both)]
    return found


if __name__ == "__main__":
    main()
