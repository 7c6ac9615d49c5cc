"""`honeydesk rasa export` and `honeydesk corpus import --rasa`, as a person calls them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.corpus import load_corpus

ROOT = Path(__file__).resolve().parents[2]


def honeydesk(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("HONEYDESK_")}
    env |= {"HONEYDESK_DATA_DIR": str(data), "HONEYDESK_RASA_DIR": str(data / "rasa")}
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_what_is_exported_can_be_imported(tmp_path: Path, data: Path) -> None:
    done = honeydesk("rasa", "export", "--out", str(tmp_path / "projects"), data=data)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [project["language"] for project in report["projects"]] == ["zh", "en"]
    assert not data.exists()
    source, target = str(tmp_path / "projects"), str(tmp_path / "corpus")
    done = honeydesk("corpus", "import", "--rasa", source, "--out", target, data=data)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    shipped = load_corpus(ROOT / "faq_corpus")
    assert report["entries"] == len(shipped.entries)
    assert {"zh-CN", "en"} <= set(report["locales"])
    assert load_corpus(Path(target)).entries.keys() == shipped.entries.keys()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("corpus", "import"), "usage"),
        (("corpus", "import", "faq_corpus", "--rasa", "x"), "usage"),
        (("corpus", "import", "--rasa", "nowhere"), "not_found"),
        (("rasa", "train", "--venv", "nowhere"), "rasa_missing"),
        (("rasa", "serve", "--venv", "nowhere"), "rasa_missing"),
    ],
)
def test_what_cannot_be_done_says_why(arguments: tuple[str, ...], code: str, data: Path) -> None:
    done = honeydesk(*arguments, data=data)
    assert done.returncode == 1
    assert f"honeydesk: {code}: " in done.stderr
    assert done.stdout == ""
