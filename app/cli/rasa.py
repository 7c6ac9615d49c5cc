"""``honeydesk rasa``: the real Rasa beside us, from project to served model."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from app.bots import rasa_environment, rasa_folder
from app.cli.output import fail, say, tell
from app.publishing import corpus_folder
from app.settings import Settings
from bot.corpus import Corpus, CorpusError, load_corpus
from bot.rasa.environment import RasaMissing
from bot.rasa.gate import Question
from bot.rasa.project import PHRASINGS, Project

app = typer.Typer(no_args_is_help=True, help="The real Rasa beside us: export, train, serve.")

Venv = Annotated[
    Path | None,
    typer.Option(help="Rasa's own environment. Default: HONEYDESK_RASA_VENV, else .venv-rasa beside the code."),
]
Folder = Annotated[Path | None, typer.Option("--dir", help="Default: HONEYDESK_RASA_DIR, else models/rasa.")]
Source = Annotated[Path | None, typer.Option("--corpus", help="A corpus folder; default: the shipped one.")]
Published = Annotated[bool, typer.Option("--published", help="The published corpus of the data folder instead.")]
Phrasings = Annotated[int, typer.Option(min=1, help="Wordings of an entry that are taught, at most: chosen evenly.")]
Language = Annotated[list[str] | None, typer.Option(help="zh or en; may be given several times. Default: all.")]


def _settings() -> Settings:
    # The command tree holds this module, so it is asked for late.
    from app.cli.commands import settings

    return settings()


def _venv(given: Path | None) -> Path:
    return given or rasa_environment(_settings())


def _corpus(settings: Settings, source: Path | None, published: bool) -> Corpus:
    if published:
        from app.cli.changes import run
        from bot.corpus import from_document

        found = asyncio.run(run(settings, "corpus_document", {}))
        corpus, _ = from_document(found["document"], version=found["version"])
    else:
        try:
            corpus = load_corpus(source or corpus_folder(settings))
        except CorpusError as error:
            fail(error.code, str(error))
    return replace(corpus, demo=settings.demo_values)


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Where to write; one project per language below it.")] = Path("rasa"),
    corpus: Source = None,
    published: Published = False,
    phrasings: Phrasings = PHRASINGS,
) -> None:
    """Write the corpus as complete Rasa 3.6 projects, one per language."""
    from bot.rasa.project import projects, write_project

    found = _corpus(_settings(), corpus, published)
    written = []
    for project in projects(found, date.today(), phrasings):
        write_project(project, out / project.language)
        written.append({"language": project.language, "entries": project.entries, "examples": project.examples})
    say({"corpus": found.version, "out": str(out), "projects": written})


@app.command()
def install(venv: Venv = None) -> None:
    """Make Rasa's own environment: Python 3.8 to 3.10 (RASA_PYTHON names one), some minutes, 2.7 GB."""
    from bot.rasa import environment

    tell(f"Rasa's environment in {_venv(venv)}: two minutes or more the first time")
    try:
        made = environment.install(_venv(venv))
    except RasaMissing as error:
        fail(error.code, str(error))
    say({"environment": str(_venv(venv)), "made": made})


@app.command()
def train(
    corpus: Source = None,
    published: Published = False,
    language: Language = None,
    dir: Folder = None,
    venv: Venv = None,
    phrasings: Phrasings = PHRASINGS,
    missing: Annotated[bool, typer.Option("--missing", help="Only what has no model of this corpus yet.")] = False,
) -> None:
    """Train the corpus, some minutes a language. A running `honeydesk rasa serve` takes the new models live."""
    from bot.rasa.project import projects
    from bot.rasa.training import ForeignModel, TrainingFailed, newest
    from bot.rasa.training import train as run

    settings = _settings()
    folder = (dir or rasa_folder(settings)).absolute()
    found = _corpus(settings, corpus, published)

    def is_wanted(project: Project) -> bool:
        known = newest(folder, project.language)
        if language and project.language not in language:
            return False
        return not missing or known is None or not known.knows(project)

    try:
        wanted = [project for project in projects(found, date.today(), phrasings) if is_wanted(project)]
        for project in wanted:
            tell(f"training {project.language}: {project.entries} entries, {project.examples} examples")
        # Most of a training keeps one core busy, so that both languages together take little longer than one.
        with ThreadPoolExecutor(max(1, len(wanted))) as pool:
            trainings = [pool.submit(run, project, folder, _venv(venv), sys.stderr) for project in wanted]
        for training in trainings:
            say(asdict(training.result()))
    except (RasaMissing, TrainingFailed, ForeignModel) as error:
        fail(error.code, str(error))


@app.command()
def serve(corpus: Source = None, dir: Folder = None, venv: Venv = None) -> None:
    """Serve the newest models on loopback until SIGTERM; one trained meanwhile goes live blue/green. A new model is
    first asked the held-out questions in the corpus folder's `eval`, from which its thresholds are chosen."""
    from bot.rasa.environment import rasa_command
    from bot.rasa.gate import questions
    from bot.rasa.serving import Stage, StageTaken
    from bot.rasa.training import languages

    settings = _settings()
    folder = (dir or rasa_folder(settings)).absolute()
    source = corpus or corpus_folder(settings)

    def exam(language: str) -> list[Question]:
        return questions(load_corpus(source), source / "eval", language)

    try:
        rasa_command(_venv(venv))
    except RasaMissing as error:
        fail(error.code, str(error))
    if not languages(folder):
        fail("rasa_untrained", f"no model in {folder}: run `honeydesk rasa train`")
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    try:
        Stage(folder, _venv(venv), exam, tell).run(done)
    except StageTaken as error:
        fail(error.code, str(error))


def import_project(project: Path, out: Path | None, locale: str, publish: Callable[[Path], None]) -> None:
    """A foreign project as a corpus folder: written to ``out``, or published by ``publish``; the report comes first."""
    from bot.corpus import write_corpus
    from bot.corpus.checks import check
    from bot.rasa.conversion import import_rasa

    if not project.is_dir():
        fail("not_found", f"{project} is not a folder")
    if out is not None and out.exists() and any(out.iterdir()):
        fail("not_empty", f"{out} is not empty")
    corpus, findings = import_rasa(project, date.today(), locale)
    report = {
        "entries": len(corpus.entries),
        "locales": list(corpus.locales),
        "intents": len(corpus.nlu.intents),
        "variables": len(corpus.variables),
        "not_understood": [asdict(finding) for finding in findings],
        "problems": [str(problem) for problem in check(corpus)],
    }
    say(report)
    with tempfile.TemporaryDirectory(prefix="honeydesk-rasa-") as folder:
        target = out or Path(folder)
        write_corpus(corpus, target)
        if out is None:
            publish(target)
