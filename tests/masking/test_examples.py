"""Labelled examples: every secret made up for this file, every harmless text of the kind customers send daily."""

import json
from pathlib import Path

import pytest

from app.masking import mask

FOLDER = Path(__file__).parent
POSITIVES = [json.loads(line) for line in (FOLDER / "positives.jsonl").read_text(encoding="utf-8").splitlines()]
NEGATIVES = json.loads((FOLDER / "negatives.json").read_text(encoding="utf-8"))


def test_there_are_enough_examples_of_every_kind() -> None:
    assert len(POSITIVES) >= 150
    assert len(NEGATIVES) >= 140
    assert {example["kind"] for example in POSITIVES} == {
        "seed_phrase", "private_key", "otp", "password", "card", "api_secret", "identity_number", "two_factor_key",
    }  # fmt: skip


@pytest.mark.parametrize("example", POSITIVES, ids=lambda example: example["text"][:40])
def test_the_secret_is_gone_and_named(example: dict[str, str]) -> None:
    masked = mask(example["text"])
    assert example["secret"] not in masked.text
    assert example["kind"] in masked.kinds
    assert f"⟦masked:{example['kind']}⟧" in masked.text


@pytest.mark.parametrize("example", POSITIVES, ids=lambda example: example["text"][:40])
def test_the_secret_is_gone_inside_a_longer_message(example: dict[str, str]) -> None:
    masked = mask(f"Hello there.\n{example['text']}\n谢谢，麻烦尽快处理。")
    assert example["secret"] not in masked.text


@pytest.mark.parametrize("text", NEGATIVES, ids=lambda text: text[:40])
def test_harmless_text_stays(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).kinds == ()
