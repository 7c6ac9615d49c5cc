"""The second look, in the inference thread, at turns that the first let pass.

A network over the vectors of both encoders, the patterns' hits and what the surface model made of the text; and before
it one over the leading encoder alone, which lets pass what is surely no wish, so that the other encoder is not asked
about most texts. The artefact is
`models/detectors`: `manifest.json` with thresholds and held-out figures, which names the encoders it was fitted on
(others are refused), and `weights.npz`, float16, no pickle.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from bot.detectors.kinds import LABELS, NAMES, ORDER, Detection, DetectionKind
from bot.detectors.surface import scores, strongest
from bot.engines.port import LEADING, REST, WITH_ENCODERS, Engine
from bot.network import Network

Array = NDArray[np.float32]
FORMAT = 5
PLACE = Path("detectors") / "manifest.json"
"""Of the manifest inside the models folder."""
WEIGHTS = "weights.npz"
_LOGITS = 10.0
_UNASKED = (0.0,) * len(LABELS)
Vectors = Callable[[Sequence[str], slice], Sequence[Array]]
"""Texts and a slice of the encoders in, one block of vectors (texts x dimensions) per encoder out."""


class ClassifierMismatch(ValueError):
    """The classifier was fitted on other encoders or for other labels, or cannot be read."""

    code = "classifier_mismatch"


class ForeignEncoders(ClassifierMismatch):
    """The classifier is sound, and was fitted on other encoders."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the first look made of a text: the patterns' hits; `silenced`: kinds that the trainers' wordings rule
    out; `spoken`: the kinds that it would say, of which the first is `certain` or not; `logits`: the surface model's,
    per label, none when it was not asked; whether the customer is `angry`."""

    hits: tuple[Detection, ...] = ()
    silenced: frozenset[DetectionKind] = frozenset()
    spoken: frozenset[DetectionKind] = frozenset()
    certain: bool = False
    logits: tuple[float, ...] = ()
    angry: bool = False


class Classifier(Protocol):
    """Looks at texts with the encoders' help."""

    def doubts(self, texts: Sequence[str], looks: Sequence[Look]) -> list[float]:
        """By how much (log odds) each text is likelier a wish than what may pass: below 0 `detect` would find nothing
        and need not be asked. Infinite where the first look speaks. Raises what the encoders raise."""

    def detect(self, texts: Sequence[str], looks: Sequence[Look]) -> list[Detection | None]:
        """One result per text, in order. Raises what the encoders raise; belongs to the inference thread."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything fitted. `means` has one row per encoder; `alone` reads the leading encoder, `network` all of them; log
    odds by kind: below all `doubts` of `alone` nothing is detected, from `thresholds` of `network` on a kind is. What
    the first look says is denied below `denials` of `network`."""

    encoders: tuple[str, ...]
    means: tuple[Array, ...]
    alone: Network
    network: Network
    doubts: Mapping[str, float]
    thresholds: Mapping[str, float]
    denials: Mapping[str, float]
    figures: Mapping[str, Any]

    def write(self, path: Path) -> None:
        """The manifest at `path` and the weights beside it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        weights = path.with_name(WEIGHTS)
        half = np.float16
        # Three digits are more than ten thousand wordings can tell.
        np.savez_compressed(
            weights,
            **_arrays("alone", self.alone),
            **_arrays("both", self.network),
            means=np.concatenate(self.means).astype(half),
            sizes=np.array([len(mean) for mean in self.means]),
        )
        body = {
            "format": FORMAT,
            "labels": list(NAMES),
            "encoders": list(self.encoders),
            "weights": hashlib.sha256(weights.read_bytes()).hexdigest(),
            "doubts": dict(self.doubts),
            "thresholds": dict(self.thresholds),
            "denials": dict(self.denials),
            "figures": dict(self.figures),
        }
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


_PARTS = ("first", "first_bias", "second", "second_bias")


def _arrays(name: str, network: Network) -> dict[str, Any]:
    return {f"{name}_{part}": getattr(network, part).astype(np.float16) for part in _PARTS}


def read_model(path: Path, encoders: Sequence[str]) -> Model:
    """Raises ClassifierMismatch."""
    again = "run `python -m bot.detectors.fit`"
    weights = path.with_name(WEIGHTS)
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body["format"] != FORMAT or body["labels"] != list(NAMES):
            raise ClassifierMismatch(f"{path} was fitted for other labels: {again}")
        if body["weights"] != hashlib.sha256(weights.read_bytes()).hexdigest():
            raise ClassifierMismatch(f"{weights} is not the file that {path.name} names: {again}")
        with np.load(weights, allow_pickle=False) as stored:
            alone, network = (
                Network(*(stored[f"{name}_{part}"].astype(np.float32) for part in _PARTS)) for name in ("alone", "both")
            )
            means = tuple(np.split(stored["means"].astype(np.float32), np.cumsum(stored["sizes"])[:-1]))
        limits = (body["doubts"], body["thresholds"], body["denials"], body["figures"])
        model = Model(tuple(body["encoders"]), means, alone, network, *limits)
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ClassifierMismatch(f"{path} cannot be read: {error}") from error
    if model.encoders != tuple(encoders):
        known, given = (" and ".join(name[:12] for name in some) for some in (model.encoders, encoders))
        raise ForeignEncoders(f"{path} was fitted on {known}, the engine has {given}: {again}")
    return model


def inputs(vectors: Sequence[Array], looks: Sequence[Look], means: Sequence[Array]) -> Array:
    """Rows (texts x inputs): each encoder's vector less its mean, normalised; per label a column for the hits and one
    for the surface model."""
    blocks = []
    for block, mean in zip(vectors, means, strict=True):
        moved = block - mean
        blocks.append(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))
    hits = np.zeros((len(looks), len(LABELS)), np.float32)
    for row, look in enumerate(looks):
        for hit in look.hits:
            hits[row, LABELS.index(hit)] = 1
    logits = np.array([look.logits or _UNASKED for look in looks], np.float32).reshape(hits.shape)
    # As large as the figures of the vectors, which are unit vectors.
    surface = ((logits - logits.mean(axis=1, keepdims=True)) / _LOGITS).clip(-1, 1) / 2
    return np.concatenate([*blocks, hits, surface], axis=1).astype(np.float32)


class VectorClassifier:
    """The fitted classifier on its encoders, whose caches make the ranking's vectors of the same text free."""

    def __init__(self, model: Model, vectors: Vectors) -> None:
        self._model = model
        self._vectors = vectors

    def doubts(self, texts: Sequence[str], looks: Sequence[Look]) -> list[float]:
        return self._doubts(self._vectors(texts, LEADING)[0], looks) if texts else []

    def _doubts(self, leading: Array, looks: Sequence[Look]) -> list[float]:
        rows = self._model.alone.logits(inputs([leading], looks, self._model.means[:1]))
        return [inf if look.spoken else self._doubt(row) for look, row in zip(looks, rows, strict=True)]

    def detect(self, texts: Sequence[str], looks: Sequence[Look]) -> list[Detection | None]:
        found: list[Detection | None] = [None] * len(texts)
        if not texts:
            return found
        model = self._model
        leading = self._vectors(texts, LEADING)[0]
        places = [place for place, doubt in enumerate(self._doubts(leading, looks)) if doubt >= 0]
        if places:
            some = [looks[place] for place in places]
            vectors = [leading[places], *self._vectors([texts[place] for place in places], REST)]
            rows = model.network.logits(inputs(vectors, some, model.means))
            for place, row, look in zip(places, rows, some, strict=True):
                found[place] = self._decide(row, look)
        return found

    def _doubt(self, logits: Array) -> float:
        return max(own - self._model.doubts[kind] for kind, own in scores(logits).items())

    def _decide(self, logits: Array, look: Look) -> Detection | None:
        model = self._model
        limits = {kind: (model.denials if kind in look.spoken else model.thresholds)[kind] for kind in ORDER}
        odds = scores(logits)
        meant = meant_of({kind: own for kind, own in odds.items() if kind not in look.silenced}, limits)
        return None if meant is None else strongest(logits, meant)


def meant_of(odds: Mapping[DetectionKind, float], limits: Mapping[DetectionKind, float]) -> DetectionKind | None:
    """What a text means of the kinds whose log odds reach their limits. Limits are far below even odds: what may be a
    wish for a person gives way to a likelier boundary. What may be an emergency gives way to nothing."""
    heard = [kind for kind, own in odds.items() if own >= limits[kind]]
    if "emergency" in heard:
        return "emergency"
    return max(heard, key=lambda kind: odds[kind], default=None)


class _Encoded(Protocol):
    """An engine with encoders."""

    encoders: Sequence[Any]

    def vectors(self, texts: Sequence[str], encoders: slice = ...) -> Sequence[Array]: ...


def classifier_for(engine: Engine, models: Path) -> VectorClassifier | None:
    """The shipped classifier on the engine's encoders; None for engines without, before the first fit, or for a foreign
    model, which then warns: the first look is all there is.

    Raises ClassifierMismatch.
    """
    if engine.name not in WITH_ENCODERS or not (models / PLACE).is_file():
        return None
    encoded = cast(_Encoded, engine)
    dear = encoded.encoders[-1]
    try:
        model = read_model(models / PLACE, [encoder.identity for encoder in encoded.encoders])
    except ForeignEncoders as error:
        if engine.name == "embedded":
            raise
        dear.warning = "; ".join(filter(None, [dear.warning, f"{error.code}: {error}"]))
        return None
    return VectorClassifier(model, encoded.vectors)
