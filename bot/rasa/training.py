"""Trains a project with Rasa itself, and remembers which model files are ours.

A model file is code (it is unpickled when it is loaded, CVE-2024-49375): only files that `train` has written down,
with their hash, in a folder that nobody else may write to, are ever served.
"""

import hashlib
import json
import stat
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from bot.engines.port import EngineFailed
from bot.rasa.environment import rasa_command, rasa_variables
from bot.rasa.live import write_json
from bot.rasa.project import Project, write_project

RECORD = "model.json"
_KEPT = 3


class TrainingFailed(EngineFailed):
    """Rasa ended with an error; the message holds the end of its output."""

    code = "rasa_training_failed"


class ForeignModel(EngineFailed):
    """A model that we did not write, or that somebody else could have changed."""

    code = "rasa_foreign_model"


@dataclass(frozen=True, slots=True)
class Model:
    """`file` inside the language's folder; `sha256` of it; the corpus it knows; what training took."""

    language: str
    file: str
    sha256: str
    corpus: str
    entries: int
    examples: int
    seconds: float

    def knows(self, project: Project) -> bool:
        """Whether it was trained on this corpus, with as many wordings of it."""
        return (self.corpus, self.entries, self.examples) == (project.corpus, project.entries, project.examples)


def train(project: Project, folder: Path, environment: Path, log: IO[str]) -> Model:
    """Writes the project under `folder/<language>`, trains it (minutes), and records the model as the newest one.

    Raises RasaMissing, TrainingFailed.
    """
    home = folder / project.language
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_project(project, home / "project")
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{project.corpus}"
    command = [*rasa_command(environment), "train", "--out", "../models", "--fixed-model-name", name]
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603
        command,
        cwd=home / "project",
        env=dict(rasa_variables()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    log.write(done.stdout)
    path = home / "models" / f"{name}.tar.gz"
    if done.returncode or not path.is_file():
        raise TrainingFailed(f"{project.language}: exit code {done.returncode}: {done.stdout[-1500:]}")
    path.chmod(0o600)
    seconds = round(time.monotonic() - began, 1)
    file = str(path.relative_to(home))
    model = Model(project.language, file, digest(path), project.corpus, project.entries, project.examples, seconds)
    write_json(home / RECORD, asdict(model))
    _forget_old(home / "models")
    return model


def _forget_old(models: Path) -> None:
    for path in sorted(models.glob("*.tar.gz"))[:-_KEPT]:
        path.unlink()


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def newest(folder: Path, language: str) -> Model | None:
    """The model recorded last; None before the first training. Raises ForeignModel for a record that is damaged."""
    path = folder / language / RECORD
    if not path.is_file():
        return None
    try:
        return Model(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise ForeignModel(f"{path}: {error}") from error


def languages(folder: Path) -> tuple[str, ...]:
    """Languages that have a recorded model."""
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{RECORD}")))


def checked(folder: Path, model: Model) -> Path:
    """The model's file, once it is certain that it is the one we wrote. Raises ForeignModel."""
    path = folder / model.language / model.file
    for part in (path.parent.parent, path.parent, path):
        if not part.exists():
            raise ForeignModel(f"{part} is gone")
        if part.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise ForeignModel(f"{part} can be written by others")
    if digest(path) != model.sha256:
        raise ForeignModel(f"{path} is not the file that was trained here")
    return path


def models_of(folder: Path) -> Mapping[str, Model]:
    """The newest model of every language."""
    found = ((language, newest(folder, language)) for language in languages(folder))
    return {language: model for language, model in found if model is not None}
