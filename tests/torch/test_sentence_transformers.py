"""The sentence-transformers engine held against the embedded runtime, with the real library on the shipped artefact."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bot.corpus import Corpus, Entry, load_corpus
from bot.corpus.nlu import TrainingData
from bot.encoder.build import CHECK_TEXTS
from bot.encoder.finetune import export, finetune, lessons, train
from bot.encoder.manifest import EncoderMissing
from bot.encoder.runtime import OnnxEncoder
from bot.encoder.torch_runtime import TorchEncoder
from bot.encoder.use import UseEncoder
from bot.engines import EngineSettings, engine_named
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Query

ROOT = Path(__file__).parents[2]
ENCODER = ROOT / "models" / "encoder"
_WORDINGS = 5


@pytest.fixture(scope="module")
def torch_encoder() -> TorchEncoder:
    """Needs `honeydesk encoder build --torch-weights`."""
    return TorchEncoder.open(str(ENCODER))


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Every entry, with so few wordings that torch embeds them in minutes."""
    whole = load_corpus(ROOT / "faq_corpus")
    return replace(whole, entries={entry.id: with_few_wordings(entry) for entry in whole.entries.values()})


def with_few_wordings(entry: Entry) -> Entry:
    locales = {tag: replace(own, similar=own.similar[:_WORDINGS]) for tag, own in entry.locales.items()}
    return replace(entry, locales=locales)


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
    torch_encoder: TorchEncoder, rows: list[tuple[str, str]]
) -> None:
    """On the whole corpus, as it is asked: with few wordings an entry margins are so thin that one in fourteen moves.
    The float32 graph, which is torch's to 1e-4, stands for it: torch would embed for half an hour."""
    int8 = OnnxEncoder.open(ENCODER)
    texts = [text for text, _ in rows]
    cosines = (int8.encode(texts) * torch_encoder.encode(texts)).sum(axis=1)
    # The adapter's matrices lose a little more: one text of 818 was at .988.
    assert np.quantile(cosines, 0.01) >= 0.99
    assert cosines.min() >= 0.98
    cheap = UseEncoder.open(ENCODER.with_name("encoder-use"))
    whole = load_corpus(ROOT / "faq_corpus")
    queries = [Query(*row) for row in rows]
    told = [
        [
            found.candidates[0].entry_id
            for found in EmbeddedEngine(cheap, dear).index(whole, date.today()).rank(queries, 1)
        ]
        for dear in (int8, OnnxEncoder.open(ENCODER, prefer="fp32"))
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


def test_what_is_learned_is_in_both_runtimes_and_taken_only_if_it_helps(corpus: Corpus, tmp_path: Path) -> None:
    base = tmp_path / "encoder"
    shutil.copytree(ENCODER, base)
    shutil.copytree(ENCODER.with_name("encoder-use"), tmp_path / "encoder-use")
    few = replace(corpus, entries=dict(list(corpus.entries.items())[:8]), nlu=TrainingData())
    entries, texts = lessons(few, [])
    out = tmp_path / "tuned"
    export(train(TorchEncoder.open(str(base), cache=0).model, entries, texts, 1, quiet=True), base, out)
    asked = [text for own in entries.values() for text in own[:4]]
    learned, plain = TorchEncoder.open(str(out)), OnnxEncoder.open(out, prefer="fp32")
    assert np.abs(learned.encode(asked) - plain.encode(asked)).max() < 1e-4
    assert np.abs(learned.encode(asked) - OnnxEncoder.open(base, prefer="fp32").encode(asked)).max() > 1e-3
    assert learned.identity == plain.identity != OnnxEncoder.open(base).identity
    # Every question is found already: nothing can rise.
    known = [(own.question, entry.id, tag) for entry in few.entries.values() for tag, own in entry.locales.items()]
    told = finetune(base, tmp_path / "again", few, known, epochs=1, quiet=True)
    assert (told["taken"], told["r1_before"], told["out"]) == (False, 1.0, None)
    assert not (tmp_path / "again").exists()
