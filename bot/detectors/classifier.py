"""The second look, in the inference thread, at turns that the first let pass.

A network over the vectors of both encoders and the patterns' hits. The artefact is `models/detectors`:
`manifest.json` with thresholds and held-out figures, which names the encoders it was fitted on (others are refused),
and `weights.npz`, float16, no pickle.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from bot.detectors.kinds import LABELS, NAMES, ORDER, Detection, DetectionKind
from bot.detectors.network import Network
from bot.detectors.surface import score, strongest
from bot.engines.port import Engine

Array = NDArray[np.float32]
FORMAT = 2
PLACE = Path("detectors") / "manifest.json"
"""Of the manifest inside the models folder."""
WEIGHTS = "weights.npz"
Vectors = Callable[[Sequence[str]], Sequence[Array]]
"""Texts in, one block of vectors (texts x dimensions) per encoder out."""


class ClassifierMismatch(ValueError):
    """The classifier was fitted on other encoders or for other labels, or cannot be read."""

    code = "classifier_mismatch"


@dataclass(frozen=True, slots=True)
class Look:
    """What the first look made of a text: the patterns' hits. `silenced`: kinds that the trainers' wordings rule
    out."""

    hits: tuple[Detection, ...] = ()
    silenced: frozenset[DetectionKind] = frozenset()


class Classifier(Protocol):
    """Looks at texts with the encoders' help."""

    def detect(self, texts: Sequence[str], looks: Sequence[Look]) -> list[Detection | None]:
        """One result per text, in order. Raises what the encoders raise; belongs to the inference thread."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything fitted. `means` has one row per encoder; `thresholds` are log odds by kind."""

    encoders: tuple[str, ...]
    means: tuple[Array, ...]
    network: Network
    thresholds: Mapping[str, float]
    figures: Mapping[str, Any]

    def write(self, path: Path) -> None:
        """The manifest at `path` and the weights beside it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        weights = path.with_name(WEIGHTS)
        net = self.network
        half = np.float16
        # Three digits are more than ten thousand wordings can tell.
        np.savez_compressed(
            weights,
            first=net.first.astype(half),
            first_bias=net.first_bias.astype(half),
            second=net.second.astype(half),
            second_bias=net.second_bias.astype(half),
            means=np.concatenate(self.means).astype(half),
            sizes=np.array([len(mean) for mean in self.means]),
        )
        body = {
            "format": FORMAT,
            "labels": list(NAMES),
            "encoders": list(self.encoders),
            "weights": hashlib.sha256(weights.read_bytes()).hexdigest(),
            "thresholds": dict(self.thresholds),
            "figures": dict(self.figures),
        }
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


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
            names = ("first", "first_bias", "second", "second_bias")
            network = Network(*(stored[name].astype(np.float32) for name in names))
            means = tuple(np.split(stored["means"].astype(np.float32), np.cumsum(stored["sizes"])[:-1]))
        model = Model(tuple(body["encoders"]), means, network, body["thresholds"], body["figures"])
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ClassifierMismatch(f"{path} cannot be read: {error}") from error
    if model.encoders != tuple(encoders):
        known, given = (" and ".join(name[:12] for name in some) for some in (model.encoders, encoders))
        raise ClassifierMismatch(f"{path} was fitted on {known}, the engine has {given}: {again}")
    return model


def inputs(vectors: Sequence[Array], looks: Sequence[Look], means: Sequence[Array]) -> Array:
    """Rows (texts x inputs): each encoder's vector less its mean, normalised; one column per label for the hits."""
    blocks = []
    for block, mean in zip(vectors, means, strict=True):
        moved = block - mean
        blocks.append(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))
    hits = np.zeros((len(looks), len(LABELS)), np.float32)
    for row, look in enumerate(looks):
        for hit in look.hits:
            hits[row, LABELS.index(hit)] = 1
    return np.concatenate([*blocks, hits], axis=1).astype(np.float32)


class VectorClassifier:
    """The fitted classifier on its encoders, whose caches make the ranking's vectors of the same text free."""

    def __init__(self, model: Model, vectors: Vectors) -> None:
        self._model = model
        self._vectors = vectors

    def detect(self, texts: Sequence[str], looks: Sequence[Look]) -> list[Detection | None]:
        if not texts:
            return []
        rows = self._model.network.logits(inputs(self._vectors(texts), looks, self._model.means))
        return [self._decide(row, look) for row, look in zip(rows, looks, strict=True)]

    def _decide(self, logits: Array, look: Look) -> Detection | None:
        for kind in ORDER:
            if kind not in look.silenced and score(logits, kind) >= self._model.thresholds[kind]:
                return strongest(logits, kind)
        return None


class _Encoded(Protocol):
    """An engine with encoders."""

    encoders: Sequence[Any]

    def vectors(self, texts: Sequence[str]) -> Sequence[Array]: ...


def classifier_for(engine: Engine, models: Path) -> VectorClassifier | None:
    """The shipped classifier on the embedded engine's encoders; None for other engines, or before the first fit.

    Raises ClassifierMismatch.
    """
    if engine.name != "embedded" or not (models / PLACE).is_file():
        return None
    encoded = cast(_Encoded, engine)
    identities = [encoder.identity for encoder in encoded.encoders]
    return VectorClassifier(read_model(models / PLACE, identities), encoded.vectors)
