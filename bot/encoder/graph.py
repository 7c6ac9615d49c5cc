"""Draws the encoder's ONNX graph from its weights, and quantises it. Build time only: needs the `encoder` extra.

Inputs `input_ids`, `attention_mask` (int64, batch x sequence); output `sentence_embedding` (float32, batch x hidden):
mean over the unmasked tokens, L2-normalised. The vocabulary table stays in the 4-bit blocks it comes in, so the
fall-back with float32 products is 140 MB, not 470.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from bot.encoder.weights import Tensors

_EPSILON = 1e-12
OPSET, CONTRIBUTED = 21, "com.microsoft"
# Products that stay in float32: what comes into these two has outliers, and one scale for all of it, as int8 has,
# coarsens the rest. With them the int8 vectors are half as far from the float32 ones, and take 4 % longer.
_PRECISE = frozenset(("l4.fo.w", "l5.fo.w"))


class Sketch:
    """Collects nodes and initialisers; every method returns the name of what it added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: NDArray[Any] | np.generic) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(value.shape), name))
        return name

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=output, **attributes))
        return output

    def contributed(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """An operator of the runtime's own."""
        return self.add(operator, *inputs, domain=CONTRIBUTED, **attributes)

    def split(self, value: str, sizes: str, count: int) -> list[str]:
        """The value's columns in parts of these sizes."""
        parts = [f"Split_{len(self.nodes)}_{number}" for number in range(count)]
        self.nodes.append(helper.make_node("Split", [value, sizes], parts, name=parts[0], axis=-1))
        return parts

    def model(self, name: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> Any:
        """All of it as an onnx.ModelProto."""
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        sets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIBUTED, 1)]
        model = helper.make_model(graph, opset_imports=sets)
        model.ir_version = 10
        return model


def quantise(fp32: Path, int8: Path, left_out: Sequence[str] = ()) -> None:
    """The matrix products of a graph with int8 weights, but for the nodes of these names."""
    quantize_dynamic(
        str(fp32),
        str(int8),
        op_types_to_quantize=["MatMul"],
        weight_type=QuantType.QInt8,
        per_channel=True,
        nodes_to_exclude=list(left_out),
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
    )


def draw(weights: Tensors) -> Any:
    """The float32 graph as an onnx.ModelProto."""
    size, s = weights.dimensions, Sketch()
    hidden, heads = size.hidden, size.heads
    s.constant("word", weights.blocked("emb.word", size.vocabulary, hidden))
    types = weights.dense("emb.type", size.token_types, hidden)
    s.constant("positions", weights.dense("emb.pos", size.positions, hidden) + types[0])
    for name, places in (("zero", [0]), ("one", [1]), ("last", [-1]), ("two", [2])):
        s.constant(name, np.array(places, np.int64))
    s.constant("scalar_one", np.array(1, np.int64))

    def norm(value: str, name: str) -> str:
        scale = s.constant(name + ".w", weights.dense(name + ".w", hidden))
        shift = s.constant(name + ".b", weights.dense(name + ".b", hidden))
        return s.add("LayerNormalization", value, scale, shift, axis=-1, epsilon=_EPSILON)

    def linear(value: str, name: str, rows: int, columns: int) -> str:
        matrix = s.constant(name + ".w", weights.blocked(name + ".w", rows, columns).T)
        bias = s.constant(name + ".b", weights.dense(name + ".b", rows))
        return s.add("Add", s.add("MatMul", value, matrix), bias)

    length = s.add("Gather", s.add("Shape", "input_ids"), "scalar_one", axis=0)
    located = s.add("Slice", "positions", "zero", s.add("Reshape", length, "one"), "zero")
    x = norm(s.add("Add", s.add("Gather", "word", "input_ids", output="word_vectors"), located), "emb.ln")
    mask = s.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    read = s.add("Cast", "attention_mask", to=TensorProto.INT32)
    for layer in range(size.layers):
        at = f"l{layer}."
        query, key, value = (linear(x, at + name, hidden, hidden) for name in ("q", "k", "v"))
        # No bias of its own: it stands in the products.
        seen = s.contributed("MultiHeadAttention", query, key, value, "", read, num_heads=heads)
        x = norm(s.add("Add", linear(seen, at + "ao", hidden, hidden), x), at + "aln")
        inner = s.contributed("Gelu", linear(x, at + "fi", size.feed_forward, hidden))
        x = norm(s.add("Add", linear(inner, at + "fo", hidden, size.feed_forward), x), at + "oln")
    wide = s.add("Unsqueeze", mask, "two")
    total = s.add("ReduceSum", s.add("Mul", x, wide), "one", keepdims=0)
    mean = s.add("Div", total, s.add("ReduceSum", wide, "one", keepdims=0))
    length2 = s.add("ReduceSum", s.add("Mul", mean, mean), "last", keepdims=1)
    s.add("Div", mean, s.add("Sqrt", length2), output="sentence_embedding")

    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", hidden])]
    return s.model("multilingual-e5-small", inputs, outputs)


def write_graphs(weights: Tensors, int8: Path, fp32: Path) -> None:
    """Writes the int8 graph and its float32 fall-back; both keep the vocabulary table in 4-bit blocks."""
    logging.getLogger().setLevel(logging.ERROR)  # the quantisers narrate every node through the root logger
    model = draw(weights)
    others = [n.name for n in model.graph.node if n.op_type == "Gather" and n.input[0] != "word"]
    quantiser = MatMulNBitsQuantizer(
        model,
        block_size=32,
        is_symmetric=True,
        op_types_to_quantize=("Gather",),
        quant_axes=(("Gather", 1),),
        nodes_to_exclude=others,
    )
    quantiser.process()
    onnx.save(quantiser.model.model, str(fp32))
    quantise(fp32, int8, [node.name for node in model.graph.node if not _PRECISE.isdisjoint(node.input)])
