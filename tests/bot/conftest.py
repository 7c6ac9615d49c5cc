"""A small corpus on which everything about the bot can be told exactly."""

from datetime import date

import pytest

from bot.corpus import Corpus
from bot.corpus.document import from_document
from bot.engines.toy import ToyEngine, ToyGate
from bot.language import LanguageDetector
from bot.service import Bot

TODAY = date(2026, 11, 20)


def row(entry_id: str, zh: tuple[str, ...], en: tuple[str, ...], answer: str, **more: object) -> dict[str, object]:
    """One entry as plain data: phrasings by locale (the first is the standard question) and one answer for both."""
    return {
        "id": entry_id,
        "owner": "wallet",
        "reviewed": "2026-11-15",
        "locales": {
            "zh-CN": {"question": zh[0], "similar": list(zh[1:]), "answer": answer},
            "en": {"question": en[0], "similar": list(en[1:]), "answer": answer},
        },
        **more,
    }


def small_document() -> dict[str, object]:
    """Four entries, two of them easily taken for one another."""
    return {
        "entries": [
            row(
                "withdraw.pending",
                ("提币一直处理中怎么办", "提现两小时没到账"),
                ("My withdrawal is still pending", "withdrawal stuck"),
                "Reviews take up to {{review_hours}} hours. See {{help_url}}.",
                related=["withdraw.cancel", "withdraw.gone"],
                buttons=[
                    {"kind": "entry", "entry": "withdraw.cancel"},
                    {"kind": "link", "url": "{{help_url}}", "label": {"en": "Help"}},
                    {"kind": "handoff"},
                ],
            ),
            row("withdraw.cancel", ("怎么取消提币",), ("How do I cancel a withdrawal",), "Open it and choose Cancel."),
            row(
                "deposit.missing",
                ("充值没到账怎么办",),
                ("My deposit has not arrived",),
                "Look up the transaction.",
                sensitive=True,
            ),
            row("fees.table", ("手续费多少",), ("What are the fees",), "{{fee_unset}} percent."),
        ],
        "variables": {
            "review_hours": {"demo": "24"},
            "help_url": {"demo": "https://help.example.com"},
            "fee_unset": {"demo": None},
        },
        "categories": [{"id": "deposit", "titles": {"zh-CN": "充值", "en": "Deposits"}, "greeting": True}],
    }


def corpus_of(document: dict[str, object], version: str | None = None) -> Corpus:
    corpus, problems = from_document(document, version=version)
    assert not problems
    return corpus


@pytest.fixture
def small() -> Corpus:
    return corpus_of(small_document(), "v1")


@pytest.fixture(scope="session")
def languages() -> LanguageDetector:
    """Loaded once: it is pure afterwards."""
    return LanguageDetector()


@pytest.fixture
def bot(small: Corpus, languages: LanguageDetector) -> Bot:
    return Bot(ToyEngine(), ToyGate(), small, day=TODAY, languages=languages)
