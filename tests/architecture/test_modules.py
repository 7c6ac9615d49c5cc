"""Rules about modules that no linter knows: their length, their names, and who makes states."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from conversation.states import STATES

ROOT = Path(__file__).parents[2]
PYTHON = ("app", "bot", "conversation", "handoff", "benchmarks", "tests")
LONGEST = {".py": 400, ".ts": 250, ".tsx": 250}
NOT_OURS = {"node_modules", "dist", "static", "generated", "__pycache__", "test-results"}
NO_NOUNS = re.compile(r"(^|[_-])(utils?|helpers?|managers?)([_.-]|$)", re.IGNORECASE)
PURE = {"__future__", "collections", "dataclasses", "operator", "re", "typing", "conversation"}
"""All that the life cycle imports: nothing here can read a clock, draw lots, wait or write a log."""


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            relative = path.relative_to(ROOT)
            if path.suffix in LONGEST and not NOT_OURS & set(relative.parts):
                yield relative


def lines(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def is_generated(path: Path) -> bool:
    """Generated modules say so in their first lines; nobody reads them, so they may be long."""
    with (ROOT / path).open(encoding="utf-8") as file:
        return "Do not edit" in "".join(islice(file, 3))


def test_modules_are_short() -> None:
    """Past 400 lines of Python or 250 of TypeScript a module is split by meaning."""
    long = {str(p): lines(p) for p in modules(*PYTHON, "web") if lines(p) > LONGEST[p.suffix] and not is_generated(p)}
    assert long == {}


def test_modules_are_named_by_nouns() -> None:
    assert [str(p) for p in modules(*PYTHON, "web") if any(NO_NOUNS.search(snake(part)) for part in p.parts)] == []


@pytest.mark.parametrize("name", ["utils.py", "string_helpers.py", "QueueManager.ts", "manager", "util-dates.ts"])
def test_the_rule_about_names_finds(name: str) -> None:
    assert NO_NOUNS.search(snake(name))


@pytest.mark.parametrize("name", ["utility_bills.py", "management.py", "hub.py"])
def test_the_rule_about_names_spares(name: str) -> None:
    assert not NO_NOUNS.search(snake(name))


def test_nobody_but_the_life_cycle_makes_a_state() -> None:
    kinds = {state.__name__ for state in STATES}
    made = [
        f"{path}:{node.lineno} {node.func.id}"
        for path in modules("app", "bot", "handoff")
        if path.suffix == ".py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds
        if "conversation.states" in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert made == []


def test_the_life_cycle_has_no_clock_no_chance_and_no_waiting() -> None:
    for path in modules("conversation"):
        for node in ast.walk(tree(path)):
            assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), path
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= PURE, path
