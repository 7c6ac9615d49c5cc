"""The `rasa` engine: a Rasa server next door decides intent, entities and entry; conversation and answers stay ours.

It is asked over loopback with short time-outs and a circuit breaker per server. Where it does not answer, and for
locales without a server, the fall-back engine ranks, so a customer never waits for Rasa and never notices its death.
A new model goes live by another server in `live.json` (`bot.rasa.serving`); publishing a corpus retrains nothing: an
edited answer is live at once, a new question when `honeydesk rasa train` has learnt it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import nextafter
from pathlib import Path

from bot.corpus import Corpus
from bot.engines.port import Candidate, Engine, EngineFailed, Gate, Index, Query, Ranking, Reading, Thresholds
from bot.engines.toy import overlap, tokens
from bot.rasa.environment import rasa_command
from bot.rasa.gate import features_of
from bot.rasa.live import Live, LiveFile
from bot.rasa.parse import Limits, Parse, ParseClient
from bot.rasa.project import FAQ, language_of

Phrasings = Mapping[str, tuple[str, ...]]


class RasaNotRunning(EngineFailed):
    """No server is live."""

    code = "rasa_not_running"


def must_be_live(folder: Path, environment: Path) -> None:
    """Raises RasaMissing where there is no Rasa environment, RasaNotRunning where none of its servers is live."""
    if not LiveFile(folder).servers():
        rasa_command(environment)
        raise RasaNotRunning(f"no Rasa server is live in {folder}: `make rasa` trains and starts them")


class Clients:
    """One client per live server; a server that left the file is dropped with what it was still asked."""

    def __init__(self, live: LiveFile, limits: Limits | None = None) -> None:
        self._live = live
        self._limits = limits
        self._clients: dict[str, ParseClient] = {}
        self.problem: str | None = None

    def of(self, language: str) -> tuple[ParseClient, float] | None:
        """The client of the server that is live for a language, and from which confidence on its wishes count."""
        try:
            servers = self._live.servers()
            self.problem = None
        except ValueError as error:
            # The fall-back answers meanwhile, and doctor says why.
            self.problem = f"rasa_live_file: {error}"
            return None
        urls = {live.url for live in servers.values()}
        for url in [url for url in self._clients if url not in urls]:
            self._clients.pop(url).close()
        live = servers.get(language)
        if live is None:
            return None
        if live.url not in self._clients:
            self._clients[live.url] = ParseClient(live.url, self._limits)
        return self._clients[live.url], live.calibration.wish_at

    def close(self) -> None:
        while self._clients:
            self._clients.popitem()[1].close()

    def warnings(self, corpus_version: str) -> list[str]:
        """What is wrong with the servers now."""
        if self.problem:
            return [self.problem]
        try:
            servers = self._live.servers()
        except ValueError as error:
            return [f"rasa_live_file: {error}"]
        if not servers:
            return [
                "rasa_not_running: no Rasa server is live, the fall-back engine answers; start one with `make rasa`"
            ]
        found = []
        for language, live in servers.items():
            client = self._clients.get(live.url)
            if client is not None and client.breaker.is_broken:
                found.append(f"rasa_broken: the {language} server does not answer, the fall-back engine does")
            if live.corpus != corpus_version:
                found.append(
                    f"rasa_model_old: {language} was trained on corpus {live.corpus}, {corpus_version} is published; "
                    "run `honeydesk rasa train`"
                )
            if not live.calibration.thresholds:
                found.append(f"rasa_no_thresholds: no threshold qualified for {language}, so nothing is answered in it")
        return found


class RasaEngine:
    """Like every engine it belongs to the inference thread."""

    name = "rasa"

    def __init__(self, live: LiveFile, fallback: Engine, limits: Limits | None = None) -> None:
        self.clients = Clients(live, limits)
        self._fallback = fallback
        self._version = ""

    @property
    def warning(self) -> str | None:
        found = self.clients.warnings(self._version)
        if self._fallback.warning:
            found.append(self._fallback.warning)
        return "; ".join(found) or None

    def close(self) -> None:
        """Hangs up. Nothing may be ranked afterwards."""
        self.clients.close()

    def index(self, corpus: Corpus, day: date) -> "RasaIndex":
        allowed = {
            tag: {entry.id: entry.locales[tag].phrasings for entry in corpus.answerable(tag, day)}
            for tag in corpus.locales
        }
        index = RasaIndex(corpus.version, allowed, self.clients, self._fallback.index(corpus, day))
        self._version = corpus.version
        return index


class RasaIndex:
    """What may be answered per locale: Rasa's model may still know entries that are withheld or gone."""

    def __init__(self, version: str, allowed: Mapping[str, Phrasings], clients: Clients, fallback: Index) -> None:
        self.version = version
        self._allowed = allowed
        self._clients = clients
        self._fallback = fallback

    @property
    def locales(self) -> tuple[str, ...]:
        return self._fallback.locales

    def rank(self, queries: Sequence[Query], k: int) -> list[Ranking]:
        rankings: list[Ranking | None] = [None] * len(queries)
        for language in sorted({language_of(query.locale) for query in queries}):
            asked = self._clients.of(language)
            if asked is None:
                continue
            client, wish_at = asked
            places = [place for place, query in enumerate(queries) if self._is_asked(query, language)]
            parses = client.parse_all([queries[place].text for place in places])
            for place, parse in zip(places, parses, strict=True):
                if parse is not None:
                    rankings[place] = self._ranking(queries[place], parse, wish_at, k)
        left = [place for place, ranking in enumerate(rankings) if ranking is None]
        found = self._fallback.rank([queries[place] for place in left], k) if left else []
        rest = dict(zip(left, found, strict=True))
        return [rest[place] if ranking is None else ranking for place, ranking in enumerate(rankings)]

    def _is_asked(self, query: Query, language: str) -> bool:
        # Rasa names some intent for anything, also for nothing.
        return language_of(query.locale) == language and query.locale in self._allowed and bool(query.text.strip())

    def _ranking(self, query: Query, parse: Parse, wish_at: float, k: int) -> Ranking:
        allowed = self._allowed[query.locale]
        known = [(entry, confidence) for entry, confidence in parse.entries if entry in allowed][:k]
        top = known[0][1] if known else 0.0
        candidates = tuple(
            Candidate(entry, confidence, nearest(query.text, allowed[entry]), confidence / top if top else 1.0)
            for entry, confidence in known
        )
        certain = parse.intent != FAQ and parse.confidence >= wish_at
        reading = Reading(parse.intent, parse.confidence, certain, parse.entities)
        return Ranking(candidates, features_of(parse), reading=reading)


def nearest(text: str, phrasings: Sequence[str]) -> str:
    """The phrasing that shares most words with a text: Rasa does not tell which one it was reminded of."""
    asked = tokens(text)
    return max(phrasings, key=lambda phrasing: (phrasing == text, overlap(asked, tokens(phrasing))))


class RasaGate:
    """Thresholds and probability of the live model; what the fall-back ranked is judged by the fall-back's gate.

    Both must speak on one scale, since a turn's thresholds do not know who ranked it: the fall-back's probability is
    moved so that its own thresholds fall on Rasa's, in straight lines between them. No decision changes by that (but
    where Rasa's leave no room for choices, the fall-back offers none either).
    """

    def __init__(self, live: LiveFile, fallback: Gate) -> None:
        self._live = live
        self._fallback = fallback

    def probability(self, query: Query, ranking: Ranking) -> float:
        if ranking.reading is not None:
            live = self._servers().get(language_of(query.locale))
            return live.calibration.probability(ranking.features) if live is not None and ranking.candidates else 0.0
        told = self._fallback.probability(query, ranking)
        ours, theirs = self.thresholds(query.locale), self._fallback.thresholds(query.locale)
        return moved(told, theirs, ours) if ours and theirs else told

    def of_subject(self, ranking: Ranking) -> bool:
        return ranking.reading is None and self._fallback.of_subject(ranking)

    def thresholds(self, locale: str) -> Thresholds | None:
        live = self._servers().get(language_of(locale))
        return live.calibration.thresholds.get(locale) if live is not None else self._fallback.thresholds(locale)

    def _servers(self) -> Mapping[str, Live]:
        try:
            return self._live.servers()
        except ValueError:
            # `Clients.of` has the fall-back rank, whose gate then judges.
            return {}


def moved(value: float, here: Thresholds, there: Thresholds) -> float:
    """A probability on the scale of `here`, told on the scale of `there`: on the same side of both thresholds."""
    steps = ((0.0, 0.0), (here.clarify_at, there.clarify_at), (here.answer_at, there.answer_at))
    for (low, low_there), (high, high_there) in pairwise(steps):
        if value < high:
            told = low_there + (value - low) / (high - low) * (high_there - low_there)
            return min(told, nextafter(high_there, 0.0))
    share = (value - here.answer_at) / (1.0 - here.answer_at) if here.answer_at < 1.0 else 0.0
    return there.answer_at + share * (1.0 - there.answer_at)
