"""What an encoder directory says about itself: `manifest.json`.

`encoder` identifies the vectors: it is derived from the hashes of the *sources* (weights, tokenizer, version of the
graph), so two clones that build with different library versions agree on it. `files` holds the hashes of the bytes
that were written here. `checks` are texts with the vectors that the float32 graph gave at build time.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NAME = "manifest.json"
_CHUNK = 1 << 20


class EncoderMissing(FileNotFoundError):
    """No usable encoder directory: `code` is stable, the message says how to build it."""

    code = "encoder_missing"


class EncoderDamaged(ValueError):
    """The directory's files are not those its manifest names."""

    code = "encoder_damaged"


@dataclass(frozen=True, slots=True)
class Check:
    """A text and its unit vector, base64 of little-endian float32."""

    text: str
    vector: str

    def array(self) -> NDArray[np.float32]:
        return np.frombuffer(base64.b64decode(self.vector), "<f4")

    @classmethod
    def of(cls, text: str, vector: NDArray[np.float32]) -> "Check":
        return cls(text, base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii"))


@dataclass(frozen=True, slots=True)
class EncoderManifest:
    """Identity and contents of an encoder directory."""

    encoder: str
    name: str
    licence: str
    dimensions: int
    files: Mapping[str, str]
    checks: Sequence[Check]

    def write(self, directory: Path) -> None:
        body = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (directory / NAME).write_text(body + "\n", encoding="utf-8")

    def intact(self, directory: Path) -> bool:
        """Whether every named file is there with its hash (reads them all: about half a second)."""
        return all(
            (directory / name).is_file() and sha256_of(directory / name) == digest
            for name, digest in self.files.items()
        )


def read_manifest(directory: Path) -> EncoderManifest:
    """Raises EncoderMissing or EncoderDamaged."""
    path = directory / NAME
    if not path.is_file():
        raise EncoderMissing(f"no encoder in {directory}: run `python -m bot.encoder.build`")
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        checks = tuple(Check(**check) for check in body.pop("checks"))
        return EncoderManifest(checks=checks, **body)
    except (ValueError, TypeError, KeyError) as error:
        raise EncoderDamaged(f"{path} cannot be read: {error}") from error


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
