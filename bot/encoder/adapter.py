"""A low-rank addition to the encoder's matrices: what the shipped encoder knows of an exchange's customers.

Every adapted matrix W (outputs x inputs) becomes W + up @ down, with `down` (rank x inputs) and `up` (outputs x rank):
LoRA, Hu et al. 2021, arXiv 2106.09685. The file is a safetensors file of float16, a thirtieth of what the matrices
themselves take; `honeydesk bot finetune` writes it, `bot.encoder.build` adds it, and from then on it costs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.encoder.manifest import sha256_of
from bot.encoder.weights import Dimensions, Tensors

Array = NDArray[np.float32]
PLACE = Path("adapter") / "adapter.safetensors"
"""Of the file inside the models folder."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """`pairs[name]` is (down, up) of the matrix of that name (`l11.q` and the like)."""

    pairs: Mapping[str, tuple[Array, Array]]

    def write(self, path: Path) -> None:
        """Writes a safetensors file. Needs the `encoder` extra."""
        from safetensors.numpy import save_file

        path.parent.mkdir(parents=True, exist_ok=True)
        tensors = {}
        for name, (down, up) in self.pairs.items():
            tensors[f"{name}.down"], tensors[f"{name}.up"] = down.astype(np.float16), up.astype(np.float16)
        save_file(tensors, str(path))


def read_adapter(path: Path) -> Adapter:
    """Needs the `encoder` extra. Raises OSError when there is no such file."""
    from safetensors.numpy import load_file

    tensors = {name: value.astype(np.float32) for name, value in load_file(path).items()}
    names = sorted(name.removesuffix(".down") for name in tensors if name.endswith(".down"))
    return Adapter({name: (tensors[f"{name}.down"], tensors[f"{name}.up"]) for name in names})


def digest_of(path: Path) -> str:
    """Hex SHA-256 of the file, which is part of the encoder's identity; empty when there is none."""
    return sha256_of(path) if path.is_file() else ""


@dataclass(frozen=True, slots=True)
class Adapted:
    """Tensors with an adapter added."""

    base: Tensors
    adapter: Adapter

    @property
    def dimensions(self) -> Dimensions:
        return self.base.dimensions

    def dense(self, name: str, *shape: int) -> Array:
        return self.base.dense(name, *shape)

    def blocked(self, name: str, rows: int, columns: int) -> Array:
        matrix = self.base.blocked(name, rows, columns)
        pair = self.adapter.pairs.get(name.removesuffix(".w"))
        if pair is not None:
            down, up = pair
            matrix = matrix + up @ down
        return matrix
