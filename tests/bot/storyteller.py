"""Walks a story through the bot as the desk does: the same life cycle, the same pure steps of a turn, no store, no
socket and no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.desk import turns
from app.masking import mask
from bot.forms import Looked, Reply
from bot.service import Bot
from bot.verdicts import FormFilled, HandedOff, Verdict
from conversation import Late, Policy, start, step
from conversation.events import (
    BotAnswered,
    BotAskedAgain,
    BotClarified,
    BotFormAsked,
    BotFormDone,
    BotGaveUp,
    BotHadNothing,
    CustomerWrote,
    EmergencyRaised,
    Event,
    Opened,
    Route,
    ToQueue,
)
from conversation.states import WithBot, open_turn
from tests.bot.stories import Expected, Step, Story

POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Told:
    """What the customer got from one turn."""

    decision: str
    text: str = ""
    entry: str = ""
    reason: str = ""
    choices: tuple[str, ...] = ()
    form: str = ""
    asks: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[Mapping[str, Any], ...] = ()
    confidence: float | None = None

    def __str__(self) -> str:
        named = (
            ("", self.entry),
            ("", self.reason),
            ("", " ".join(self.choices)),
            ("", self.form),
            ("asks ", self.asks),
        )
        parts = [self.decision, *(f"{name}{value}" for name, value in named if value)]
        parts += [f"{self.confidence:.2f}"] if self.confidence is not None else []
        return f"{', '.join(parts)}: {' '.join(self.text.split())[:80]}"


class Storyteller:
    """One conversation, from its first message on."""

    def __init__(self, bot: Bot, story: Story) -> None:
        self._bot = bot
        self._story = story
        self._at = story.now.timestamp()
        opened = Opened("customer", "general", story.locale, verified=story.verified)
        self._conversation = start(story.id, opened, self._at, POLICY)
        self._offered: set[str] = set()

    def tell(self, row: Step) -> Told:
        """One turn of the customer's, and what he gets."""
        if row.click:
            assert row.click in self._offered, f"{row.click} was not offered: {sorted(self._offered)}"
            known = self._bot.answer_entry(row.click, self._conversation.locale)
            title = known.title if known is not None else row.click
            self._happens(CustomerWrote(title, entry=row.click))
            text = turns.question([title])
        else:
            masked = [mask(text) for text in row.texts]
            for one in masked:
                self._happens(CustomerWrote(one.text, masked=one.kinds))
            text = turns.question(one.text for one in masked)
        verdict = self._verdict(text, row)
        turn = open_turn(self._conversation.state)
        assert turn is not None, "the bot is not asked any more"
        waiting = not isinstance(self._conversation.state, WithBot)
        event = turns.event(turn.number, verdict, self._bot.corpus, waiting=waiting, route=self._route)
        self._happens(event)
        told = _told(event, verdict)
        self._offered = {*told.choices, *(str(b["id"]) for b in told.buttons if b["kind"] == "entry")}
        return told

    def _verdict(self, text: str, row: Step) -> Verdict:
        clicked = turns.clicked(self._bot, self._conversation.locale, entry=row.click)
        if clicked is not None:
            return clicked
        verdict = self._bot.reply(text, turns.context(self._conversation, self._story.now))
        return self._bot.conclude(verdict, _looked(row)) if isinstance(verdict, FormFilled) else verdict

    def _happens(self, event: Event) -> None:
        stepped = step(self._conversation, event, self._at, POLICY)
        assert not isinstance(stepped, Late), stepped
        self._conversation = stepped.conversation

    def _route(self, emergency: bool) -> Route:
        return ToQueue("general", self._story.locale, self._at, self._at + POLICY.max_wait, lane=0 if emergency else 1)


def _looked(row: Step) -> Looked:
    if row.system == "failed":
        return "failed"
    return "none" if isinstance(row.system, str) else Reply(row.system)


def _told(event: Event, verdict: Verdict) -> Told:
    match event:
        case BotAnswered(text=text, kind="entry", entry=entry, confidence=confidence):
            buttons = (*event.buttons, *event.related)
            return Told("answer", text, entry or "", buttons=buttons, confidence=confidence)
        case BotAnswered(text=text, kind="chat"):
            return Told("chat", text, reason=getattr(verdict, "topic", "asked"))
        case BotAnswered(text=text):
            return Told("refuse", text, reason=getattr(verdict, "boundary", ""))
        case BotClarified(text=text, choices=choices, confidence=confidence):
            return Told("clarify", text, choices=tuple(str(c["id"]) for c in choices), confidence=confidence)
        case BotAskedAgain(text=text, confidence=confidence):
            return Told("ask_again", text, confidence=confidence)
        case BotFormAsked(text=text, form=form):
            return Told("form", text, form=form.name, asks=form.asked, slots=dict(form.slots), buttons=event.buttons)
        case BotFormDone(text=text, form=form, outcome=outcome):
            slots = dict(form.slots)
            return Told("form", text, reason=outcome, form=form.name, slots=slots, buttons=event.buttons)
        case BotGaveUp(reason=reason, confidence=confidence):
            text = verdict.text if isinstance(verdict, HandedOff) else ""
            return Told("handoff", text, reason=reason, confidence=confidence)
        case EmergencyRaised(kind=kind, checklist=checklist):
            return Told("emergency", checklist, reason=kind)
        case BotHadNothing():
            return Told("silent")
    raise AssertionError(f"no reply of the bot: {event}")


def wrong(expected: Expected, told: Told) -> Iterator[str]:
    """What does not hold, one sentence each."""
    if expected.decisions and told.decision not in expected.decisions:
        yield f"decision should be {_or(expected.decisions)}"
    if told.decision in expected.not_decisions:
        yield f"decision must not be {told.decision}"
    if expected.entries and told.decision in ("answer", "clarify"):
        given = {told.entry} if told.decision == "answer" else set(told.choices)
        if not given & set(expected.entries):
            yield f"entry should be {_or(expected.entries)}"
    if expected.reasons and told.reason not in expected.reasons:
        yield f"reason should be {_or(expected.reasons)}, not {told.reason or 'nothing'}"
    for name in ("form", "asks"):
        wanted, got = getattr(expected, name), getattr(told, name)
        if wanted and wanted != got:
            yield f"{name} should be {wanted}, not {got or 'nothing'}"
    if missing := set(expected.choices) - set(told.choices):
        yield f"choices should include {', '.join(sorted(missing))}"
    if not expected.slots.items() <= told.slots.items():
        yield f"slots should be {dict(expected.slots)}, not {dict(told.slots)}"
    for part in expected.says:
        if part not in told.text:
            yield f"should say {part!r}: {told.text!r}"
    offers = any(button["kind"] == "handoff" for button in told.buttons)
    if expected.offers_person is not None and offers != expected.offers_person:
        yield f"a person should{'' if expected.offers_person else ' not'} be offered"


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)


def walked(bot: Bot, story: Story) -> tuple[list[str], list[str]]:
    """The story as it went, up to the first turn in which something does not hold, and what does not."""
    teller = Storyteller(bot, story)
    went: list[str] = []
    for row in story.steps:
        told = teller.tell(row)
        went.append(f"customer: {row.shown}\n     bot: {told}")
        if found := list(wrong(row.expected, told)):
            return went, found
    return went, []
