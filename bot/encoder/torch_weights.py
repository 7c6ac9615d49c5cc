"""Writes the weights under the names that transformers' BertModel expects. Needs safetensors (the `encoder` extra)."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from bot.encoder.weights import Weights

_MATRICES = (
    ("attention.self.query", "q"),
    ("attention.self.key", "k"),
    ("attention.self.value", "v"),
    ("attention.output.dense", "ao"),
    ("intermediate.dense", "fi"),
    ("output.dense", "fo"),
)
_NORMS = (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln"))


def write_torch_weights(weights: Weights, path: Path) -> None:
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
        for name, short in _MATRICES:
            rows, columns = shapes.get(short, (hidden, hidden))
            tensors[f"{theirs}{name}.weight"] = weights.blocked(f"{ours}{short}.w", rows, columns)
            tensors[f"{theirs}{name}.bias"] = weights.dense(f"{ours}{short}.b", rows)
        for name, short in _NORMS:
            tensors[f"{theirs}{name}.weight"] = weights.dense(f"{ours}{short}.w", hidden)
            tensors[f"{theirs}{name}.bias"] = weights.dense(f"{ours}{short}.b", hidden)
    save_file(tensors, str(path), metadata={"format": "pt"})
