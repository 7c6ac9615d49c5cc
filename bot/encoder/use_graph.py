"""Draws USE's ONNX graph from its weights. Build time only: needs the `encoder` extra.

Inputs: `words` (float32, tokens x 512: the token vectors of several texts, one text behind the other), `inner`
(float32, tokens x 768: what the three branches begin with, `bot.encoder.use_tokens`), `around` (int64,
tokens x 5: the places of a token's neighbours, two to either side; the number of tokens for one outside its text),
`texts` (float32, texts x tokens: 1 where a token is of a text), `count` (float32, texts x 1: tokens of a text). Output
`sentence_embedding` (float32, texts x 512), L2-normalised.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from bot.encoder.graph import Sketch, quantise
from bot.encoder.use import BRANCH, DIMENSIONS, LEFT, ORDERS, OUTPUT, RIGHT

Array = NDArray[np.float32]


def draw(weights: Mapping[str, Array]) -> Any:
    """The float32 graph as an onnx.ModelProto."""
    s, epsilon = Sketch(), float(weights["eps"])
    s.constant("nothing", np.zeros((1, BRANCH), np.float32))
    s.constant("columns", np.array([1], np.int64))
    s.constant("branches", np.full(len(ORDERS), BRANCH, np.int64))

    def weight(name: str) -> str:
        return s.constant(name, weights[name].astype(np.float32))

    def times(value: str, name: str) -> str:
        return s.add("MatMul", value, weight(name))

    def norm(value: str, scale: str, shift: str) -> str:
        return s.add("LayerNormalization", value, scale, shift, axis=-1, epsilon=epsilon)

    features = ["words"]
    for value, (order, left) in zip(s.split("inner", "branches", len(ORDERS)), ORDERS, strict=True):
        begin = s.constant(f"begin{order}", np.array([LEFT - left], np.int64))
        end = s.constant(f"end{order}", np.array([LEFT - left + order], np.int64))
        window = s.add("Slice", "around", begin, end, "columns")
        flat = s.constant(f"flat{order}", np.array([-1, order * BRANCH], np.int64))
        for layer in ("1", "2"):
            # The row behind the last one is zero: window places outside a text point at it.
            rows = s.add("Concat", value, "nothing", axis=0)
            gathered = s.add("Reshape", s.add("Gather", rows, window, axis=0), flat)
            moved = s.add("Add", times(gathered, f"w{layer}_{order}"), weight(f"b{layer}_{order}"))
            value = s.add("Add", s.add("Relu", moved), value)
        features.append(value)
    every = norm(s.add("Concat", *features, axis=1), weight("ln_g"), weight("ln_b"))
    # The output projection is linear, so tokens are summed before it.
    total = s.add("Add", times(s.add("MatMul", "texts", every), "cnn_W"), s.add("Mul", "count", weight("cnn_b")))
    summed = s.add("Div", total, s.add("Sqrt", "count"))
    low = s.add("Add", times(summed, "p1"), times(s.add("Relu", times(summed, "d0")), "d1"))
    first = s.add("Relu", low)
    last = s.add("Tanh", s.add("Add", times(first, "p3"), times(s.add("Relu", times(first, "d2")), "d3")))
    s.add("LpNormalization", last, axis=-1, p=2, output=OUTPUT)

    inputs = [
        helper.make_tensor_value_info("words", TensorProto.FLOAT, ["tokens", DIMENSIONS]),
        helper.make_tensor_value_info("inner", TensorProto.FLOAT, ["tokens", len(ORDERS) * BRANCH]),
        helper.make_tensor_value_info("around", TensorProto.INT64, ["tokens", LEFT + 1 + RIGHT]),
        helper.make_tensor_value_info("texts", TensorProto.FLOAT, ["texts", "tokens"]),
        helper.make_tensor_value_info("count", TensorProto.FLOAT, ["texts", 1]),
    ]
    outputs = [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["texts", DIMENSIONS])]
    return s.model("universal-sentence-encoder-multilingual", inputs, outputs)


def write_graphs(weights: Mapping[str, Array], int8: Path, fp32: Path) -> None:
    """Writes the int8 graph and its float32 fall-back."""
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser narrates every node through the root logger
    onnx.save(draw(weights), str(fp32))
    quantise(fp32, int8)
