"""Whole sentences as customers type them, most of which merely look as if they held something, each with all that is
to be found in it: written by reviewers who wanted to mislead the extractor."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.entities import extract

NOW = datetime(2026, 3, 12, 15, 30)
PLACES = {
    "{T}": "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
    "{B}": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "{E}": "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    "{H}": "0xc5e389416116e3696cce82ec4533cce33efccb24ce245ae9546a4b8f0d5e9a75",
}
"""An address each of TRON, Bitcoin and Ethereum, and a transaction."""
SENTENCES = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "entity_sentences.tsv").read_text(encoding="utf-8").splitlines()
]
"""Locale, text, and what is in it."""


@pytest.mark.parametrize(("locale", "text", "wanted"), SENTENCES, ids=[text for _, text, _ in SENTENCES])
def test_a_sentence_holds_what_it_says_and_nothing_else(locale: str, text: str, wanted: str) -> None:
    for place, address in PLACES.items():
        text, wanted = text.replace(place, address), wanted.replace(place, address)
    found = [f"{entity.type}={entity.normalised}" for entity in extract(text, now=NOW, locale=locale)]
    assert sorted(found) == sorted(wanted.split())
