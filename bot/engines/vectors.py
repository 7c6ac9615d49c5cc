"""Vectors of phrasings, kept by content: only what changed is embedded again.

The store is one `.npz` (no pickle) per encoder and runtime: for queries and for passages `keys` (n x 16 bytes,
truncated SHA-256 of kind and normal form) and `vectors` (n x dimensions, float16, which costs 1e-4 of cosine and
halves file and memory). Vectors of another encoder are never read: its identity is part of the file's name. What came
since that file was written stands in a second one, `.new.npz`, so that an edit writes its own vectors and no others;
when they have become many, or much has been forgotten, the first file is written anew.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot.encoder.runtime import Kind, normal

Array = NDArray[np.float32]
Half = NDArray[np.float16]
Places = NDArray[np.intp]
_log = logging.getLogger(__name__)
_KEY_BYTES = 16
_KINDS: tuple[Kind, ...] = ("query", "passage")
# New or forgotten texts, as a share of the file's, from which on it is written anew.
_REWRITTEN = 0.1
# Room for one more vector to so many.
_ROOM = 8
_AT_ONCE = 512


class Encoder(Protocol):
    """What the store and the engine need of an encoder."""

    identity: str
    runtime: str
    dimensions: int
    warning: str | None

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array: ...


def key_of(text: str, kind: Kind) -> bytes:
    """What a text's vector is stored under."""
    return hashlib.sha256(f"{kind}: {normal(text)}".encode()).digest()[:_KEY_BYTES]


def wording(text: str) -> str:
    """The form in which two texts are the same, word for word."""
    return normal(text).casefold().strip("?!.,;:。？！，；：~ ")


@dataclass(slots=True)
class _Known:
    """Vectors of one kind: `places` tells the row of a key. So that an edit does not copy all of them, forgotten rows
    stay until they are many, and behind the last one (`used`) there is room for more."""

    vectors: Half
    places: dict[bytes, int] = field(default_factory=dict)
    used: int = 0

    def add(self, keys: Sequence[bytes], vectors: Half) -> None:
        """Keys that are not known yet, with their rows."""
        first, last = self.used, self.used + len(keys)
        if last > len(self.vectors):
            roomy = np.empty((last + last // _ROOM, self.vectors.shape[1]), np.float16)
            roomy[:first] = self.vectors[:first]
            self.vectors = roomy
        self.vectors[first:last] = vectors
        self.places |= {key: first + number for number, key in enumerate(keys)}
        self.used = last

    def at(self, keys: Sequence[bytes]) -> Places:
        """The keys' rows in `vectors`."""
        return np.fromiter((self.places[key] for key in keys), np.intp, len(keys))

    def rows(self, keys: Sequence[bytes]) -> Array:
        """The keys' vectors."""
        places = self.at(keys)
        found = np.empty((len(keys), self.vectors.shape[1]), np.float32)
        for start in range(0, len(keys), _AT_ONCE):
            found[start : start + _AT_ONCE] = self.vectors[places[start : start + _AT_ONCE]]
        return found

    def keep_only(self, wanted: AbstractSet[bytes]) -> int:
        """Forgets all other keys and tells how many those were."""
        forgotten = self.places.keys() - wanted
        if not forgotten:
            return 0
        kept = {key: row for key, row in self.places.items() if key not in forgotten}
        self.places = kept
        if self.used - len(kept) > _REWRITTEN * self.used:
            self.vectors = self.vectors[self.at(list(kept))]
            self.places = {key: row for row, key in enumerate(kept)}
            self.used = len(kept)
        return len(forgotten)


class VectorStore:
    """Vectors of texts by content, in memory and, given a folder, on disk; with `keep` false the disk is only read."""

    def __init__(self, encoder: Encoder, folder: Path | None, *, keep: bool = True) -> None:
        self._encoder = encoder
        self._keep = keep
        name = f"phrasings-{encoder.identity[:12]}-{encoder.runtime}"
        self._whole, self._beside = ((folder / f"{name}{end}.npz") if folder else None for end in ("", ".new"))
        self._known: dict[Kind, _Known] = {
            kind: _Known(np.zeros((0, encoder.dimensions), np.float16)) for kind in _KINDS
        }
        # Keys by kind that the first file does not hold.
        self._new: dict[Kind, list[bytes]] = {kind: [] for kind in _KINDS}
        self._changed = False
        self._forgotten = 0
        self._load()

    def vectors(self, texts: Sequence[str], kind: Kind, keys: Sequence[bytes] | None = None) -> Array:
        """Unit vectors (len(texts), dimensions); embeds and keeps those not known yet. `keys`: the texts', if at
        hand (`key_of`)."""
        known = self._known[kind]
        keys = keys or [key_of(text, kind) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known.places}
        if missing:
            known.add(list(missing), self._encoder.encode(list(missing.values()), kind).astype(np.float16))
            self._new[kind] += missing
            self._changed = True
        return known.rows(keys)

    def asked(self, texts: Sequence[str]) -> Array:
        """Vectors of customers' texts, which are not kept; a phrasing has one already."""
        known = self._known["query"]
        keys = [key_of(text, "query") for text in texts]
        missing = [place for place, key in enumerate(keys) if key not in known.places]
        found = np.zeros((len(texts), self._encoder.dimensions), np.float32)
        if missing:
            found[missing] = self._encoder.encode([texts[place] for place in missing], "query")
        for place, key in enumerate(keys):
            row = known.places.get(key)
            if row is not None:
                found[place] = known.vectors[row]
        return found

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Those that are no phrasing with a vector."""
        known = self._known["query"].places
        return [text for text in texts if key_of(text, "query") not in known]

    def keep_only(self, wanted: AbstractSet[bytes], kind: Kind) -> None:
        """Forgets all other keys of that kind, so that the store does not grow with every edit ever made."""
        forgotten = self._known[kind].keep_only(wanted)
        if forgotten:
            self._forgotten += forgotten
            self._new[kind] = [key for key in self._new[kind] if key in wanted]

    def _load(self) -> None:
        for path in (self._whole, self._beside):
            if path is None or not path.is_file():
                continue
            for kind, (keys, vectors) in _read(path).items():
                # A file written anew may hold what the other one still does, from before a crash.
                fresh = [row for row, key in enumerate(keys) if key not in self._known[kind].places]
                self._known[kind].add([keys[row] for row in fresh], vectors[fresh])
                if path != self._whole:
                    self._new[kind] += [keys[row] for row in fresh]

    def save(self) -> None:
        """Writes what is new (by a rename), or all of it when that is much; nothing without a folder, or unless kept,
        or when nothing changed."""
        total = sum(len(known.places) for known in self._known.values())
        many = max(sum(map(len, self._new.values())), self._forgotten) > _REWRITTEN * total
        if self._whole is None or self._beside is None or not self._keep or not (self._changed or many):
            return
        self._whole.parent.mkdir(parents=True, exist_ok=True)
        if many:
            _write(
                self._whole,
                {
                    kind: (list(known.places), known.vectors[known.at(list(known.places))])
                    for kind, known in self._known.items()
                },
            )
            self._beside.unlink(missing_ok=True)
            self._new = {kind: [] for kind in _KINDS}
            self._forgotten = 0
        else:
            new = {kind: (self._known[kind], keys) for kind, keys in self._new.items()}
            _write(self._beside, {kind: (keys, known.vectors[known.at(keys)]) for kind, (known, keys) in new.items()})
        self._changed = False


def _read(path: Path) -> dict[Kind, tuple[list[bytes], Half]]:
    """What a file holds; nothing of one that cannot be read, since all of it can be computed again."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            return {
                kind: ([key.tobytes() for key in stored[f"{kind}_keys"]], stored[f"{kind}_vectors"]) for kind in _KINDS
            }
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        _log.warning("vectors_unreadable", extra={"path": str(path), "error": repr(error)})
        return {}


def _write(path: Path, content: Mapping[Kind, tuple[Sequence[bytes], Half]]) -> None:
    arrays: dict[str, NDArray[Any]] = {}
    for kind, (keys, vectors) in content.items():
        arrays[f"{kind}_keys"] = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, _KEY_BYTES)
        arrays[f"{kind}_vectors"] = vectors
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
