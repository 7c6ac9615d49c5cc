"""The published corpus: versions as documents in the store, and one pointer to the version in use."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from app.db.port import Store
from app.settings import Settings
from bot.corpus import Corpus, from_document, load_corpus, to_document

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = "corpus:published"
"""Document: the version in use."""


def corpus_folder(settings: Settings) -> Path:
    return settings.corpus_dir or ROOT / "faq_corpus"


def version_key(version: str) -> str:
    return f"corpus:version:{version}"


async def published_corpus(store: Store, settings: Settings) -> Corpus:
    """The published corpus; at first start the seed files are imported and published."""
    version = await store.document(PUBLISHED)
    if version is None:
        corpus = await asyncio.to_thread(load_corpus, corpus_folder(settings))
        await publish(store, corpus)
    else:
        document = await store.document(version_key(version))
        if document is None:
            raise RuntimeError(f"the published corpus {version} is not in the store")
        corpus, _ = from_document(document, version=version)
    return replace(corpus, demo=settings.demo_values)


async def publish(store: Store, corpus: Corpus) -> None:
    """Store a version and point to it: the pointer is the publication, another one is the roll-back."""
    await store.save_document(version_key(corpus.version), to_document(corpus))
    await store.save_document(PUBLISHED, corpus.version)
