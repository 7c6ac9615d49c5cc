"""The conversations of faq_corpus/stories, each walked through the shipped bot: corpus, forms, encoders and models."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.bots import build_bot
from app.publishing import ROOT
from app.settings import Settings
from bot.corpus import load_corpus
from bot.service import Bot
from tests.bot.stories import Story, load_stories, read_stories
from tests.bot.storyteller import walked

CORPUS = ROOT / "faq_corpus"
STORIES = load_stories(CORPUS / "stories")
# What trainers copy from must hold as well.
EXAMPLES = tuple(
    story
    for block in re.findall(r"```yaml\n(.*?)```", (CORPUS / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    if "turns:" in block
    for story in read_stories(block, "README")
)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """Loaded once: it remembers nothing between turns."""
    corpus = replace(load_corpus(CORPUS), demo=True)
    return build_bot(Settings(data_dir=tmp_path_factory.mktemp("stories")), corpus)


@pytest.mark.parametrize("story", STORIES + EXAMPLES, ids=[story.id for story in STORIES + EXAMPLES])
def test_story(shipped: Bot, story: Story) -> None:
    went, wrong = walked(shipped, story)
    assert not wrong, "\n".join([f"{story.id} ({story.locale})", *went, *(f"  ==> {found}" for found in wrong)])


def test_the_guide_shows_one_in_both_languages() -> None:
    assert len(EXAMPLES) == 2


def test_every_language_that_is_served_has_a_story() -> None:
    told = {story.locale for story in STORIES}
    assert told >= {"zh-CN", "zh-TW", "en", "ja", "ko", "ru", "vi", "tr", "es", "pt"}


def test_entries_that_stories_name_exist() -> None:
    """A story about an entry that was renamed would pass for one about a bot that is wrong."""
    entries = load_corpus(CORPUS).entries
    for story in STORIES:
        for step in story.steps:
            named = {*step.expected.entries, *step.expected.choices, *filter(None, [step.click])}
            assert named <= entries.keys(), (story.id, named - entries.keys())
