"""The bot asked from the command line: each text is a conversation of its own, without server, store or socket.

The same steps as a turn on the socket: secrets are masked first, the masked text is looked at and ranked, entities are
read. `Asked` in, one plain dict out; its names are a contract (docs/reference/bot-cli.md).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, assert_never

from app.bots import models_folder, rasa_environment, rasa_folder
from app.masking import mask
from app.publishing import corpus_folder
from app.settings import Settings
from bot.corpus import load_corpus
from bot.detectors.classifier import classifier_for
from bot.engines import EngineSettings, engine_named
from bot.entities import Entity, extract
from bot.evaluation.rows import RowsError, objects, text_of
from bot.forms import load_forms
from bot.service import Bot
from bot.verdicts import (
    Answered,
    AskedAgain,
    BotContext,
    Chatted,
    Clarified,
    Emergency,
    FormAsked,
    FormEnded,
    FormFilled,
    HandedOff,
    Refused,
    Verdict,
)

# What rows call a language and the corpus calls otherwise.
_LOCALES = {"zh": "zh-CN", "zh-hans": "zh-CN", "zh-hant": "zh-TW", "zh-cn": "zh-CN", "zh-tw": "zh-TW", "zh-hk": "zh-TW"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One text, the locale of the page it is written on, and the moment from which "yesterday" is counted."""

    text: str
    locale: str
    moment: datetime

    @classmethod
    def now(cls, text: str, locale: str) -> Asked:
        return cls(text, locale_of(locale), datetime.now(UTC))


def locale_of(tag: str) -> str:
    """The corpus's tag for a row's: `zh` is zh-CN, `en-GB` is en."""
    known = _LOCALES.get(tag.lower())
    return known if known is not None else tag.split("-", 1)[0].lower()


def read_asked(path: Path, locale: str) -> list[Asked]:
    """Rows `{text, lang?, now?}`. Raises RowsError."""
    found = []
    for place, row in objects(path):
        moment = datetime.now(UTC)
        if row.get("now") is not None:
            try:
                moment = datetime.fromisoformat(text_of(row, "now", place))
            except ValueError as error:
                raise RowsError(f"{place}: `now` is no ISO 8601 time: {error}") from error
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        tag = text_of(row, "lang", place) if row.get("lang") else locale
        found.append(Asked(text_of(row, "text", place), locale_of(tag), moment))
    return found


def engine_settings(settings: Settings | None = None) -> EngineSettings:
    """The artefacts that `make setup` built; the vectors of the shipped corpus are read and not written."""
    settings = settings or Settings()
    models = models_folder(settings)
    return EngineSettings(
        models / "encoder",
        models / "gate" / "manifest.json",
        models / "index",
        rasa=rasa_folder(settings),
        keep=False,
        venv=rasa_environment(settings),
        exam=corpus_folder(settings) / "eval",
        patient=True,
    )


def finetuned(out: Path, base: Path | None, corpus: Path | None, pairs: Path | None, epochs: int) -> dict[str, Any]:
    """`bot.encoder.finetune` on a corpus folder and its held-out paraphrases. Raises RowsError, EncoderMissing."""
    from bot.encoder.finetune import finetune

    settings = Settings()
    folder = corpus or corpus_folder(settings)
    knowledge = load_corpus(folder)
    logged = [(text_of(row, "text", at), text_of(row, "entry", at)) for at, row in objects(pairs)] if pairs else []
    held = [
        (text_of(row, "text", at), text_of(row, "entry", at), text_of(row, "locale", at))
        for path in sorted((folder / "eval").glob("paraphrases*.jsonl"))
        for at, row in objects(path)
        if row.get("entry") in knowledge.entries
    ]
    if not held:
        raise RowsError(f"{folder}/eval has no paraphrases to judge by")
    return finetune(base or models_folder(settings) / "encoder", out, knowledge, held, logged, epochs=epochs)


class Asker:
    """A bot on a corpus."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @classmethod
    def open(cls, engine: str, corpus: Path | None = None) -> Asker:
        """Loads engine and corpus (seconds). Raises EngineFailed, EncoderMissing, CorpusError.

        `rasa` without a live server is an error here: the fall-back's answers would pass for Rasa's."""
        settings = Settings()
        chosen = engine_settings(settings)
        if engine == "rasa":
            from bot.engines.rasa import must_be_live

            must_be_live(chosen.rasa, chosen.venv)
        ranked, gate = engine_named(engine, chosen)
        folder = corpus or corpus_folder(settings)
        knowledge = replace(load_corpus(folder), demo=settings.demo_values)
        forms = load_forms(folder / "forms")
        classifier = classifier_for(ranked, models_folder(settings))
        asker = cls(Bot(ranked, gate, knowledge, day=date.today(), forms=forms, classifier=classifier))
        # The first text of a process pays for what is compiled and read on first use; it is nobody's.
        asker.ask(Asked.now("warm up", "en"))
        return asker

    @property
    def warning(self) -> str | None:
        """What is wrong with the engine by now."""
        return self._bot.warning

    def ask(self, asked: Asked) -> dict[str, Any]:
        """The verdict on a first message as plain data. Raises EngineFailed."""
        began = time.perf_counter()
        masked = mask(asked.text).text
        # A customer who is signed in: whoever is not is never asked for the particulars of his case.
        verdict = self._bot.reply(masked, BotContext(asked.locale, verified=True, now=asked.moment))
        entities = extract(asked.text, now=asked.moment, locale=asked.locale)
        took = (time.perf_counter() - began) * 1000
        return {
            "text": asked.text,
            **_told(verdict),
            # What masking removed is a secret, whatever else it looks like.
            "entities": [_entity(found) for found in entities if found.value in masked],
            "version": self._bot.version,
            "ms": round(took, 3),
            "masked": masked,
        }


def _entity(found: Entity) -> dict[str, Any]:
    return {"type": found.type, "value": found.value, "normalised": found.normalised, "valid": found.valid}


def _told(verdict: Verdict) -> dict[str, Any]:
    """Decision, entry, confidence, intent and reason; `choices` are the entries offered, best first."""
    told: dict[str, Any] = {"decision": "", "entry": None, "confidence": None, "intent": None, "reason": None}
    match verdict:
        case Answered(entry_id=entry_id, confidence=confidence):
            told |= {"decision": "answer", "entry": entry_id, "intent": _category(entry_id)}
            told["confidence"] = _rounded(confidence)
        case Clarified(choices=choices, confidence=confidence):
            first = choices[0].entry_id
            told |= {"decision": "clarify", "entry": first, "intent": _category(first)}
            told |= {"confidence": _rounded(confidence), "choices": [choice.entry_id for choice in choices]}
        case AskedAgain(confidence=confidence):
            told |= {"decision": "ask_again", "confidence": _rounded(confidence)}
        case HandedOff(reason=reason, confidence=confidence):
            told |= {"decision": "handoff", "reason": reason, "confidence": _rounded(confidence)}
            told["intent"] = "handoff" if reason == "asked" else None
        case Emergency(kind=kind):
            told |= {"decision": "emergency", "intent": f"emergency_{kind}"}
        case Refused(boundary=boundary):
            told |= {"decision": "refuse", "intent": boundary, "reason": boundary}
        case Chatted(topic=topic):
            told |= {"decision": "chat", "intent": topic}
        case FormAsked(form=form) | FormFilled(form=form) | FormEnded(form=form):
            told |= {"decision": "form", "intent": form.name}
        case _:
            assert_never(verdict)
    return told


def _category(entry_id: str) -> str:
    return entry_id.split(".", 1)[0]


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 4)
