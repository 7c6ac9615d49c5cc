"""Twenty entries of the shipped corpus, learnt by the real Rasa in its own environment and served by it. Minutes."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from bot.corpus import Corpus, load_corpus
from bot.engines.rasa import RasaEngine
from bot.engines.toy import ToyEngine
from bot.rasa import environment
from bot.rasa.gate import Question, questions
from bot.rasa.live import LiveFile
from bot.rasa.parse import Limits
from bot.rasa.project import projects
from bot.rasa.serving import Stage
from bot.rasa.training import Model, train

ROOT = Path(__file__).resolve().parents[2]
TODAY = date.today()
# A test machine may be busy; what a time-out does is tested on the double.
PATIENT = Limits(connect=5.0, answer=20.0, failures=5, rest=0.0)


def first(entries: int) -> Corpus:
    """The shipped corpus, cut to its first entries."""
    whole = load_corpus(ROOT / "faq_corpus")
    return replace(whole, entries=dict(islice(whole.entries.items(), entries)), version=f"first-{entries}")


@dataclass
class Theatre:
    """A folder of models, the stage that serves them, and an engine that asks it."""

    folder: Path
    venv: Path
    stage: Stage
    engine: RasaEngine
    said: list[str]

    def learn(self, corpus: Corpus, language: str) -> Model:
        (project,) = [p for p in projects(corpus, TODAY) if p.language == language]
        return train(project, self.folder, self.venv, io.StringIO())


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    venv = ROOT / ".venv-rasa"
    environment.install(venv)
    folder, said = tmp_path_factory.mktemp("rasa"), list[str]()

    def exam(language: str) -> list[Question]:
        return questions(first(20), ROOT / "faq_corpus" / "eval", language)

    stage = Stage(folder, venv, exam, said.append)
    engine = RasaEngine(LiveFile(folder, every=0.0), ToyEngine(), PATIENT)
    found = Theatre(folder, venv, stage, engine, said)
    for language in ("zh", "en"):
        found.learn(first(20), language)
    stage.look()
    assert set(stage.live) == {"zh", "en"}, said
    yield found
    engine.close()
    stage.close()
