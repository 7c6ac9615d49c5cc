"""What the first look is not certain of, the second one may deny; without a second look it stands. For a little doubt a
familiar question is not looked at again."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import pytest

from bot.corpus import Corpus
from bot.corpus.nlu import Intent, TrainingData
from bot.detectors import Detection, Detectors
from bot.detectors.classifier import Look, VectorClassifier
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Query, Ranking, Thresholds
from bot.engines.toy import ToyEngine, ToyGate
from bot.service import FAMILIAR, LIKELIER, Bot
from bot.verdicts import Answered, BotContext, Clarified, Emergency, HandedOff, Refused
from tests.bot.conftest import TODAY
from tests.bot.test_cascade import MANY, STRANGE, worded
from tests.bot.test_classifier import PERSON, letters, model
from tests.bot.test_engines import HashingEncoder
from tests.bot.test_inference import KNOWN_WORD_FOR_WORD

# A pattern finds the wish in it; the surface model is not sure.
UNCERTAIN = "is there live chat on weekends or only weekdays"
CERTAINLY = "转人工"


class Saying:
    """A classifier that says the same of every text, and remembers what it was asked."""

    def __init__(self, says: Detection | None, doubt: float = inf) -> None:
        self.says, self.doubt = says, doubt
        self.asked: list[tuple[str, Look]] = []

    def doubts(self, texts: Sequence[str], looks: Sequence[Look]) -> list[float]:
        return [self.doubt] * len(texts)

    def detect(self, texts: Sequence[str], looks: Sequence[Look]) -> list[Detection | None]:
        self.asked += zip(texts, looks, strict=True)
        return [self.says] * len(texts)


def bot_with(corpus: Corpus, classifier: Saying | None) -> Bot:
    return Bot(ToyEngine(), ToyGate(), corpus, day=TODAY, classifier=classifier)


def test_the_examples_are_what_they_are_taken_for() -> None:
    detectors = Detectors()
    for text, certain in ((UNCERTAIN, False), (CERTAINLY, True)):
        assert detectors.detect(text) == PERSON
        assert detectors.look(text).certain is certain
        assert "handoff" in detectors.look(text).spoken


@pytest.mark.parametrize("says", [None, PERSON])
def test_what_is_uncertain_is_for_the_second_look_to_say(small: Corpus, says: Detection | None) -> None:
    classifier = Saying(says)
    bot = bot_with(small, classifier)
    context = BotContext("en")
    assert bot.first_look(UNCERTAIN, context) is None
    assert isinstance(bot.reply(UNCERTAIN, context), HandedOff) is (says is not None)
    ((text, look),) = classifier.asked
    assert (text, look.spoken, look.certain) == (UNCERTAIN, frozenset({"handoff"}), False)


def test_what_is_certain_waits_for_nobody(small: Corpus) -> None:
    classifier = Saying(None)
    assert isinstance(bot_with(small, classifier).reply(CERTAINLY, BotContext("zh-CN")), HandedOff)
    assert classifier.asked == []


def test_without_a_second_look_the_first_stands(small: Corpus) -> None:
    context = BotContext("en")
    assert isinstance(bot_with(small, None).first_look(UNCERTAIN, context), HandedOff)
    assert isinstance(bot_with(small, Saying(None)).first_look(UNCERTAIN, context, alone=True), HandedOff)


def test_the_network_denies_only_what_it_thinks_unlikely() -> None:
    """z speaks for a person, with log odds of 10; a bare hit with 10 more; nothing else speaks."""
    classifier = VectorClassifier(model(), letters)
    spoken = Look((), spoken=frozenset({"handoff"}))
    assert classifier.detect(["other"], [spoken]) == [None]
    assert classifier.detect(["z"], [spoken]) == [PERSON]


def test_a_wording_published_under_an_intent_counts_at_once_and_no_longer_than_it_stands(small: Corpus) -> None:
    bot = bot_with(small, None)
    context = BotContext("en")
    wording = "green bananas"
    assert not isinstance(bot.reply(wording, context), HandedOff)
    taught = replace(small, nlu=TrainingData((Intent("handoff", "en", (wording,)),)))
    bot.publish(taught, day=TODAY)
    assert isinstance(bot.reply(wording, context), HandedOff)
    bot.publish(small, day=TODAY)
    assert not isinstance(bot.reply(wording, context), HandedOff)


class Told:
    """A gate that thinks every first entry as likely, and offers choices from nothing on."""

    def __init__(self, probability: float) -> None:
        self.told = probability

    def probability(self, query: Query, ranking: Ranking) -> float:
        return self.told

    def of_subject(self, ranking: Ranking) -> bool:
        return True

    def thresholds(self, locale: str) -> Thresholds | None:
        return Thresholds(0.99, 0.0)


@pytest.mark.parametrize(
    ("doubt", "probability", "asked"),
    [
        (-0.1, 0.1, False),
        (0.1, FAMILIAR - 0.01, True),
        (0.1, FAMILIAR, False),
        (LIKELIER - 0.1, FAMILIAR, False),
        (LIKELIER, 0.98, True),
        (inf, 0.98, True),
    ],
)
def test_a_familiar_question_is_not_looked_at_again_for_a_little_doubt(
    small: Corpus, doubt: float, probability: float, asked: bool
) -> None:
    second, classifier = HashingEncoder(), Saying(None, doubt)
    engine = EmbeddedEngine(HashingEncoder(), second)
    bot = Bot(engine, Told(probability), worded(small, MANY), day=TODAY, classifier=classifier)
    question = next(entry for entry in small.entries.values() if "en" in entry.locales).locales["en"].question
    text = f"{question} please number"
    second.encoded.clear()
    verdict = bot.reply(text, BotContext("en"))
    assert isinstance(verdict, Clarified)
    assert [known for known, _ in classifier.asked] == ([text] if asked else [])
    assert second.encoded == ([text] if asked else [])


def test_a_little_doubt_counts_where_the_cheap_ranking_is_not_enough(small: Corpus) -> None:
    classifier = Saying(PERSON, 0.1)
    engine = EmbeddedEngine(HashingEncoder(), HashingEncoder())
    bot = Bot(engine, Told(0.98), worded(small, MANY), day=TODAY, classifier=classifier)
    assert isinstance(bot.reply(STRANGE, BotContext("en")), HandedOff)


ADVICE = Detection("boundary", "investment_advice")


@pytest.mark.parametrize("times", [0, MANY])
def test_what_trainers_filed_under_an_entry_is_answered_whatever_boundary_it_is_near(small: Corpus, times: int) -> None:
    """In a corpus of few wordings, all of which both encoders read, as in one of many."""
    question = next(own.question for entry in small.entries.values() if (own := entry.locales.get("en")))
    corpus = worded(small, times)
    bot = Bot(EmbeddedEngine(HashingEncoder(), HashingEncoder()), Sure(), corpus, day=TODAY, classifier=Saying(ADVICE))
    assert isinstance(bot.reply(f"Hello, {question.lower()}?!", BotContext("en")), Answered)
    assert isinstance(bot.reply(f"{question} or so", BotContext("en")), Refused)


def test_no_wording_of_an_entry_keeps_an_emergency_or_a_person_waiting(small: Corpus) -> None:
    for says, verdict in ((Detection("emergency", "account_taken"), Emergency), (PERSON, HandedOff)):
        engine = EmbeddedEngine(HashingEncoder(), HashingEncoder())
        bot = Bot(engine, Sure(), worded(small, MANY), day=TODAY, classifier=Saying(says))
        assert isinstance(bot.reply(KNOWN_WORD_FOR_WORD, BotContext("en")), verdict)


class Sure(ToyGate):
    """Of everything."""

    def probability(self, query: Query, ranking: Ranking) -> float:
        return 1.0
