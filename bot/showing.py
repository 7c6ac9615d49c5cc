"""Entries as customers see them: in their language and script, figures filled in, with buttons and what is related.

An entry that is written in simplified Chinese only is shown in Taiwan's characters and wording to whoever reads those.
"""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from bot.chinese import Scripts, is_traditional
from bot.corpus import Corpus, Entry, fallbacks
from bot.phrases import phrase
from bot.verdicts import AnswerButton, Answered, Choice

_RELATED = 3
_REMEMBERED = 4096
_SIMPLIFIED = "zh-CN"


class Showing:
    """Of one published corpus on one day. Pure."""

    def __init__(self, corpus: Corpus, day: date) -> None:
        self._corpus = corpus
        self._day = day
        self.scripts = Scripts(corpus.traditional)
        # The same few answers are given all day.
        self._shown = lru_cache(maxsize=_REMEMBERED)(self._show)
        self._titled = lru_cache(maxsize=_REMEMBERED)(self._choice)

    def asked(self, text: str, ranked_in: str) -> str:
        """A question as it is ranked against phrasings of that locale."""
        return self.scripts.simplified(text) if ranked_in == _SIMPLIFIED else text

    def answerable(self, entry: Entry, locale: str) -> str | None:
        """The first of the locale's fall-backs in which the entry may be shown today, None when there is none."""
        may = (tag for tag in fallbacks(locale) if tag in entry.locales)
        return next((tag for tag in may if self._corpus.withheld(entry, tag, self._day) is None), None)

    def choice(self, entry: Entry, locale: str) -> Choice:
        """The entry by its standard question."""
        return self._titled(entry.id, locale)

    def _choice(self, entry_id: str, locale: str) -> Choice:
        entry = self._corpus.entries[entry_id]
        found = entry.localised(locale)
        return Choice(entry.id, self._filled(found[1].question, found[0], locale) if found else entry.id)

    def converted(self, choice: Choice, locale: str) -> Choice:
        """A choice whose title may be in the other script."""
        return Choice(choice.entry_id, self.scripts.traditional(choice.title)) if is_traditional(locale) else choice

    def answered(
        self,
        entry_id: str,
        locale: str,
        confidence: float | None,
        *,
        offer_person: bool = False,
        tag: str | None = None,
    ) -> Answered:
        """The answer. `tag` is the locale of the entry that is shown; unset: the nearest to `locale` it is written in.

        Raises KeyError for an entry that is gone.
        """
        shown = self._shown(entry_id, locale, tag)
        return replace(shown, confidence=confidence, offer_person=offer_person or shown.offer_person)

    def _show(self, entry_id: str, locale: str, tag: str | None) -> Answered:
        corpus, entry = self._corpus, self._corpus.entries[entry_id]
        written = tag or next(tag for tag in (*fallbacks(locale), *entry.locales) if tag in entry.locales)
        own = entry.locales[written]
        # Another language than his own is named as what it is; the other script of his own is his own.
        spoken = locale if locale[:2] == written[:2] else written
        related = [corpus.entries[other] for other in entry.related if other in corpus.entries]
        shown = [other for other in related if written in other.locales and self.answerable(other, written) == written]
        return Answered(
            entry_id=entry_id,
            version=corpus.version,
            locale=spoken,
            title=self._filled(own.question, written, spoken),
            markdown=self._filled(own.answer, written, spoken),
            confidence=None,
            buttons=self._buttons(entry, spoken),
            related=tuple(self.choice(other, spoken) for other in shown[:_RELATED]),
            offer_person=entry.sensitive,
        )

    def _filled(self, template: str, written: str, locale: str) -> str:
        text = self._corpus.fill(template, written)[0]
        return self.scripts.traditional(text) if written == _SIMPLIFIED and is_traditional(locale) else text

    def _buttons(self, entry: Entry, locale: str) -> tuple[AnswerButton, ...]:
        corpus = self._corpus
        buttons: list[AnswerButton] = []
        for button in entry.buttons:
            given = next((button.labels[tag] for tag in (*fallbacks(locale), "") if tag in button.labels), None)
            match button.kind:
                case "handoff":
                    buttons.append(AnswerButton("handoff", given or phrase(corpus, "button_handoff", locale)))
                case "link":
                    target, unset = corpus.fill(button.target, locale)
                    if not unset:
                        label = given or phrase(corpus, "button_link", locale)
                        buttons.append(AnswerButton("link", label, target))
                case "entry":
                    other = corpus.entries.get(button.target)
                    if other is not None:
                        label = given or self.choice(other, locale).title
                        buttons.append(AnswerButton("entry", label, other.id))
        return tuple(buttons)
