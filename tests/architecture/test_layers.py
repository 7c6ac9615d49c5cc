"""Who may import whom: the contracts of pyproject.toml hold, and they would notice if they did not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "bot", "conversation", "handoff")
LINTER = Path(sys.executable).parent / "lint-imports"


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache", "--config", "pyproject.toml"], cwd=tree, capture_output=True, text=True, check=False
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code that a test may spoil."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda folder, names: [n for n in names if not (n.endswith(".py") or (Path(folder) / n).is_dir())],
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    run = lint(ROOT)
    assert run.returncode == 0, run.stdout


BAD = {
    "app -> bot, handoff -> conversation": [
        ("bot/__init__.py", "import handoff"),
        ("handoff/__init__.py", "import bot"),
        ("handoff/__init__.py", "import app"),
        ("conversation/__init__.py", "import handoff"),
    ],
    "conversation is standard library only": [("conversation/__init__.py", "import numpy")],
    "only app.db knows SQL": [("app/desk/__init__.py", "import sqlalchemy")],
    "only bot.engines imports inference runtimes": [("app/desk/__init__.py", "import onnxruntime")],
}


def test_bad_imports_are_noticed_each_by_its_contract(tree: Path) -> None:
    """All of them at once: building the graph is what takes the time."""
    for imports in BAD.values():
        for name, line in imports:
            module = tree / name
            module.write_text(f"{line}\n{module.read_text()}")
    run = lint(tree)
    assert run.returncode == 1
    for contract in BAD:
        assert f"{contract} BROKEN" in run.stdout, run.stdout
    for source, target in (("bot", "handoff"), ("handoff", "bot"), ("handoff", "app"), ("conversation", "handoff")):
        assert f"{source} is not allowed to import {target}" in run.stdout
