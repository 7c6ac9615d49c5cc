"""The bot: text in, verdict out.

Order of work of one turn: emergency, wish for a person, boundary, form, small talk; then the first three once more with
the encoder's help, which also denies what was uncertain; ranking and decision. Everything but the classifier and
`Index.rank` is pure and takes microseconds. `publish` builds a new index beside the one in use and swaps one reference,
so a turn is answered wholly by one corpus.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf

from bot.corpus import Corpus, fallbacks
from bot.courtesy import without_greeting
from bot.decision import MAX_CHOICES, Answer, AskAgain, Clarify, Handoff, Limits, decide
from bot.detectors import Detection, Detectors, meaning
from bot.detectors.classifier import Classifier
from bot.engines.port import Engine, Gate, Index, Query, QuickIndex, QuickRanking, Ranking
from bot.forms import Forms
from bot.front import Front, Published
from bot.language import LanguageDetector
from bot.phrases import phrase
from bot.verdicts import (
    AskedAgain,
    BotContext,
    Choice,
    Clarified,
    HandedOff,
    Verdict,
)

_CANDIDATES = 5
# Who is angry is offered choices only when they are likelier than that; else a person.
_PATIENCE = 0.3
# What the gate thinks that likely by a cheap ranking is looked at once more only when a wish is by so much (log odds)
# likelier than what may pass (`benchmarks/bot/doubts.py`).
FAMILIAR, LIKELIER = 0.9, 2.0
# Of choices that are offered by a cheap ranking with less than this probability, the whole one hardly ever makes an
# answer. With less than the second, it often puts another one first, or offers none to a text that is not surely a
# customer's (`benchmarks/bot/hurry.py`).
READ_FROM_HURRIED, UNLIKELY_HURRIED = 0.75, 0.2
# Where it can offer nothing to a text that is not surely a customer's, below this probability the whole one hardly ever
# finds what is right.
HOPELESS_HURRIED = 0.01


@dataclass(frozen=True, slots=True)
class Indexed(Published):
    """With the engine's index of the same corpus; `quick`: the same, if a cheap part of it can rank alone."""

    index: Index
    quick: QuickIndex | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is ranked, and the language its answer is given in."""

    query: Query
    spoken: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Texts that a dear part of the engine has to read before it goes on, together with others' or alone."""

    texts: Sequence[str]
    read: Callable[[Sequence[str]], None]


class Bot(Front):
    """The front, and an engine that ranks what it has no answer for."""

    _published: Indexed

    def __init__(
        self,
        engine: Engine,
        gate: Gate,
        corpus: Corpus,
        *,
        day: date,
        languages: LanguageDetector | None = None,
        limits: Limits | None = None,
        forms: Forms | None = None,
        classifier: Classifier | None = None,
    ) -> None:
        self._engine = engine
        self._classifier = classifier
        self._gate = gate
        self._limits = limits or Limits()
        # Last: it builds the first index, which needs all of the above.
        super().__init__(corpus, day=day, looks_twice=classifier is not None, languages=languages, forms=forms)

    @property
    def warning(self) -> str | None:
        """What doctor and /ready should say about the engine."""
        return self._engine.warning

    def _build(self, corpus: Corpus, day: date, detectors: Detectors) -> Indexed:
        """Raises EngineFailed; then the old corpus stays in use."""
        index = self._engine.index(corpus, day)
        own = super()._build(corpus, day, detectors)
        quick = index if isinstance(index, QuickIndex) else None
        return Indexed(own.corpus, own.day, own.suggestions, own.detectors, own.showing, index, quick)

    # --- one turn ---------------------------------------------------------------------------------------------

    def reply(self, text: str, context: BotContext, *, hurried: bool = False) -> Verdict:
        """The verdict on one turn. Raises EngineFailed."""
        return self.reply_all([(text, context)], hurried=hurried)[0]

    def reply_all(self, turns: Sequence[tuple[str, BotContext]], *, hurried: bool = False) -> list[Verdict]:
        """Verdicts on several turns, in their order. Raises EngineFailed."""
        verdicts: dict[int, Verdict] = {}
        for step in self.replies(turns, hurried=hurried):
            if isinstance(step, Unread):
                step.read(step.texts)
            else:
                verdicts[step[0]] = step[1]
        return [verdicts[place] for place in range(len(turns))]

    def replies(
        self, turns: Sequence[tuple[str, BotContext]], *, hurried: bool = False
    ) -> Iterator[tuple[int, Verdict] | Unread]:
        """Verdicts with the places of their turns, each as soon as it is known: what needs no engine, what a cheap part
        of the engine is sure of, the rest. Before the rest there may be texts to be read, in any thread. All are by one
        corpus, whatever is published meanwhile. `hurried`: others wait, so that who would hardly get an answer is not
        read (`_hurried`).
        Raises EngineFailed."""
        published = self._published
        rest: list[int] = []
        for place, turn in enumerate(turns):
            verdict = self._first_look(published, *turn)
            if verdict is None:
                rest.append(place)
            else:
                yield place, verdict
        asked = {place: self._asked(published, *turns[place]) for place in rest}
        index, ranked, quick = published.quick, dict[int, Ranking](), dict[int, QuickRanking]()
        doubts = dict(zip(rest, self._doubts(published, [turns[place][0] for place in rest]), strict=True))
        if rest and index is not None:
            quick |= zip(rest, index.rank_quickly([asked[place].query for place in rest], _CANDIDATES), strict=True)
            ranked = {place: each.ranking for place, each in quick.items() if each.enough and each.ranking is not None}
        if hurried:
            for place in [place for place in quick if place not in ranked and doubts[place] < 0]:
                offered = self._hurried(published, asked[place], quick[place], turns[place][1])
                if offered is not None:
                    rest.remove(place)
                    yield place, offered
        doubted = [place for place in rest if self._is_doubted(doubts[place], asked[place].query, ranked.get(place))]
        for place in [place for place in rest if place in ranked and place not in doubted]:
            rest.remove(place)
            yield place, self._ranked(published, asked[place], ranked[place], turns[place][1])
        if rest and index is not None:
            # The second look reads the text as it was written, the ranking the query that was made of it.
            wanted = [turns[place][0] for place in doubted]
            unread = index.unread([*wanted, *(asked[place].query.text for place in rest if place not in ranked)])
            if unread:
                yield Unread(unread, index.read)
        for place, verdict in self._second_look(published, turns, {place: asked[place].query for place in doubted}):
            rest.remove(place)
            yield place, verdict
        late = [place for place in rest if place not in ranked]
        if late and index is not None:
            ranked |= zip(late, index.rank_begun([quick[place] for place in late], _CANDIDATES), strict=True)
        elif late:
            queries = [asked[place].query for place in late]
            ranked |= zip(late, published.index.rank(queries, _CANDIDATES), strict=True)
        for place in rest:
            yield place, self._ranked(published, asked[place], ranked[place], turns[place][1])

    def ranked(self, text: str, context: BotContext, count: int) -> list[str]:
        """The entries that come first for a text, whatever is then decided: to measure the ranking. None for a language
        without an index. Raises EngineFailed."""
        published = self._published
        (ranking,) = published.index.rank([self._asked(published, text, context).query], max(count, _CANDIDATES))
        return [candidate.entry_id for candidate in ranking.candidates[:count]]

    def _asked(self, published: Indexed, text: str, context: BotContext) -> _Asked:
        spoken = self._spoken(text, context)
        return _Asked(_query(text, spoken, published), spoken)

    def _ranked(self, published: Indexed, asked: _Asked, ranking: Ranking, context: BotContext) -> Verdict:
        wish = _wish(ranking)
        if wish is not None:
            return self._at_once(published, wish, asked.spoken)
        return self._decide(published, asked.query, asked.spoken, ranking, context)

    def _doubts(self, published: Indexed, texts: Sequence[str]) -> Sequence[float]:
        """By how much each text is likelier a wish than what may pass."""
        if self._classifier is None:
            return [-inf] * len(texts)
        return self._classifier.doubts(texts, [published.detectors.look(text) for text in texts])

    def _is_doubted(self, doubt: float, query: Query, ranking: Ranking | None) -> bool:
        """Whether a second look at a text is worth its while; `ranking`: a cheap one, if that is enough."""
        if doubt < 0 or ranking is None or doubt >= LIKELIER:
            return doubt >= 0
        return self._gate.probability(query, ranking) < FAMILIAR

    def _hurried(
        self, published: Indexed, asked: _Asked, quick: QuickRanking, context: BotContext
    ) -> Clarified | AskedAgain | None:
        """What comes of a cheap ranking, if the whole one would hardly make an answer of it: nothing that could be
        offered, or choices; of a text that may be a stranger's, only likely ones. Who is not signed in may be anybody,
        and is offered none unread."""
        if quick.ranking is None:
            return None
        verdict = self._ranked(published, asked, quick.ranking, context)
        if isinstance(verdict, AskedAgain):
            hopeless = verdict.confidence < HOPELESS_HURRIED and not self._gate.of_subject(quick.ranking)
            return verdict if hopeless else None
        if not isinstance(verdict, Clarified) or not context.verified or verdict.confidence >= READ_FROM_HURRIED:
            return None
        likely = verdict.confidence >= UNLIKELY_HURRIED
        return verdict if likely or self._gate.of_subject(quick.ranking) else None

    def _second_look(
        self, published: Indexed, turns: Sequence[tuple[str, BotContext]], doubted: Mapping[int, Query]
    ) -> Iterator[tuple[int, Verdict]]:
        """What only the encoder recognises: wishes in words that the first look does not know. What it denies may be a
        reply to a form instead. A question that trainers filed under an entry is answered, whatever boundary it is
        near; emergencies and wishes for a person go before that."""
        if self._classifier is None or not doubted:
            return
        index = published.quick
        texts = [turns[place][0] for place in doubted]
        found = self._classifier.detect(texts, [published.detectors.look(text) for text in texts])
        for (place, query), detection in zip(doubted.items(), found, strict=True):
            text, context = turns[place]
            spoken = self._spoken(text, context)
            if detection is not None:
                if detection.kind == "boundary" and index is not None and index.is_phrasing(query):
                    continue
                yield place, self._at_once(published, detection, spoken)
            elif self._is_uncertain(published, text):
                reply = self._clerk.look(published.corpus, text, context, spoken)
                if reply is not None:
                    yield place, reply

    def _decide(self, published: Indexed, query: Query, locale: str, ranking: Ranking, context: BotContext) -> Verdict:
        """`query` is in the language that is ranked, `locale` the one he is spoken to in."""
        probability = self._gate.probability(query, ranking) if ranking.candidates else 0.0
        decision = decide(
            ranking.candidates,
            probability,
            self._gate.thresholds(query.locale),
            subject=self._gate.of_subject(ranking),
            misses=context.misses,
            clarified=context.clarified,
            limits=self._limits,
        )
        corpus, version = published.corpus, published.version
        form = self._clerk.open_form(context)
        if form is not None:
            if not isinstance(decision, Answer):
                return self._clerk.unanswered(corpus, form, context, locale)
            answered = published.showing.answered(decision.entry_id, locale, probability)
            parts = (answered.markdown, self._clerk.resumed(context, locale))
            return replace(answered, markdown="\n\n".join(parts), resumes=True)
        unknown = self._clerk.sign_in(corpus, query.text, context, locale)
        if unknown is not None:
            if not isinstance(decision, Answer):
                return unknown
            answered = published.showing.answered(decision.entry_id, locale, probability, offer_person=True)
            return replace(answered, markdown=f"{answered.markdown}\n\n{unknown.text}")
        # Of the query: a greeting makes nobody less angry.
        angry = published.detectors.angry(query.text)
        if angry and isinstance(decision, Clarify) and probability < _PATIENCE:
            decision = AskAgain()
        match decision:
            case Answer(entry_id):
                return published.showing.answered(entry_id, locale, probability, offer_person=angry)
            case Clarify() | AskAgain() if not angry and (
                offered := self._of_heading(published, query, locale, context)
            ):
                return Clarified(offered, phrase(corpus, "clarify", locale), locale, probability, version)
            case Clarify(entry_ids):
                choices = tuple(published.showing.choice(corpus.entries[entry_id], locale) for entry_id in entry_ids)
                return Clarified(choices, phrase(corpus, "clarify", locale), locale, probability, version)
            case AskAgain() if not angry:
                known = query.locale in published.index.locales and self._gate.thresholds(query.locale) is not None
                text = phrase(corpus, "ask_again" if known else "language_not_served", locale)
                return AskedAgain(text, locale, probability, version)
            case AskAgain():
                text = phrase(corpus, "handoff_anger", locale)
                return HandedOff("anger", text, locale, probability, version)
            case Handoff(reason):
                text = phrase(corpus, f"handoff_{reason}", locale)
                return HandedOff(reason, text, locale, probability, version)

    def _of_heading(self, published: Indexed, query: Query, locale: str, context: BotContext) -> tuple[Choice, ...]:
        """Who writes nothing but a category's name is offered its first entries, whatever else is near, and not asked
        again."""
        heading = published.suggestions.named(query.text, query.locale)
        if heading is None or context.clarified >= self._limits.clarified:
            return ()
        return tuple(published.category_entries(heading, locale)[:MAX_CHOICES])


def _wish(ranking: Ranking) -> Detection | None:
    """What an engine that decides intents is certain of, where the detectors heard nothing."""
    reading = ranking.reading
    return meaning(reading.intent) if reading is not None and reading.certain else None


def _query(text: str, spoken: str, published: Indexed) -> Query:
    # Chinese in one writing is answered from the other; no other language stands in for a customer's own.
    same = [tag for tag in fallbacks(spoken) if tag[:2] == spoken[:2] and tag in published.index.locales]
    ranked_in = same[0] if same else spoken
    return Query(published.showing.asked(without_greeting(text), ranked_in), ranked_in)
