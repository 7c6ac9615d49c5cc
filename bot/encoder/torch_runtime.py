"""Runs any sentence-transformers model, by name or path: texts in, unit vectors out. Needs the extra of that name.

The artefact under `models/encoder` is such a model once `honeydesk encoder build --torch-weights` has written its torch
weights: then vectors are those of the float32 graph to 1e-4 and carry its identity, so the shipped gate holds.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.encoder.manifest import NAME, EncoderMissing, read_manifest, sha256_of
from bot.encoder.memory import Memory
from bot.encoder.runtime import Kind, normal

Array = NDArray[np.float32]
WEIGHTS_FILE = "model.safetensors"
# As the embedded runtime cuts texts.
_MAX_TOKENS = 96


class TorchEncoder:
    """A sentence-transformers model on the processor. Several threads may use it."""

    runtime = "fp32"

    def __init__(self, model: Any, *, identity: str, cache: int = 4096, batch: int = 32) -> None:
        self.model = model
        self.model.max_seq_length = min(_MAX_TOKENS, self.model.max_seq_length or _MAX_TOKENS)
        prompts = dict(getattr(model, "prompts", None) or {})
        self._prompts = {kind: str(prompts.get(kind) or "") for kind in ("query", "passage")}
        self._batch = batch
        self._memory = Memory(cache)
        self._lock = Lock()
        self.identity = identity
        self.dimensions = int(self.encode(["."]).shape[1])
        self.warning: str | None = None

    @classmethod
    def open(cls, name: str, *, cache: int = 4096) -> "TorchEncoder":
        """Loads a model by path or by its name on a model hub. Raises EncoderMissing."""
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderMissing(f"the extra `sentence-transformers` is not installed: {error}") from error
        folder = Path(name)
        if folder.is_dir() and (folder / NAME).is_file() and not (folder / WEIGHTS_FILE).is_file():
            raise EncoderMissing(f"{folder / WEIGHTS_FILE} is missing: run `honeydesk encoder build --torch-weights`")
        try:
            model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise EncoderMissing(f"no sentence-transformers model {name!r}: {error}") from error
        return cls(model, identity=identity_of_model(name), cache=cache)

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array:
        """Unit vectors, float32 (len(texts), dimensions), in the order of `texts`."""
        keys = [f"{self._prompts[kind]}{normal(text)}" for text in texts]
        return np.stack(self._memory.vectors(keys, self._run)) if keys else np.zeros((0, self.dimensions), np.float32)

    def _run(self, prompted: Sequence[str]) -> Array:
        if not prompted:
            return np.zeros((0, 0), np.float32)
        # Its tokenizer's settings are shared by all calls.
        with self._lock:
            return self._encoded(prompted)

    def _encoded(self, prompted: Sequence[str]) -> Array:
        vectors = self.model.encode(
            list(prompted),
            prompt="",
            batch_size=self._batch,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def identity_of_model(name: str) -> str:
    """What vectors of a model are stored under: our manifest's, else of the weights' bytes, else of the name."""
    folder = Path(name)
    if (folder / NAME).is_file():
        return read_manifest(folder).encoder
    weights = sorted(folder.glob("*.safetensors")) if folder.is_dir() else []
    if weights:
        return hashlib.sha256("".join(sha256_of(path) for path in weights).encode()).hexdigest()
    return hashlib.sha256(f"hub:{name}".encode()).hexdigest()
