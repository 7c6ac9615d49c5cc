"""One turn between a conversation and the bot, as values: what the bot is asked, and the event its verdict becomes.

Pure but for the bot that is read. ``Answering`` performs a turn against the store; stories are walked in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from app.masking.masker import TOKEN
from bot.corpus import Corpus
from bot.front import Front
from bot.phrases import phrase
from bot.verdicts import (
    AnswerButton,
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
from conversation import Conversation
from conversation.events import (
    BotAnswered,
    BotAskedAgain,
    BotClarified,
    BotFormAsked,
    BotFormDone,
    BotGaveUp,
    BotHadNothing,
    BotSilent,
    EmergencyRaised,
    Event,
    Route,
)
from conversation.states import WithBot

LISTED = 8
"""Entries shown of a category that was clicked."""


def question(texts: Iterable[str]) -> str:
    """What the customer wrote since somebody last answered, as one question. What stands for a removed secret is no
    word of his: its letters would pass for English."""
    return TOKEN.sub("", "\n".join(texts)).strip()


def context(c: Conversation, now: datetime) -> BotContext:
    """``now``: the server's clock, which times are told from. While he waits for a person no form begins."""
    if isinstance(c.state, WithBot):
        return BotContext(c.locale, c.state.misses, c.state.clarified, c.state.form, c.verified, now=now)
    return BotContext(c.locale, verified=c.verified, may_ask=False, now=now)


def glance(c: Conversation | None, locale: str, now: datetime) -> BotContext:
    """For the look at a message before it is stored: a form in progress counts, since what merely replies to it is no
    wish for a person; none begins."""
    form = c.state.form if c is not None and isinstance(c.state, WithBot) else None
    return BotContext(locale, form=form, now=now if form is not None else None)


def clicked(bot: Front, locale: str, *, entry: str = "", category: str = "") -> Verdict | None:
    """What is behind a choice or a heading that was clicked; None when nothing is, or nothing any more: then the words
    on it are a question like any other."""
    answered = bot.answer_entry(entry, locale) if entry else None
    if answered is not None:
        return answered
    entries = bot.category_entries(category, locale) if category else []
    if not entries:
        return None
    return Clarified(tuple(entries[:LISTED]), phrase(bot.corpus, "clarify", locale), locale, 1.0, bot.version)


def event(
    turn: int, verdict: Verdict | None, corpus: Corpus, *, waiting: bool, route: Callable[[bool], Route]
) -> Event:
    """What happens to the conversation. ``verdict`` None: the bot failed. ``waiting``: he is not with the bot any more,
    and it speaks only when it has something to say. ``route`` (told whether it is an emergency) is asked only when he
    goes to a person. Raises AssertionError for a filled form: it is looked up first."""
    match verdict:
        case None:
            return BotSilent(turn, route(False), broken=True)
        case Answered():
            return _answered(turn, verdict)
        case Chatted(_, text, locale):
            return BotAnswered(turn, text, "chat", locale=locale)
        case Refused(_, text, locale):
            return BotAnswered(turn, text, "refusal", locale=locale)
        case Emergency(kind, checklist, _):
            return EmergencyRaised(kind, route(True), checklist)
        case HandedOff("asked", _, locale) if waiting:
            return BotAnswered(turn, phrase(corpus, "already_queued", locale), "chat", locale=locale)
        case Clarified() | AskedAgain() | HandedOff() | FormAsked() | FormEnded() if waiting:
            return BotHadNothing(turn)
        case FormAsked(form, text, locale, buttons):
            return BotFormAsked(turn, text, form, _buttons(buttons), locale)
        case FormEnded(form, outcome, text, locale, buttons, facts):
            return BotFormDone(turn, text, form, outcome, facts, _buttons(buttons), locale)
        case FormFilled():
            raise AssertionError("a filled form is looked up before its verdict is written")
        case Clarified(choices, text, _, confidence, version):
            offered = tuple({"kind": "entry", "label": x.title, "id": x.entry_id} for x in choices)
            return BotClarified(turn, text, offered, confidence, version)
        case AskedAgain(text, _, confidence, version):
            return BotAskedAgain(turn, text, confidence, version)
        case HandedOff(reason, _, _, confidence, version):
            return BotGaveUp(turn, reason, route(False), confidence, version)


def _answered(turn: int, verdict: Answered) -> BotAnswered:
    buttons = list(_buttons(verdict.buttons))
    if verdict.offer_person and not any(b["kind"] == "handoff" for b in buttons):
        buttons.append({"kind": "handoff", "label": ""})
    return BotAnswered(
        turn=turn,
        text=verdict.markdown,
        kind="entry",
        entry=verdict.entry_id,
        version=verdict.version,
        confidence=verdict.confidence,
        buttons=tuple(buttons),
        related=tuple({"kind": "entry", "label": r.title, "id": r.entry_id} for r in verdict.related),
        locale=verdict.locale,
        resumes=verdict.resumes,
    )


def _buttons(buttons: Sequence[AnswerButton]) -> tuple[dict[str, str], ...]:
    return tuple(_button(b.kind, b.label, b.target) for b in buttons)


def _button(kind: str, label: str, target: str) -> dict[str, str]:
    match kind:
        case "entry":
            return {"kind": kind, "label": label, "id": target}
        case "link":
            return {"kind": kind, "label": label, "url": target}
        case _:
            return {"kind": kind, "label": label}
