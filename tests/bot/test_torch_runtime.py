"""What surrounds sentence-transformers, without the library: prompts, cache, identity, and what finetuning trains on.
The library itself is held against the embedded runtime by tests/torch."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot.corpus import Corpus
from bot.corpus.nlu import Intent, TrainingData
from bot.detectors.kinds import LABELS, Detection
from bot.encoder.finetune import BATCH, batches, lessons
from bot.encoder.manifest import EncoderManifest, EncoderMissing
from bot.encoder.torch_runtime import TorchEncoder, identity_of_model
from bot.encoder.torch_weights import read_torch_weights


class Model:
    """Stands for a SentenceTransformer: a vector of letter counts, and a record of what was asked."""

    prompts = {"query": "query: ", "passage": "passage: "}  # noqa: RUF012
    max_seq_length = 512

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: list[str], **_: Any) -> np.ndarray:
        self.asked += texts
        counts = np.array([[text.count(letter) + 0.1 for letter in "aeiou"] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def test_texts_are_read_with_the_models_prompts_each_once() -> None:
    model = Model()
    encoder = TorchEncoder(model, identity="x")
    model.asked.clear()
    vectors = encoder.encode(["Ｈello", "Hello", "bye"])
    assert model.asked == ["query: Hello", "query: bye"]
    assert vectors[0].tolist() == vectors[1].tolist()
    encoder.encode(["bye"])
    encoder.encode(["bye"], "passage")
    assert model.asked == ["query: Hello", "query: bye", "passage: bye"]
    assert (encoder.dimensions, encoder.encode([]).shape) == (5, (0, 5))
    assert model.max_seq_length == 96


def test_a_model_is_known_by_its_manifest_its_weights_or_its_name(tmp_path: Path) -> None:
    assert identity_of_model("some/model") == identity_of_model("some/model") != identity_of_model("other/model")
    save_file({"a": np.zeros(2, np.float32)}, str(tmp_path / "model.safetensors"))
    by_weights = identity_of_model(str(tmp_path))
    save_file({"a": np.ones(2, np.float32)}, str(tmp_path / "model.safetensors"))
    assert identity_of_model(str(tmp_path)) != by_weights
    EncoderManifest("ours", "name", "MIT", 2, {}, ()).write(tmp_path)
    assert identity_of_model(str(tmp_path)) == "ours"


def test_without_torch_weights_our_directory_says_how_to_get_them(tmp_path: Path) -> None:
    EncoderManifest("ours", "name", "MIT", 2, {}, ()).write(tmp_path)
    with pytest.raises(EncoderMissing, match=r"torch-weights|not installed"):
        TorchEncoder.open(str(tmp_path))


def test_every_text_comes_once_an_epoch_and_logged_texts_take_part(small: Corpus) -> None:
    entries, texts = lessons(small, [("where are my coins", "deposit.missing"), ("x", "gone")])
    assert "query: where are my coins" in entries["deposit.missing"]
    found = list(batches(texts, 2))
    assert found == list(batches(texts, 2))
    assert all(0 < len(batch) <= BATCH for batch in found)
    taught = Counter(text for batch in found for text in batch)
    assert taught == Counter(texts * 2)
    assert {text.text for text in texts if text.entry is not None} == {text for own in entries.values() for text in own}


def test_wordings_of_intents_teach_their_label_and_questions_that_they_have_none(small: Corpus) -> None:
    intents = (
        Intent("handoff", "en", ("a person please",)),
        Intent("not_handoff", "en", ("who is the person in charge of listings",)),
        Intent("legal_advice", "en", ("can I sue him",)),
    )
    _, texts = lessons(replace(small, nlu=TrainingData(intents)), [])
    label = {text.text: None if text.label is None else LABELS[text.label] for text in texts if text.entry is None}
    assert label == {
        "query: a person please": Detection("handoff", "asked"),
        "query: who is the person in charge of listings": None,
        "query: can I sue him": Detection("boundary", "legal_advice"),
    }
    assert {text.label for text in texts if text.entry is not None} <= {0, None}


def test_weights_are_found_under_the_names_of_the_graph(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(
        '{"hidden_size": 2, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 3, "vocab_size": 4,'
        ' "max_position_embeddings": 5, "type_vocab_size": 1}',
        encoding="utf-8",
    )
    tensors = {
        "embeddings.word_embeddings.weight": np.arange(8, dtype=np.float32).reshape(4, 2),
        "embeddings.LayerNorm.bias": np.ones(2, np.float32),
        "encoder.layer.0.intermediate.dense.weight": np.full((3, 2), 7, np.float32),
        "encoder.layer.0.output.LayerNorm.weight": np.full(2, 5, np.float32),
    }
    save_file(tensors, str(tmp_path / "model.safetensors"))
    weights = read_torch_weights(tmp_path)
    assert (weights.dimensions.hidden, weights.dimensions.positions) == (2, 5)
    assert weights.blocked("emb.word", 4, 2).sum() == 28
    assert weights.dense("emb.ln.b", 2).tolist() == [1, 1]
    assert weights.blocked("l0.fi.w", 3, 2).max() == 7
    assert weights.dense("l0.oln.w", 2).tolist() == [5, 5]
