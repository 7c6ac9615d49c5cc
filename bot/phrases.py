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
    """The corpus's text of that name or the built-in one, whichever is nearer to the locale, the corpus's first.

    Raises KeyError for a name that neither has.
    """
    own, shipped = corpus.texts.get(name, {}), built_in().get(name, {})
    for tag in (*fallbacks(locale), "en"):
        if tag in own:
            return corpus.fill(own[tag], tag)[0]
        if tag in shipped:
            return corpus.fill(shipped[tag], tag)[0]
    raise KeyError(name)
