"""What the bot says without ranking anything: it needs the published corpus and its detectors, no engine.

`Front` is the part of the bot that the event loop asks; `bot.service.Bot` is a front with an engine and a gate, which
the inference thread asks. One corpus is published in both by one assignment, which is why one inherits from the other.
Once built, everything here is pure and takes microseconds, but for `publish`.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.chinese import is_traditional
from bot.corpus import Corpus
from bot.detectors import Detection, Detectors
from bot.detectors.detection import RECENT, Seen
from bot.forms import Clerk, Forms, Looked
from bot.language import LanguageDetector
from bot.phrases import phrase
from bot.showing import Showing
from bot.suggestions import Suggestions, headings_of
from bot.verdicts import (
    Answered,
    BotContext,
    CategoryTitle,
    Chatted,
    Choice,
    Emergency,
    FormEnded,
    FormFilled,
    HandedOff,
    Refused,
    Verdict,
)

_CODE = re.compile(r"(?=[0-9A-Za-z_-]*[0-9])[0-9A-Za-z_-]{12,}")


@dataclass(frozen=True, slots=True)
class Published:
    """One corpus with what is derived from it; replaced as a whole."""

    corpus: Corpus
    day: date
    suggestions: Suggestions
    detectors: Detectors
    showing: Showing

    @property
    def version(self) -> str:
        return self.corpus.version

    def category_entries(self, category: str, locale: str) -> list[Choice]:
        """Answerable entries of a heading, in the corpus's order."""
        return [self.showing.converted(c, locale) for c in self.suggestions.category_entries(category, locale)]


@dataclass(frozen=True, slots=True)
class Glance:
    """What the detectors of a corpus saw of a text."""

    version: str
    text: str
    seen: Seen


class Front:
    """Stateless between turns: what it must remember comes in the context."""

    def __init__(
        self,
        corpus: Corpus,
        *,
        day: date,
        looks_twice: bool = False,
        languages: LanguageDetector | None = None,
        forms: Forms | None = None,
    ) -> None:
        """`looks_twice`: whether a classifier will look at what the first look is uncertain of."""
        self._looks_twice = looks_twice
        # A turn asks for its language before it is queued for the engine, and after.
        self._language = lru_cache(maxsize=RECENT)((languages or LanguageDetector()).detect)
        self._clerk = Clerk(forms)
        self._published = self._build(corpus, day, Detectors(corpus.nlu.intents, headings=headings_of(corpus)))

    @property
    def version(self) -> str:
        """The corpus version in use."""
        return self._published.version

    @property
    def corpus(self) -> Corpus:
        return self._published.corpus

    @property
    def day(self) -> date:
        """Whose valid entries are spoken by."""
        return self._published.day

    @property
    def looks_twice(self) -> bool:
        return self._looks_twice

    def publish(self, corpus: Corpus, *, day: date) -> None:
        """Speaks by `corpus` from now on. Raises what building it raised (an engine's EngineFailed); then the old
        corpus stays in use."""
        self.take(self.built(corpus, day))

    def built(self, corpus: Corpus, day: date) -> Published:
        """What `take` takes; may be made in any thread."""
        detectors, headings = self._published.detectors, headings_of(corpus)
        if (detectors.intents, detectors.headings) != (corpus.nlu.intents, headings):
            detectors = Detectors(corpus.nlu.intents, headings=headings)
        return self._build(corpus, day, detectors)

    def take(self, built: Published) -> None:
        """Speaks by it from now on: one assignment."""
        self._published = built

    def _build(self, corpus: Corpus, day: date, detectors: Detectors) -> Published:
        return Published(corpus, day, Suggestions(corpus, day), detectors, Showing(corpus, day))

    # --- one turn ---------------------------------------------------------------------------------------------

    def first_look(self, text: str, context: BotContext, *, alone: bool = False) -> Verdict | None:
        """What needs no engine: emergency, person, boundary, form, small talk.

        What it is not certain of is left to the second look, which may deny it; not so with `alone`, when there will
        be none because the engine is broken."""
        return self._first_look(self._published, text, context, alone=alone)

    def _first_look(
        self, published: Published, text: str, context: BotContext, *, alone: bool = False
    ) -> Verdict | None:
        detection = published.detectors.detect(text, context.locale)
        spoken = self._spoken(text, context)
        if detection is None or detection.kind == "chat" or self._clerk.is_reply(text, context, spoken):
            turned = self._clerk.look(published.corpus, text, context, spoken)
            if turned is not None:
                return turned
        if detection is None or (not alone and self._is_uncertain(published, text)):
            return None
        return self._at_once(published, detection, spoken)

    def _is_uncertain(self, published: Published, text: str) -> bool:
        """Whether a second look is to say if what the first one says is so."""
        look = published.detectors.look(text)
        return self._looks_twice and bool(look.spoken) and not look.certain

    def glanced(self, text: str) -> Glance:
        """What the first look saw, for a front elsewhere."""
        published = self._published
        return Glance(published.version, text, published.detectors.seen(text))

    def remember(self, glance: Glance) -> None:
        """What another front saw need not be looked for again, if it speaks by the same corpus."""
        published = self._published
        if glance.version == published.version:
            published.detectors.remember(glance.text, glance.seen)

    def conclude(self, filled: FormFilled, looked: Looked) -> FormEnded:
        """What the customer is told after the look-up of a filled form. Raises KeyError when the form is gone."""
        return self._clerk.conclude(self._published.corpus, filled, looked)

    def _spoken(self, text: str, context: BotContext) -> str:
        # A hash or an address is no word of any language, least of all of English.
        return self._language(_CODE.sub(" ", text), context.locale)

    def _at_once(self, published: Published, detection: Detection, locale: str) -> Verdict:
        corpus = published.corpus
        match detection.kind:
            case "emergency":
                parts = [phrase(corpus, name, locale) for name in ("emergency_intro", f"emergency_{detection.detail}")]
                return Emergency(detection.emergency, "\n\n".join(parts), locale)
            case "handoff":
                return HandedOff("asked", phrase(corpus, "handoff_asked", locale), locale, version=published.version)
            case "boundary":
                return Refused(detection.boundary, phrase(corpus, f"refuse_{detection.detail}", locale), locale)
            case "chat":
                return Chatted(detection.topic, phrase(corpus, f"chat_{detection.detail}", locale), locale)

    # --- clicks, type-ahead, start ----------------------------------------------------------------------------

    def answer_entry(self, entry_id: str, locale: str) -> Answered | None:
        """The answer behind a choice or a button; None when the entry is gone or withheld in every fall-back."""
        published = self._published
        entry = published.corpus.entries.get(entry_id)
        if entry is None:
            return None
        tag = published.showing.answerable(entry, locale)
        return None if tag is None else published.showing.answered(entry_id, locale, None, tag=tag)

    def suggest(self, prefix: str, locale: str, n: int = 5) -> list[Choice]:
        """Type-ahead: entries whose phrasings contain what was typed, best first."""
        published = self._published
        typed = published.showing.scripts.simplified(prefix) if is_traditional(locale) else prefix
        return [published.showing.converted(c, locale) for c in published.suggestions.find(typed, locale, n)]

    def greeting(self, locale: str) -> str:
        """The first words, which say that this is a program."""
        return phrase(self._published.corpus, "greeting", locale)

    def categories(self, locale: str) -> list[CategoryTitle]:
        """Headings that have at least one answerable entry, in the corpus's order."""
        return self._published.suggestions.categories(locale)

    def category_entries(self, category: str, locale: str) -> list[Choice]:
        """Answerable entries of a heading, in the corpus's order."""
        return self._published.category_entries(category, locale)
