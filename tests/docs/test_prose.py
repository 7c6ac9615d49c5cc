"""Hand-written pages name only what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cli import commands
from docs.generators.cli import tree

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z0-9]+)", page.read_text("utf-8"))}
    assert named - targets == set()


def test_every_command_that_is_named_exists() -> None:
    known = {name.split()[1] for name, _ in tree(commands.app, "honeydesk")}
    named = {n for page in PAGES for n in re.findall(r"(?:^|`|bin/)honeydesk ([a-z]+)", page.read_text("utf-8"), re.M)}
    assert named - known == set()


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "web/package-lock.json").read_text("utf-8")
