"""The second look, in the inference thread, at turns that the first let pass.

A linear model over the encoder's vector, the surface model's logits and the patterns' hits. The artefact is
`models/detectors/manifest.json`: it names the encoder it was fitted on, and another one is refused.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.detectors.kinds import LABELS, NAMES, ORDER, Detection, DetectionKind
from bot.detectors.surface import score, strongest
from bot.engines.port import Engine

Array = NDArray[np.float32]
FORMAT = 1
PLACE = Path("detectors") / "manifest.json"
"""Of the manifest inside the models folder."""


class ClassifierMismatch(ValueError):
    """The classifier was fitted on another encoder or for other labels, or cannot be read."""

    code = "classifier_mismatch"


@dataclass(frozen=True, slots=True)
class Look:
    """What the first look made of a text: surface logits and the patterns' hits. `silenced`: kinds that the
    trainers' wordings rule out."""

    logits: Array
    hits: tuple[Detection, ...] = ()
    silenced: frozenset[DetectionKind] = frozenset()


class Classifier(Protocol):
    """Looks at texts with the encoder's help."""

    def detect(self, texts: Sequence[str], looks: Sequence[Look]) -> list[Detection | None]:
        """One result per text, in order. Raises what the encoder raises; belongs to the inference thread."""


class TextEncoder(Protocol):
    """What the classifier needs of an encoder."""

    identity: str

    def encode(self, texts: Sequence[str]) -> Array: ...


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Everything fitted. Rows of `weights` are the inputs of `inputs`; `thresholds` are log odds by kind."""

    encoder: str
    mean: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    thresholds: Mapping[str, float]
    figures: Mapping[str, Any]

    def write(self, path: Path) -> None:
        body = {
            "format": FORMAT,
            "labels": list(NAMES),
            "encoder": self.encoder,
            "thresholds": dict(self.thresholds),
            "figures": dict(self.figures),
            "bias": list(self.bias),
            "mean": list(self.mean),
            "weights": [list(row) for row in self.weights],
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(body, ensure_ascii=False)
        path.write_text(text.replace("], [", "],\n[") + "\n", encoding="utf-8")


def read_model(path: Path, encoder: str) -> LinearModel:
    """Raises ClassifierMismatch."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body.pop("format") != FORMAT or body.pop("labels") != list(NAMES):
            raise ClassifierMismatch(f"{path} was fitted for other labels: run `python -m bot.detectors.fit`")
        model = LinearModel(**body)
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ClassifierMismatch(f"{path} cannot be read: {error}") from error
    if model.encoder != encoder:
        raise ClassifierMismatch(f"{path} was fitted on encoder {model.encoder[:12]}, this is {encoder[:12]}")
    return model


def inputs(vectors: Array, looks: Sequence[Look], mean: Array) -> Array:
    """Rows (texts x inputs): the vector less the mean, normalised; the surface logits less their first, in tens; one
    column per label for the hits."""
    moved = vectors - mean
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    surface = np.stack([look.logits[1:] - look.logits[0] for look in looks]) / 10
    hits = np.zeros((len(looks), len(LABELS)), np.float32)
    for row, look in enumerate(looks):
        for hit in look.hits:
            hits[row, LABELS.index(hit)] = 1
    return np.concatenate([moved, surface, hits], axis=1).astype(np.float32)


class LinearClassifier:
    """The fitted classifier on its encoder, whose cache makes the ranking's vector of the same text free."""

    def __init__(self, model: LinearModel, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._mean = np.array(model.mean, np.float32)
        self._weights = np.array(model.weights, np.float32)
        self._bias = np.array(model.bias, np.float32)
        self._thresholds = model.thresholds

    @classmethod
    def open(cls, models: Path, encoder: TextEncoder) -> "LinearClassifier":
        """Raises ClassifierMismatch."""
        return cls(read_model(models / PLACE, encoder.identity), encoder)

    def detect(self, texts: Sequence[str], looks: Sequence[Look]) -> list[Detection | None]:
        if not texts:
            return []
        rows = inputs(self._encoder.encode(texts), looks, self._mean) @ self._weights + self._bias
        return [self._decide(row, look) for row, look in zip(rows, looks, strict=True)]

    def _decide(self, logits: Array, look: Look) -> Detection | None:
        for kind in ORDER:
            if kind not in look.silenced and score(logits, kind) >= self._thresholds[kind]:
                return strongest(logits, kind)
        return None


def classifier_for(engine: Engine, models: Path) -> LinearClassifier | None:
    """The shipped classifier on the embedded engine's encoder; None for other engines, or before the first fit.

    Raises ClassifierMismatch.
    """
    encoder: TextEncoder | None = getattr(engine, "encoder", None)
    if engine.name != "embedded" or encoder is None or not (models / PLACE).is_file():
        return None
    return LinearClassifier.open(models, encoder)
