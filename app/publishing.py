"""The published corpus: versions as documents in the store, and one pointer to the version in use."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from app.db.port import Store
from app.settings import Settings
from bot.corpus import Corpus, from_document, load_corpus, to_document
from bot.inference import Worker

log = logging.getLogger(__name__)

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


CANNED = "canned"
"""Document: the agents' canned replies, ``[{id, title, text, locale}]``."""


async def canned_replies(store: Store, settings: Settings) -> None:
    """At first start the seed's canned replies are stored; afterwards the store is the truth."""
    path = corpus_folder(settings) / "canned.yml"
    if await store.document(CANNED) is not None or not await asyncio.to_thread(path.is_file):
        return
    rows = yaml.safe_load(await asyncio.to_thread(path.read_text, "utf-8"))
    await store.save_document(CANNED, canned_from(rows))


def canned_from(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The file's rows, one per locale."""
    return [
        {"id": f"{row['id']}.{locale}", "title": own["title"], "text": own["text"], "locale": locale}
        for row in rows
        for locale, own in row["locales"].items()
    ]


FOLLOW_EVERY = 2.0
"""Seconds between two looks at the pointer: a version published elsewhere is live within seconds."""


async def follow(store: Store, settings: Settings, worker: Worker) -> None:
    """Swap in what another process published, and begin each day with that day's valid entries. Until cancelled."""
    while True:
        await asyncio.sleep(FOLLOW_EVERY)
        try:
            version = await store.document(PUBLISHED)
            today = date.today()
            if version is None or (version == worker.front.version and today == worker.front.day):
                continue
            corpus = await published_corpus(store, settings)
            await worker.publish(corpus, day=today)
            log.info("corpus swapped", extra={"version": corpus.version})
        except Exception:
            # The old corpus stays in use; the next look tries again.
            log.exception("the published corpus could not be taken over")
