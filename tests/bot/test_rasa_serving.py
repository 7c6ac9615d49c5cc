"""Training, serving and swapping with real processes: the double's `python -m rasa` (tests/rasa has the real one)."""

import fcntl
import io
import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.corpus import Corpus
from bot.corpus.nlu import Intent, TrainingData
from bot.engines.port import Query
from bot.engines.rasa import RasaEngine
from bot.engines.toy import ToyEngine
from bot.rasa.environment import RasaMissing, rasa_command
from bot.rasa.gate import Question
from bot.rasa.live import LiveFile
from bot.rasa.project import projects
from bot.rasa.serving import NotUp, Stage, StageTaken
from bot.rasa.training import ForeignModel, Model, TrainingFailed, checked, newest, train
from tests.bot.conftest import TODAY
from tests.support import rasa_double


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    return rasa_double.environment(tmp_path / "venv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rasa"


def trained(corpus: Corpus, folder: Path, venv: Path, language: str = "zh") -> Model:
    (project,) = [p for p in projects(corpus, TODAY) if p.language == language]
    return train(project, folder, venv, io.StringIO())


def with_intent(corpus: Corpus, name: str, version: str) -> Corpus:
    return replace(corpus, version=version, nlu=TrainingData((Intent(name, "zh-CN", ("随便什么",)),)))


def exam(language: str) -> list[Question]:
    return []


class Hall:
    """A stage with what it said."""

    def __init__(self, folder: Path, venv: Path) -> None:
        self.said: list[str] = []
        self.stage = Stage(folder, venv, exam, self.said.append, drain=0.0)


@pytest.fixture
def hall(folder: Path, venv: Path) -> Iterator[Hall]:
    found = Hall(folder, venv)
    yield found
    found.stage.close()


# --- training ---------------------------------------------------------------------------------------------------------


def test_training_leaves_a_project_a_model_and_a_record_of_it(small: Corpus, folder: Path, venv: Path) -> None:
    model = trained(small, folder, venv)
    assert newest(folder, "zh") == model
    assert (model.corpus, model.entries) == ("v1", 3)
    assert checked(folder, model).is_file()
    assert (folder / "zh/project/domain.yml").is_file()


def test_a_training_that_fails_leaves_the_model_before_it(small: Corpus, folder: Path, venv: Path) -> None:
    model = trained(small, folder, venv)
    with pytest.raises(TrainingFailed, match="told to fail"):
        trained(with_intent(small, "broken", "v2"), folder, venv)
    assert newest(folder, "zh") == model


def test_old_models_are_forgotten(small: Corpus, folder: Path, venv: Path) -> None:
    for version in ("a", "b", "c", "d", "e"):
        trained(replace(small, version=version), folder, venv)
    assert len(list((folder / "zh/models").glob("*.tar.gz"))) == 3


def test_without_an_environment_nothing_runs(small: Corpus, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RasaMissing, match="make rasa"):
        rasa_command(tmp_path / "nowhere")


@pytest.mark.parametrize("harm", ["changed", "writable", "gone"])
def test_a_model_that_may_not_be_ours_is_never_served(small: Corpus, folder: Path, hall: Hall, harm: str) -> None:
    model = trained(small, folder, folder.parent / "venv")
    path = folder / "zh" / model.file
    match harm:
        case "changed":
            path.write_bytes(path.read_bytes() + b"x")
        case "writable":
            path.chmod(0o666)
        case "gone":
            path.unlink()
    with pytest.raises(ForeignModel):
        hall.stage.go_live(model)
    hall.stage.look()
    assert "rasa_foreign_model" in hall.said[-1]
    assert hall.stage.live == {}


# --- the stage --------------------------------------------------------------------------------------------------------


def test_a_new_model_goes_live_beside_the_old_one_and_then_replaces_it(
    small: Corpus, folder: Path, venv: Path, hall: Hall
) -> None:
    trained(small, folder, venv)
    hall.stage.look()
    engine = RasaEngine(LiveFile(folder, every=0.0), ToyEngine())
    index = engine.index(small, TODAY)
    asked = [Query("怎么取消提币", "zh-CN")]
    assert index.rank(asked, 1)[0].reading is not None
    blue, process = hall.stage.live["zh"], hall.stage.pid("zh")
    trained(replace(small, version="v2"), folder, venv)
    hall.stage.look()
    green = hall.stage.live["zh"]
    assert green.url != blue.url
    assert green.corpus == "v2"
    assert not Path(f"/proc/{process}").exists()
    assert index.rank(asked, 1)[0].reading is not None
    engine.close()


def test_while_models_swap_every_question_is_answered_by_one_of_them(small: Corpus, folder: Path, venv: Path) -> None:
    trained(small, folder, venv)
    stage = Stage(folder, venv, exam, [].append, drain=0.5)
    stage.look()
    engine = RasaEngine(LiveFile(folder, every=0.05), ToyEngine())
    index = engine.index(small, TODAY)
    trained(replace(small, version="v2"), folder, venv)
    swap = threading.Thread(target=stage.look)
    swap.start()
    answered = 0
    while swap.is_alive() or answered < 20:
        (ranking,) = index.rank([Query("怎么取消提币", "zh-CN")], 1)
        assert ranking.reading is not None
        answered += 1
    swap.join()
    engine.close()
    stage.close()
    assert answered >= 20


def test_a_model_that_does_not_start_leaves_the_old_one_live_and_is_not_tried_again(
    small: Corpus, folder: Path, venv: Path, hall: Hall
) -> None:
    trained(small, folder, venv)
    hall.stage.look()
    before = hall.stage.live
    trained(with_intent(small, "mute", "v2"), folder, venv)
    hall.stage.look()
    assert hall.stage.live == before
    assert "rasa_not_up" in hall.said[-1]
    said = len(hall.said)
    hall.stage.look()
    assert len(hall.said) == said


def test_a_server_that_dies_is_started_again(small: Corpus, folder: Path, venv: Path, hall: Hall) -> None:
    trained(small, folder, venv)
    hall.stage.look()
    first = hall.stage.live["zh"].url
    died = hall.stage.pid("zh")
    os.kill(died, signal.SIGKILL)
    os.waitid(os.P_PID, died, os.WEXITED | os.WNOWAIT)
    hall.stage.look()
    assert hall.stage.live["zh"].url != first
    assert any("died" in line for line in hall.said)


def test_at_the_end_nothing_is_live(small: Corpus, folder: Path, venv: Path) -> None:
    trained(small, folder, venv)
    stage = Stage(folder, venv, exam, [].append)
    stage.look()
    process = stage.pid("zh")
    over = threading.Event()
    over.set()
    stage.run(over)
    assert json.loads((folder / "live.json").read_text()) == {}
    assert not Path(f"/proc/{process}").exists()


def test_a_folder_has_one_stage(folder: Path, venv: Path) -> None:
    folder.mkdir()
    with (folder / "stage.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StageTaken):
            Stage(folder, venv, exam, [].append).run(threading.Event())


def test_a_server_that_was_not_started_has_no_process(small: Corpus, folder: Path, venv: Path, hall: Hall) -> None:
    with pytest.raises(NotUp):
        hall.stage.pid("zh")
