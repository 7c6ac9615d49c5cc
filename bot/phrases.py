"""The bot's own words: `bot/phrases.yml`, which the corpus's texts of the same name override."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

from bot.corpus import Corpus, fallbacks


@cache
def built_in() -> Mapping[str, Mapping[str, str]]:
    """Texts by name and locale, read once."""
    source = resources.files("bot").joinpath("phrases.yml").read_text(encoding="utf-8")
    texts: Mapping[str, Mapping[str, str]] = yaml.safe_load(source)
    return texts


def phrase(corpus: Corpus, name: str, locale: str) -> str:
    """The corpus's text of that name, else the built-in one. Raises KeyError for a name that does not exist."""
    own = corpus.text(name, locale)
    if own is not None:
        return own
    texts = built_in()[name]
    return next(texts[tag] for tag in (*fallbacks(locale), "en") if tag in texts)
