"""The weights under the names of transformers' BertModel, out and in. Needs safetensors (the `encoder` extra)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from bot.encoder.weights import Dimensions, Tensors

MATRICES = (
    ("attention.self.query", "q"),
    ("attention.self.key", "k"),
    ("attention.self.value", "v"),
    ("attention.output.dense", "ao"),
    ("intermediate.dense", "fi"),
    ("output.dense", "fo"),
)
_NORMS = (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln"))


def write_torch_weights(weights: Tensors, path: Path) -> None:
    """All tensors in float32, 470 MB; the pooler that the model never uses is zero."""
    size = weights.dimensions
    hidden, inner = size.hidden, size.feed_forward
    shapes = {"fi": (inner, hidden), "fo": (hidden, inner)}
    tensors: dict[str, NDArray[np.float32]] = {
        "embeddings.word_embeddings.weight": weights.blocked("emb.word", size.vocabulary, hidden),
        "embeddings.position_embeddings.weight": weights.dense("emb.pos", size.positions, hidden),
        "embeddings.token_type_embeddings.weight": weights.dense("emb.type", size.token_types, hidden),
        "embeddings.LayerNorm.weight": weights.dense("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": weights.dense("emb.ln.b", hidden),
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros((hidden,), np.float32),
    }
    for layer in range(size.layers):
        theirs, ours = f"encoder.layer.{layer}.", f"l{layer}."
        for name, short in MATRICES:
            rows, columns = shapes.get(short, (hidden, hidden))
            tensors[f"{theirs}{name}.weight"] = weights.blocked(f"{ours}{short}.w", rows, columns)
            tensors[f"{theirs}{name}.bias"] = weights.dense(f"{ours}{short}.b", rows)
        for name, short in _NORMS:
            tensors[f"{theirs}{name}.weight"] = weights.dense(f"{ours}{short}.w", hidden)
            tensors[f"{theirs}{name}.bias"] = weights.dense(f"{ours}{short}.b", hidden)
    save_file(tensors, str(path), metadata={"format": "pt"})


@dataclass(frozen=True, slots=True)
class NamedWeights:
    """Tensors of a sentence-transformers directory under this package's names, as the graph wants them."""

    dimensions: Dimensions
    tensors: Mapping[str, NDArray[np.float32]]

    def dense(self, name: str, *shape: int) -> NDArray[np.float32]:
        """The tensor of that name as an own copy of `shape`."""
        return np.array(self.tensors[_their_name(name)], np.float32).reshape(shape)

    def blocked(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """The matrix of that name (rows, columns)."""
        return self.dense(name, rows, columns)


def read_torch_weights(folder: Path) -> NamedWeights:
    """The weights of a sentence-transformers directory that holds a BERT of the encoder's shape."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    names = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
    sizes = [*names, "vocab_size", "max_position_embeddings", "type_vocab_size"]
    return NamedWeights(Dimensions(*(int(config[name]) for name in sizes)), load_file(folder / "model.safetensors"))


def _their_name(name: str) -> str:
    if name in (table := {"emb.word": "word", "emb.pos": "position", "emb.type": "token_type"}):
        return f"embeddings.{table[name]}_embeddings.weight"
    place, short, kind = name.split(".")
    suffix = "weight" if kind == "w" else "bias"
    if place == "emb":
        return f"embeddings.LayerNorm.{suffix}"
    theirs = {ours: name for name, ours in (*MATRICES, *_NORMS)}
    return f"encoder.layer.{place[1:]}.{theirs[short]}.{suffix}"
