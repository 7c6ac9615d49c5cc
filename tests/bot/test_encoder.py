"""The artefact's description; the encoder itself where it has been built."""

from pathlib import Path

import numpy as np
import pytest

from bot.encoder.build import CHECK_TEXTS
from bot.encoder.manifest import Check, EncoderDamaged, EncoderManifest, EncoderMissing, read_manifest, sha256_of
from bot.encoder.runtime import OnnxEncoder, normal
from bot.encoder.weights import WeightsError, read_weights


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
