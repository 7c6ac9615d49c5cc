"""Filling a form: pure steps from what the customer wrote to the next question, or to the end.

A slot told once is never asked for; a slot asked for twice without a usable reply is left open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.detectors.normal import normal
from bot.entities import Entity, extract, replied
from bot.forms.model import Forms, FormSpec, Slot
from conversation.states import Form

TRIES = 2
"""A slot is asked for at most so often."""
READ = 1_500
"""Characters of a message in which slots are looked for: whoever pastes more pastes a page."""

SPARE = 3
"""Letters and digits beside a value that leave it a mere reply: "500个"."""

CORRECTING = 16
"""The same for one that corrects: "sorry, it was BEP20"."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a message did to a form.

    `ask`: the next question stands in `form.asked`; `again`: the reply was no use, ask once more with help;
    `filled`: nothing more to ask; `cancelled`; `question`: not about the form, answer it if possible.
    """

    kind: Literal["ask", "again", "filled", "cancelled", "question"]
    form: Form
    invalid: str = ""
    """The type of an entity that was meant for a slot but whose form or checksum is wrong."""


def begins(forms: Forms, text: str, *, now: datetime, locale: str) -> tuple[FormSpec, tuple[Entity, ...]] | None:
    """The form for a customer who speaks of his own case, with what he told; None for a general question.

    Most messages are told apart by a few regular expressions; entities are looked for in the rest only."""
    plain = normal(text)
    own = forms.own
    best: tuple[int, FormSpec] | None = None
    for spec in forms.specs.values():
        about = spec.about.search(plain)
        if about is None or not spec.trouble.search(plain) or (spec.general and spec.general.search(plain)):
            continue
        # The matter that is named first is the matter: "提币到币安没到" is no deposit.
        if best is None or about.start() < best[0]:
            best = (about.start(), spec)
    if best is None:
        return None
    entities = extract(text[:READ], now=now, locale=locale)
    named = any(e.type in ("order_id", "txid") for e in entities)
    mine = named or own.mine.search(plain) is not None or any(e.type in ("time", "address", "amount") for e in entities)
    strong = named or own.strong.search(plain) is not None
    if not mine or (own.general.search(plain) is not None and not strong):
        return None
    return best[1], entities


def begin(spec: FormSpec, entities: tuple[Entity, ...]) -> Step:
    """The form with what the first message already told."""
    return _next(spec, _told(spec, Form(spec.id), entities))


def go_on(forms: Forms, spec: FormSpec, form: Form, text: str, *, now: datetime, locale: str) -> Step:
    """The reply to the last question, or whatever else the customer wrote instead."""
    plain = normal(text)
    if forms.own.cancel.search(plain):
        return Step("cancelled", form)
    slot = spec.slot(form.asked)
    if slot is not None and forms.own.skip.search(plain):
        return _next(spec, replace(form, skipped=(*form.skipped, slot.name), tries=0))
    entities = extract(text[:READ], now=now, locale=locale)
    if slot is not None and not any(e.type == slot.type for e in entities):
        if forms.own.question.search(plain) and not forms.own.correction.search(plain):
            # "怎么还没到" again is no question for the FAQ; what it tells in passing is taken.
            if begins(forms, text, now=now, locale=locale) is None:
                return Step("question", form)
        else:
            loose = replied(slot.type, text)
            entities = (*entities, loose) if loose is not None else entities
    # "not TRC20, it was ERC20": what is said last is meant.
    told = _told(spec, form, entities[::-1] if forms.own.correction.search(plain) else entities)
    if told.slots != form.slots:
        answered = slot is None or _has(told, slot.name)
        return _next(spec, replace(told, tries=0) if answered else told)
    if slot is not None and any(e.type == slot.type and _value(form, slot.name) == e.normalised for e in entities):
        return _next(spec, form)
    wrong = next((e.type for e in entities if slot is not None and e.type == slot.type and not e.valid), "")
    return unusable(spec, form, wrong)


def is_reply(forms: Forms, spec: FormSpec, form: Form, text: str, *, now: datetime, locale: str) -> bool:
    """Whether a text is nothing but a reply to the open question: the value that was asked for, or no wish to tell it;
    or corrects an earlier one.

    So short a text means what it was asked for, whatever it resembles elsewhere."""
    plain = normal(text)
    slot = spec.slot(form.asked)
    if slot is None or len(text) > READ:
        return False
    if forms.own.cancel.search(plain) or forms.own.skip.search(plain):
        return True
    entities = extract(text, now=now, locale=locale)
    if forms.own.correction.search(plain) and any(e.type in {own.type for own in spec.slots} for e in entities):
        # "sorry, it was BEP20": of an earlier answer.
        return _spared(text, entities) <= CORRECTING
    if not any(e.type == slot.type for e in entities):
        # Any word at all could be a coin: "agent", "hacked".
        loose = replied(slot.type, text) if slot.type != "coin" else None
        if loose is None:
            return False
        entities = (*entities, loose)
    return _spared(text, entities) <= SPARE


def _spared(text: str, entities: Sequence[Entity]) -> int:
    """Letters and digits of a text that belong to no entity."""
    return sum(map(str.isalnum, text)) - sum(c.isalnum() for e in entities for c in e.value)


def unusable(spec: FormSpec, form: Form, invalid: str = "") -> Step:
    """The reply was no use: once more with help, then the slot is left open."""
    if form.tries + 1 >= TRIES:
        return _next(spec, replace(form, skipped=(*form.skipped, form.asked), tries=0))
    return Step("again", replace(form, tries=form.tries + 1), invalid)


def _told(spec: FormSpec, form: Form, entities: tuple[Entity, ...]) -> Form:
    """Slots filled from valid entities, the first of each type; they replace what an earlier message said."""
    slots: dict[str, str] = {}
    for entity in entities:
        slot = next((s for s in spec.slots if s.type == entity.type), None)
        if slot is not None and entity.valid:
            slots.setdefault(slot.name, entity.normalised)
    slots = {**dict(form.slots), **slots}
    skipped = tuple(name for name in form.skipped if name not in slots)
    return replace(form, slots=tuple(slots.items()), skipped=skipped)


def _next(spec: FormSpec, form: Form) -> Step:
    for slot in spec.slots:
        if _open(form, slot):
            tries = form.tries if form.asked == slot.name else 0
            return Step("ask", replace(form, asked=slot.name, tries=tries))
    return Step("filled", replace(form, asked="", tries=0))


def _open(form: Form, slot: Slot) -> bool:
    known = {name for name, _ in form.slots}
    return bool(slot.ask) and slot.name not in known and slot.name not in form.skipped and not known & set(slot.unless)


def _has(form: Form, name: str) -> bool:
    return any(slot == name for slot, _ in form.slots)


def _value(form: Form, name: str) -> str | None:
    return dict(form.slots).get(name)
