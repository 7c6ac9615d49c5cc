"""The sentence-transformers engine held against the embedded runtime, with the real library on the shipped artefact."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bot.corpus import Corpus, load_corpus
from bot.encoder.build import CHECK_TEXTS
from bot.encoder.manifest import EncoderMissing
from bot.encoder.runtime import OnnxEncoder
from bot.encoder.torch_runtime import TorchEncoder
from bot.encoder.use import UseEncoder
from bot.engines import EngineSettings, engine_named
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Query

ROOT = Path(__file__).parents[2]
ENCODER = ROOT / "models" / "encoder"


@pytest.fixture(scope="module")
def torch_encoder() -> TorchEncoder:
    """Needs `honeydesk encoder build --torch-weights`."""
    return TorchEncoder.open(str(ENCODER))


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(ROOT / "faq_corpus")


@pytest.fixture(scope="module")
def rows(corpus: Corpus) -> list[tuple[str, str]]:
    """The regression set: every third held-out paraphrase."""
    lines = [
        json.loads(line)
        for path in sorted((ROOT / "faq_corpus" / "eval").glob("paraphrases*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [(line["text"], line["locale"]) for line in lines if line["entry"] in corpus.entries][::3]


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_torch_and_the_float32_graph_agree(torch_encoder: TorchEncoder, kind: str) -> None:
    plain = OnnxEncoder.open(ENCODER, prefer="fp32").encode(CHECK_TEXTS, kind)  # type: ignore[arg-type]
    ours = torch_encoder.encode(CHECK_TEXTS, kind)  # type: ignore[arg-type]
    assert np.abs(plain - ours).max() < 1e-4
    assert torch_encoder.identity == OnnxEncoder.open(ENCODER).identity


def test_quantised_vectors_agree_and_choose_the_same_entries(
    torch_encoder: TorchEncoder, corpus: Corpus, rows: list[tuple[str, str]]
) -> None:
    int8 = OnnxEncoder.open(ENCODER)
    texts = [text for text, _ in rows]
    assert (int8.encode(texts) * torch_encoder.encode(texts)).sum(axis=1).min() >= 0.99
    second = UseEncoder.open(ENCODER.with_name("encoder-use"))
    queries = [Query(*row) for row in rows]
    told = [
        [
            found.candidates[0].entry_id
            for found in EmbeddedEngine(leading, second).index(corpus, date.today()).rank(queries, 1)
        ]
        for leading in (int8, torch_encoder)
    ]
    same = np.mean([left == right for left, right in zip(*told, strict=True)])
    assert same >= 0.97


def test_the_engine_reads_the_artefact_and_keeps_the_shipped_gate() -> None:
    settings = EngineSettings(ENCODER, ROOT / "models" / "gate" / "manifest.json")
    engine, gate = engine_named(f"sentence-transformers:{ENCODER}", settings)
    assert (engine.name, engine.warning) == ("sentence-transformers", None)
    assert gate.thresholds("en") is not None


def test_a_model_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing):
        TorchEncoder.open(str(tmp_path / "absent"))
