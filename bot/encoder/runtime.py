"""Runs the encoder with ONNX Runtime: texts in, unit vectors out.

One intra-op thread without spinning: a second thread does not help one short text, and spinning collapses when the
machine is busy. int8 products saturate on processors without VNNI. The stored check vectors find that out at start:
then `session.x64quantprecision` is tried (exact, 1.5 to 1.8 times the time where it is not needed), then float32.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from bot import cores
from bot.encoder.manifest import Check, EncoderDamaged, EncoderMissing, read_manifest
from bot.encoder.memory import Memory

Array = NDArray[np.float32]
Kind = Literal["query", "passage"]
Runtime = Literal["int8", "fp32"]
INT8_FILE = "onnx/model.onnx"
PLAIN_FILE = "onnx/model_fp32.onnx"
# Quantised vectors were measured at .995 of the float32 ones and more; saturation leaves .9 and less.
_AGREEMENTS = {"int8": 0.98, "fp32": 0.999}
_PAD = 1
_FEW = 32
# Two texts together take a quarter less than one after the other.
_PAIR = 2


def normal(text: str) -> str:
    """The form under which texts are compared and cached: NFKC, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def session_of(model: Path, *, precise: bool = False) -> ort.InferenceSession:
    """The graph on one thread. With `precise`, int8 products that cannot saturate."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if precise:
        options.add_session_config_entry("session.x64quantprecision", "1")
    options.log_severity_level = 3
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def tokenized(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Encoding]:
    """The texts in tokens. Few of them in this thread: to share them among others takes longer than to do it."""
    if len(texts) <= _FEW:
        return [tokenizer.encode(text) for text in texts]
    return list(tokenizer.encode_batch(list(texts)))


class _Checked(Protocol):
    """An encoder that can be held to stored vectors."""

    warning: str | None

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array: ...


E = TypeVar("E", bound=_Checked)


def opened(
    made: Callable[[Runtime, bool], E],
    directory: Path,
    checks: Sequence[Check],
    agreements: Mapping[str, float],
    prefer: Runtime,
) -> E:
    """The encoder that gives the stored vectors: int8 if preferred, then int8 with exact products, then float32 with
    `warning` set, because int8 products go wrong on this machine. `made` takes the runtime and whether products are to
    be exact. Raises EncoderDamaged when the float32 graph does not give them either."""
    ladder: list[tuple[Runtime, bool]] = [("int8", False), ("int8", True)] if prefer == "int8" else []
    warning: str | None = None
    for runtime, precise in [*ladder, ("fp32", False)]:
        encoder = made(runtime, precise)
        found = encoder.encode([check.text for check in checks], kind="query")
        agreement = float((found * np.stack([check.array() for check in checks])).sum(axis=1).min())
        if agreement >= agreements[runtime]:
            encoder.warning = warning
            return encoder
        if precise:
            warning = f"encoder_int8_inexact: check vectors agree to {agreement:.3f} only, using float32"
    raise EncoderDamaged(f"the encoder in {directory} does not give its stored check vectors")


class OnnxEncoder:
    """multilingual-e5-small over ONNX Runtime. Several threads may use it.

    Texts are cut at `max_tokens`: 96 rank as well as 128 and embed the shipped answers in half the time. Batches of
    eight texts of like length cost least: the weights are read for many, and what is worked on stays in the cache.
    """

    def __init__(
        self,
        model: Path,
        tokenizer: Path,
        *,
        identity: str,
        runtime: str,
        precise: bool = False,
        max_tokens: int = 96,
        batch: int = 8,
        cache: int = 4096,
        workers: int = 1,
    ) -> None:
        self._session = session_of(model, precise=precise)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.no_padding()
        self._batch = batch
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, "encoder", cores.same()) if workers > 1 else None
        self._memory = Memory(cache)
        self.dimensions = int(self._session.get_outputs()[0].shape[1])
        self.identity = identity
        self.runtime = runtime
        self.warning: str | None = None

    @classmethod
    def plain(cls, directory: Path) -> "OnnxEncoder":
        """The float32 graph of a directory whose manifest may not be written yet."""
        return cls(directory / PLAIN_FILE, directory / "tokenizer.json", identity="", runtime="fp32")

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        cache: int = 4096,
        prefer: Runtime = "int8",
        workers: int = 1,
    ) -> "OnnxEncoder":
        """Loads and checks; `workers` threads share many texts; see `opened`. Raises EncoderMissing or
        EncoderDamaged."""
        manifest = read_manifest(directory)

        def made(runtime: Runtime, precise: bool) -> OnnxEncoder:
            name = INT8_FILE if runtime == "int8" else PLAIN_FILE
            for needed in (name, "tokenizer.json"):
                if not (directory / needed).is_file():
                    raise EncoderMissing(f"{directory / needed} is missing: run `python -m bot.encoder.build`")
            return cls(
                directory / name,
                directory / "tokenizer.json",
                identity=manifest.encoder,
                runtime=runtime,
                precise=precise,
                cache=cache,
                workers=workers,
            )

        return opened(made, directory, manifest.checks, _AGREEMENTS, prefer)

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array:
        """Unit vectors, float32 (len(texts), dimensions), in the order of `texts`."""
        keys = [f"{kind}: {normal(text)}" for text in texts]
        return np.stack(self._memory.vectors(keys, self._run)) if keys else np.zeros((0, self.dimensions), np.float32)

    def _run(self, prompts: Sequence[str]) -> Array:
        vectors = np.empty((len(prompts), self.dimensions), np.float32)
        tokens = [found.ids for found in tokenized(self._tokenizer, prompts)]
        # Neighbours in length share a batch, so that little of it is padding; there is work for every worker.
        order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
        size = min(self._batch, max(_PAIR, -(-len(order) // self._workers)))
        batches = [order[start : start + size] for start in range(0, len(order), size)]

        def fill(chosen: list[int]) -> None:
            width = max(len(tokens[index]) for index in chosen)
            ids = np.full((len(chosen), width), _PAD, np.int64)
            mask = np.zeros((len(chosen), width), np.int64)
            for row, index in enumerate(chosen):
                ids[row, : len(tokens[index])] = tokens[index]
                mask[row, : len(tokens[index])] = 1
            vectors[chosen] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]

        if self._pool is not None and len(batches) > 1:
            # A session may be run from several threads; each batch fills rows of its own.
            list(self._pool.map(fill, reversed(batches)))
        else:
            for chosen in batches:
                fill(chosen)
        return vectors
