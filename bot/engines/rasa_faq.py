"""Rasa on a foreign FAQ for `evaluate faq`: indexing is writing a project, training it and starting a server.

How sure it must be is chosen as for the shipped corpus, on wordings that were not taught. A foreign FAQ brings no such
rows, so one similar question of some entries is held back, and what no entry answers are the shipped out-of-scope rows.
A FAQ without similar questions has nothing to hold back: nothing qualifies, and its coverage is none.
"""

import io
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.corpus import Corpus
from bot.engines.port import Candidate, Query, Ranking, Thresholds
from bot.rasa.gate import RISK, Calibration, Question, calibrate, features_of, unanswerable
from bot.rasa.parse import PATIENT, Parse, ParseClient
from bot.rasa.project import evenly, language_of, projects
from bot.rasa.serving import Server
from bot.rasa.training import TrainingFailed, checked, train

# Entries that lose a wording must keep enough of them, and no more lose one than the choice of a threshold needs.
_KEEPS_AT_LEAST = 3
_MOST_HELD = 200
_KNOWN = 400


class RasaFaq:
    """One FAQ at a time; it is engine and gate, since how far Rasa is to be believed belongs to the trained model."""

    name = "rasa"
    warning: str | None = None

    def __init__(self, environment: Path, exam: Path) -> None:
        """`exam`: a corpus folder's `eval`."""
        self._environment = environment
        self._exam = exam
        self._stack = ExitStack()
        self._rows: list[Question] = []
        self._parses: Mapping[str, Parse] = {}
        self._calibration = Calibration((0.0, 1.0, 0.0), 0.0)

    def index(self, corpus: Corpus, day: date) -> "RasaFaqIndex":
        """Minutes. Raises RasaMissing, TrainingFailed, NotUp, RasaFailed, all of them EngineFailed."""
        self.close()
        (locale,) = corpus.locales
        # Rasa's names are narrower than a foreign FAQ's ids.
        ids = {f"e{number}": entry for number, entry in enumerate(corpus.entries)}
        taught, held = lesson(corpus, ids, locale)
        found = [project for project in projects(taught, day) if project.language == language_of(locale)]
        if not found:
            raise TrainingFailed(f"no project can be written for {locale}: Rasa is set up for zh and en")
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="honeydesk-rasa-")))
        model = train(found[0], folder, self._environment, io.StringIO())
        server = Server(self._environment, checked(folder, model), folder / model.language)
        server.start()
        self._stack.callback(server.stop)
        client = ParseClient(server.url, PATIENT)
        self._stack.callback(client.close)
        known = [Question(e.locales[locale].question, locale, name, "known") for name, e in taught.entries.items()]
        self._rows = [*held, *evenly(known, _KNOWN), *unanswerable(self._exam, locale)] if held else []
        self._parses = {row.text: client.parse(row.text) for row in self._rows}
        self._calibration = calibrate(self._rows, self._parses.__getitem__, RISK, bounded=False)
        return RasaFaqIndex(corpus.version, locale, ids, client)

    def probability(self, query: Query, ranking: Ranking) -> float:
        return self._calibration.probability(ranking.features) if ranking.candidates else 0.0

    def of_subject(self, ranking: Ranking) -> bool:
        return False

    def thresholds(self, locale: str) -> Thresholds | None:
        return self._calibration.thresholds.get(locale)

    def threshold_at(self, locale: str, risk: float) -> float | None:
        """From which probability on that risk is kept; None = nowhere."""
        chosen = calibrate(self._rows, self._parses.__getitem__, risk, bounded=False).thresholds.get(locale)
        return chosen.answer_at if chosen else None

    def close(self) -> None:
        """Stops the server. Nothing may be ranked afterwards."""
        self._stack.close()


class RasaFaqIndex:
    """The trained model behind its server."""

    def __init__(self, version: str, locale: str, ids: Mapping[str, str], client: ParseClient) -> None:
        self.version = version
        self.locales = (locale,)
        self._ids = ids
        self._client = client

    def rank(self, queries: Sequence[Query], k: int) -> list[Ranking]:
        """One after the other. Raises RasaFailed."""
        return [self._ranking(query, k) for query in queries]

    def _ranking(self, query: Query, k: int) -> Ranking:
        if query.locale not in self.locales or not query.text.strip():
            return Ranking(())
        parse = self._client.parse(query.text)
        top = parse.entries[0][1] if parse.entries else 0.0
        candidates = (
            Candidate(self._ids[name], share, "", share / top if top else 1.0) for name, share in parse.entries[:k]
        )
        return Ranking(tuple(candidates), features_of(parse))


def lesson(corpus: Corpus, ids: Mapping[str, str], locale: str) -> tuple[Corpus, list[Question]]:
    """The corpus under Rasa's names without the wordings held back, and those as questions."""
    able = [
        name for name, entry in ids.items() if len(corpus.entries[entry].locales[locale].phrasings) > _KEEPS_AT_LEAST
    ]
    losing = set(evenly(able, _MOST_HELD))
    entries, held = {}, []
    for name, identity in ids.items():
        entry = corpus.entries[identity]
        own = entry.locales[locale]
        if name in losing:
            held.append(Question(own.similar[-1], locale, name, "paraphrase"))
            own = replace(own, similar=own.similar[:-1])
        # Rasa wants a response to say something.
        own = replace(own, answer=own.answer.strip() or own.question)
        entries[name] = replace(entry, id=name, locales={locale: own})
    return replace(corpus, entries=entries), held
