"""Vectors of phrasings, kept by content: only what changed is embedded again.

The store is one `.npz` (no pickle) per encoder and runtime: for queries and for passages `keys` (n x 16 bytes,
truncated SHA-256 of kind and normal form) and `vectors` (n x dimensions, float16, which costs 1e-4 of cosine and
halves file and memory). Vectors of another encoder are never read: its identity is part of the file's name.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.encoder.runtime import Kind, normal

Array = NDArray[np.float32]
Half = NDArray[np.float16]
_KEY_BYTES = 16
# Every publication asks for the keys of every phrasing: a corpus of 10,000 entries has 100,000.
_REMEMBERED = 1 << 18
_KINDS: tuple[Kind, ...] = ("query", "passage")


class Encoder(Protocol):
    """What the store and the engine need of an encoder."""

    identity: str
    runtime: str
    dimensions: int
    warning: str | None

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array: ...


@lru_cache(maxsize=_REMEMBERED)
def key_of(text: str, kind: Kind) -> bytes:
    """What a text's vector is stored under."""
    return hashlib.sha256(f"{kind}: {normal(text)}".encode()).digest()[:_KEY_BYTES]


@lru_cache(maxsize=_REMEMBERED)
def wording(text: str) -> str:
    """The form in which two texts are the same, word for word."""
    return normal(text).casefold().strip("?!.,;:。？！，；：~ ")


class VectorStore:
    """Vectors of texts by content, in memory and, given a folder, on disk; with `keep` false the disk is only read."""

    def __init__(self, encoder: Encoder, folder: Path | None, *, keep: bool = True) -> None:
        self._encoder = encoder
        self._keep = keep
        self._path = folder / f"phrasings-{encoder.identity[:12]}-{encoder.runtime}.npz" if folder else None
        self._known: dict[Kind, dict[bytes, Half]] = {"query": {}, "passage": {}}
        self._wordings: dict[str, bytes] = {}
        self._changed = False
        self._load()

    def vectors(self, texts: Sequence[str], kind: Kind) -> Array:
        """Unit vectors (len(texts), dimensions); embeds and keeps those not known yet."""
        known = self._known[kind]
        keys = [key_of(text, kind) for text in texts]
        if kind == "query":
            self._wordings |= {wording(text): key for text, key in zip(texts, keys, strict=True)}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            for key, vector in zip(missing, self._encoder.encode(list(missing.values()), kind), strict=True):
                known[key] = vector.astype(np.float16)
            self._changed = True
        if not keys:
            return np.zeros((0, self._encoder.dimensions), np.float32)
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def asked(self, texts: Sequence[str]) -> Array:
        """Vectors of customers' texts, which are not kept; what is a phrasing, word for word, has one already."""
        known = self._known["query"]
        keys = [self._wordings.get(wording(text)) or key_of(text, "query") for text in texts]
        missing = [place for place, key in enumerate(keys) if key not in known]
        found = np.zeros((len(texts), self._encoder.dimensions), np.float32)
        if missing:
            found[missing] = self._encoder.encode([texts[place] for place in missing], "query")
        for place, key in enumerate(keys):
            if key in known:
                found[place] = known[key]
        return found

    def keep_only(self, texts: Sequence[str], kind: Kind) -> None:
        """Forgets everything else of that kind, so that the store does not grow with every edit ever made."""
        wanted = {key_of(text, kind) for text in texts}
        kept = {key: vector for key, vector in self._known[kind].items() if key in wanted}
        self._changed |= len(kept) < len(self._known[kind])
        self._known[kind] = kept
        if kind == "query":
            self._wordings = {text: key for text, key in self._wordings.items() if key in wanted}

    def _load(self) -> None:
        if self._path is None or not self._path.is_file():
            return
        with np.load(self._path, allow_pickle=False) as stored:
            for kind in _KINDS:
                keys, vectors = stored[f"{kind}_keys"], stored[f"{kind}_vectors"]
                self._known[kind] = {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}

    def save(self) -> None:
        """Writes the file anew (by a rename) when something changed; nothing without a folder, or unless kept."""
        if self._path is None or not self._changed or not self._keep:
            return
        arrays: dict[str, NDArray[Any]] = {}
        for kind in _KINDS:
            known = self._known[kind]
            arrays[f"{kind}_keys"] = np.frombuffer(b"".join(known), np.uint8).reshape(-1, _KEY_BYTES)
            empty = np.zeros((0, self._encoder.dimensions), np.float16)
            arrays[f"{kind}_vectors"] = np.stack(list(known.values())) if known else empty
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, suffix=".npz")
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        os.replace(name, self._path)
        self._changed = False
