"""What the bot says while a form is being filled, and when it ends."""

from collections.abc import Sequence

from bot.corpus import Corpus, fallbacks
from bot.forms.filling import Step
from bot.forms.model import FormSpec, Looked, Reply, said_in
from bot.phrases import phrase
from bot.verdicts import AnswerButton, FormAsked, FormEnded, FormOutcome
from conversation.states import Form


def asked(corpus: Corpus, spec: FormSpec, step: Step, locale: str, *, begun: bool = False) -> FormAsked:
    """The next question: at the beginning with what was understood already, after a useless reply with help."""
    slot = spec.slot(step.form.asked)
    parts: list[str] = []
    if begun:
        parts.append(said_in(spec.intro, locale))
        parts += known(corpus, step.form.slots, locale)
    if step.kind == "again" and slot is not None:
        parts.append(_help(corpus, step.invalid, said_in(slot.help, locale), locale))
    if slot is not None:
        parts.append(said_in(slot.ask, locale))
    text = "\n\n".join(part for part in parts if part)
    return FormAsked(step.form, text, locale, (_say(corpus, "form_skip", locale), _say(corpus, "form_cancel", locale)))


def resumed(spec: FormSpec, form: Form, locale: str) -> str:
    """The open question once more, under the answer to a question in the middle; "" when none is open."""
    slot = spec.slot(form.asked)
    return said_in(slot.ask, locale) if slot is not None else ""


def _help(corpus: Corpus, invalid: str, own: str, locale: str) -> str:
    return phrase(corpus, "slot_invalid_address", locale) if invalid == "address" else own


def known(corpus: Corpus, slots: Sequence[tuple[str, str]], locale: str) -> list[str]:
    """ "Noted: coin USDT, amount 500." as a list of one, or of none."""
    if not slots:
        return []
    said = [f"{phrase(corpus, f'slot_{name}', locale)} {_shown(name, value)}" for name, value in slots]
    between = "、" if locale.startswith(("zh", "ja")) else ", "
    return [phrase(corpus, "form_known", locale).replace("{known}", between.join(said))]


def _shown(name: str, value: str) -> str:
    return value.replace("T", " ") if name == "time" else value


def ended(corpus: Corpus, spec: FormSpec, form: Form, outcome: FormOutcome, locale: str) -> FormEnded:
    """An end without a look-up; whoever did not cancel is offered a person and the general answer."""
    text = phrase(corpus, f"form_{outcome}", locale)
    buttons = () if outcome == "cancelled" else _onwards(corpus, spec, locale)
    return FormEnded(form, outcome, text, locale, buttons)


def concluded(corpus: Corpus, spec: FormSpec, form: Form, looked: Looked, locale: str) -> FormEnded:
    """What came of the look-up, honestly: its own sentences, or that there was no answer."""
    if isinstance(looked, Reply) and looked.texts:
        text = "\n\n".join(looked.texts)
        return FormEnded(form, "answered", text, locale, _onwards(corpus, spec, locale), looked.facts)
    if looked == "none":
        return ended(corpus, spec, form, "noted", locale)
    return ended(corpus, spec, form, "failed", locale)


def _onwards(corpus: Corpus, spec: FormSpec, locale: str) -> tuple[AnswerButton, ...]:
    person = AnswerButton("handoff", phrase(corpus, "button_handoff", locale))
    entry = corpus.entries.get(spec.entry)
    own = next((entry.locales[tag] for tag in fallbacks(locale) if tag in entry.locales), None) if entry else None
    if entry is None or own is None:
        return (person,)
    return (person, AnswerButton("entry", corpus.fill(own.question, locale)[0], entry.id))


def _say(corpus: Corpus, name: str, locale: str) -> AnswerButton:
    return AnswerButton("say", phrase(corpus, name, locale))
