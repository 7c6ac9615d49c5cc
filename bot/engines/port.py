"""The engine port: texts in, ranked entries out. Deciding what to do with them is not an engine's business.

An engine turns a corpus into an immutable index; publishing builds a new index beside the old one. Scores order the
candidates of one ranking and mean nothing else: the probability that the first one is right comes from the gate,
which reads `Ranking.features`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bot.corpus import Corpus


class EngineFailed(RuntimeError):
    """The engine could not rank. The turn goes to a person."""

    code = "engine_failed"


WITH_ENCODERS = frozenset({"embedded", "sentence-transformers"})
"""Names of the engines that have encoders."""
LEADING, REST = slice(1), slice(1, None)
"""Of an engine's encoders."""


@dataclass(frozen=True, slots=True)
class Query:
    """One text to rank in one locale of the corpus."""

    text: str
    locale: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry with the phrasing of it that came closest; `share`: how plausible it is against the first, 0 to 1."""

    entry_id: str
    score: float
    phrasing: str
    share: float


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity in the text: `value` stands at `start` to `end` (characters); not yet validated or normalised."""

    type: str
    value: str
    start: int
    end: int
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine with intents of its own understood of a text; `certain`: enough to act on the intent."""

    intent: str
    confidence: float
    certain: bool = False
    entities: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first, each entry once; and what the gate wants to know about the ranking as a whole:
    `vector` is the text's in the engine's space, for a gate that was fitted on the same engine; `reading` comes from an
    engine that decides intents too."""

    candidates: tuple[Candidate, ...]
    features: Mapping[str, float] = field(default_factory=dict)
    vector: NDArray[np.float32] | None = field(default=None, compare=False)
    reading: Reading | None = None


class Index(Protocol):
    """A corpus made searchable. What it knows does not change; asked by one thread."""

    @property
    def version(self) -> str:
        """The corpus version it was built from."""

    @property
    def locales(self) -> tuple[str, ...]:
        """Locales that can be asked."""

    def rank(self, queries: Sequence[Query], k: int) -> list[Ranking]:
        """At most `k` candidates per query, in the order of the queries; an unknown locale gives none.

        Raises EngineFailed.
        """


@dataclass(frozen=True, slots=True)
class QuickRanking:
    """What a cheap part of an index makes of a text, None where every text is read by all of it; `enough`: whether that
    is the ranking; `begun`: the index's own, so that what is done is not done again."""

    ranking: Ranking | None
    enough: bool
    begun: object = field(default=None, compare=False, repr=False)


@runtime_checkable
class QuickIndex(Protocol):
    """An index of which a cheap part is sure of many texts."""

    def rank_quickly(self, queries: Sequence[Query], k: int) -> list[QuickRanking]:
        """By the cheap part alone. Where that is enough, `rank` gives the same."""

    def rank_begun(self, quick: Sequence[QuickRanking], k: int) -> list[Ranking]:
        """What `rank` gives, of texts that were ranked quickly by this index. Raises EngineFailed."""

    def is_phrasing(self, query: Query) -> bool:
        """Whether an entry has the text among its phrasings, word for word."""

    def unread(self, texts: Sequence[str]) -> list[str]:
        """Those of the texts that the dear part has to read before they are ranked: a phrasing's vector is known."""

    def read(self, texts: Sequence[str]) -> None:
        """Reads texts all together, which costs less than one after the other. It may run in another thread than
        everything else, and it makes no difference of which publication the index is."""


class Engine(Protocol):
    """Makes indexes."""

    @property
    def name(self) -> str: ...

    @property
    def warning(self) -> str | None:
        """What doctor and /ready should say about this engine, or None."""

    def index(self, corpus: Corpus, day: date) -> Index:
        """The entries that may be answered on that day. Raises EngineFailed."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which the bot answers, and from which it offers a choice."""

    answer_at: float
    clarify_at: float


class Gate(Protocol):
    """Says how likely it is that a ranking's first candidate answers the text."""

    def probability(self, query: Query, ranking: Ranking) -> float: ...

    def of_subject(self, ranking: Ranking) -> bool:
        """Whether the text is surely of the corpus's subject, so that choices are worth a look whatever they are."""

    def thresholds(self, locale: str) -> Thresholds | None:
        """None = nothing qualified for the locale, so the bot answers nothing there."""


@runtime_checkable
class RiskGate(Protocol):
    """A gate that knows thresholds for more than one risk."""

    def threshold_at(self, locale: str, risk: float) -> float | None:
        """From which probability on wrong answers stay within the risk; None = nowhere."""
