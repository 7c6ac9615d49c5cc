"""The bot's side of forms: from one message to a verdict, without engine, clock or network."""

from bot.corpus import Corpus
from bot.forms import filling, speech
from bot.forms.filling import Step
from bot.forms.model import Forms, FormSpec, Looked
from bot.verdicts import BotContext, FormAsked, FormEnded, FormFilled
from conversation.states import Form

Turned = FormAsked | FormFilled | FormEnded


class Clerk:
    """Holds the forms; without any it never says a word."""

    def __init__(self, forms: Forms | None) -> None:
        self._forms = forms

    def look(self, corpus: Corpus, text: str, context: BotContext, locale: str) -> Turned | None:
        """The verdict if this message begins or goes on a form; None when it is another matter, or a question asked in
        the middle (`open_form` tells)."""
        if self._forms is None or context.now is None:
            return None
        spec = self.open_form(context)
        if spec is None or context.form is None:
            may = context.may_ask and context.verified
            return self._begin(self._forms, corpus, text, context, locale) if may else None
        other = filling.begins(self._forms, text, now=context.now, locale=locale)
        if other is not None and other[0].id != spec.id:
            return self._begin(self._forms, corpus, text, context, locale)
        step = filling.go_on(self._forms, spec, context.form, text, now=context.now, locale=locale)
        return None if step.kind == "question" else self._said(corpus, spec, step, context, locale)

    def is_reply(self, text: str, context: BotContext, locale: str) -> bool:
        """Whether the text is nothing but a reply to the open question of the form in progress."""
        spec = self.open_form(context)
        if self._forms is None or spec is None or context.form is None or context.now is None:
            return False
        return filling.is_reply(self._forms, spec, context.form, text, now=context.now, locale=locale)

    def sign_in(self, corpus: Corpus, text: str, context: BotContext, locale: str) -> FormEnded | None:
        """For somebody unknown who speaks of his own case: nothing of an account is looked up for him, so he is not
        questioned for nothing either, but told to sign in. None for everybody else."""
        if self._forms is None or context.now is None or context.verified or not context.may_ask:
            return None
        found = filling.begins(self._forms, text, now=context.now, locale=locale)
        return speech.ended(corpus, found[0], filling.begin(*found).form, "sign_in", locale) if found else None

    def open_form(self, context: BotContext) -> FormSpec | None:
        """The form in progress, if it still exists."""
        if self._forms is None or context.form is None:
            return None
        return self._forms.specs.get(context.form.name)

    def unanswered(self, corpus: Corpus, spec: FormSpec, context: BotContext, locale: str) -> Turned:
        """The question in the middle could not be answered: back to the form."""
        form = context.form or Form(spec.id)
        return self._said(corpus, spec, filling.unusable(spec, form), context, locale)

    def conclude(self, corpus: Corpus, filled: FormFilled, looked: Looked) -> FormEnded:
        """What the customer is told after the look-up. Raises KeyError for a form that no longer exists."""
        specs = self._forms.specs if self._forms else {}
        return speech.concluded(corpus, specs[filled.form.name], filled.form, looked, filled.locale)

    def resumed(self, context: BotContext, locale: str) -> str:
        """The open question of the form in progress; "" when there is none."""
        spec = self.open_form(context)
        return speech.resumed(spec, context.form, locale) if spec and context.form else ""

    def _begin(self, forms: Forms, corpus: Corpus, text: str, context: BotContext, locale: str) -> Turned | None:
        if context.now is None:
            return None
        found = filling.begins(forms, text, now=context.now, locale=locale)
        if found is None:
            return None
        spec, entities = found
        return self._said(corpus, spec, filling.begin(spec, entities), context, locale, begun=True)

    def _said(
        self, corpus: Corpus, spec: FormSpec, step: Step, context: BotContext, locale: str, *, begun: bool = False
    ) -> Turned:
        if step.kind == "cancelled":
            return speech.ended(corpus, spec, step.form, "cancelled", locale)
        if step.kind != "filled":
            return speech.asked(corpus, spec, step, locale, begun=begun)
        if not spec.lookup or not context.verified:
            # Who was known when the form began and is not any more: his token ran out in between.
            return speech.ended(corpus, spec, step.form, "noted" if context.verified else "sign_in", locale)
        return FormFilled(step.form, spec.lookup, locale)
