"""The artefact's description; the encoder itself where it has been built."""

from pathlib import Path

import numpy as np
import pytest

from bot.encoder.build import CHECK_TEXTS
from bot.encoder.manifest import Check, EncoderDamaged, EncoderManifest, EncoderMissing, read_manifest, sha256_of
from bot.encoder.pieces import native_tokenizer
from bot.encoder.runtime import OnnxEncoder, normal
from bot.encoder.use import UseEncoder
from bot.encoder.weights import WeightsError, read_weights
from bot.encoder.wheels import BuildError, hold_to

SECOND = Path(__file__).parents[2] / "models" / "encoder-use"


def manifest(files: dict[str, str]) -> EncoderManifest:
    vector = np.array([0.6, 0.8], np.float32)
    return EncoderManifest("id", "name", "MIT", 2, files, (Check.of("text", vector),))


def test_the_manifest_reads_back_with_its_vectors(tmp_path: Path) -> None:
    manifest({"a": "b"}).write(tmp_path)
    again = read_manifest(tmp_path)
    assert again == manifest({"a": "b"})
    assert again.checks[0].array().tolist() == pytest.approx([0.6, 0.8])


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"one")
    described = manifest({"weights": sha256_of(tmp_path / "weights")})
    assert described.intact(tmp_path)
    (tmp_path / "weights").write_bytes(b"two")
    assert not described.intact(tmp_path)
    (tmp_path / "weights").unlink()
    assert not described.intact(tmp_path)


def test_a_missing_or_damaged_encoder_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing) as missing:
        OnnxEncoder.open(tmp_path)
    assert missing.value.code == "encoder_missing"
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderDamaged):
        read_manifest(tmp_path)


def test_foreign_weights_are_refused() -> None:
    with pytest.raises(WeightsError):
        read_weights(b"GGUF" + bytes(100))


def test_texts_are_compared_by_their_normal_form() -> None:
    assert normal(" Ｕ\u3000SDT\n没到 ") == "U SDT 没到"


def test_check_texts_are_ten_and_of_many_scripts() -> None:
    assert len(set(CHECK_TEXTS)) == 10


def test_a_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wheel").write_bytes(b"one")
    hold_to(tmp_path / "wheel", sha256_of(tmp_path / "wheel"))
    with pytest.raises(BuildError, match="expected"):
        hold_to(tmp_path / "wheel", "0" * 64)


def test_what_is_no_sentencepiece_model_is_refused() -> None:
    with pytest.raises(ValueError, match="sentencepiece"):
        native_tokenizer(b"")
    with pytest.raises(ValueError, match="protobuf"):
        native_tokenizer(b"\xff\xff")


def test_the_second_encoder_reads_any_text_and_no_neighbour_changes_it() -> None:
    encoder = UseEncoder.open(SECOND, cache=0, prefer="fp32")
    texts = ["提币没到账", "", "👍", "my withdrawal has not arrived", "x" * 5000, " \n"]
    together = encoder.encode(texts)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-4)
    for text, vector in zip(texts, together, strict=True):
        assert encoder.encode([text])[0] == pytest.approx(vector, abs=1e-4)
    near = encoder.encode(["withdrawal not received", "how is the weather"]) @ together[3]
    assert near[0] > near[1] + 0.2


def test_quantised_the_second_encoder_sees_nearly_the_same() -> None:
    texts = ["提币没到账", "👍", "my withdrawal has not arrived", "how do I reset 2fa"]
    exact = UseEncoder.open(SECOND, cache=0, prefer="fp32").encode(texts)
    encoder = UseEncoder.open(SECOND, cache=0)
    assert encoder.runtime == "int8"
    # Activations share one scale a batch, so neighbours do change a vector, by very little.
    for found in (encoder.encode(texts), np.concatenate([encoder.encode([text]) for text in texts])):
        assert (found * exact).sum(axis=1) == pytest.approx(np.ones(len(texts)), abs=5e-3)


def test_a_missing_second_encoder_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing):
        UseEncoder.open(tmp_path)
