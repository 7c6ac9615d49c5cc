"""What must hold between the entries of a corpus, and inside their answers."""

import re
import unicodedata
from collections.abc import Iterator

from bot.corpus.model import PLACEHOLDER, Corpus, Entry
from bot.corpus.problems import Problem

MIN_SIMILAR = 5
_HTML = re.compile(r"<\s*/?\s*[a-zA-Z][^>]*>")
_URL = re.compile(r"https?://(?!\{\{)\S+|\]\((?!\{\{)[^)]*\)")


def key(text: str) -> str:
    """What two phrasings share when they differ only in case, width, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum()) or folded.strip()


def check(corpus: Corpus) -> list[Problem]:
    """Every problem between entries; `bot.corpus.document` reports those inside one row."""
    if not corpus.entries:
        return [Problem("no_entries", "corpus", "there is no entry")]
    problems = [problem for entry in corpus.entries.values() for problem in _entry(corpus, entry)]
    return problems + list(_duplicates(corpus))


def _entry(corpus: Corpus, entry: Entry) -> Iterator[Problem]:
    for other in entry.related:
        if other not in corpus.entries:
            yield Problem("unknown_related", entry.id, other)
    for button in entry.buttons:
        if button.kind == "entry" and button.target not in corpus.entries:
            yield Problem("unknown_related", entry.id, f"button to {button.target}")
        if button.kind == "link" and not PLACEHOLDER.match(button.target):
            yield Problem("literal_url", entry.id, button.target)
    for locale, own in entry.locales.items():
        where = f"{entry.id}:{locale}"
        for name, text in (("question", own.question), ("answer", own.answer)):
            if not text:
                yield Problem("missing_field", where, name)
            for variable in PLACEHOLDER.findall(text):
                if variable not in corpus.variables:
                    yield Problem("undeclared_variable", where, variable)
        if len(own.similar) < MIN_SIMILAR:
            yield Problem("too_few_similar", where, f"{len(own.similar)} of at least {MIN_SIMILAR}")
        if found := _HTML.search(own.answer):
            yield Problem("html_in_answer", where, found[0])
        if found := _URL.search(own.answer):
            yield Problem("literal_url", where, found[0])


def _duplicates(corpus: Corpus) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for entry in corpus.entries.values():
        for locale, own in entry.locales.items():
            for phrasing in own.phrasings:
                first = seen.setdefault((locale, key(phrasing)), entry.id)
                if first != entry.id:
                    yield Problem("duplicate_phrasing", f"{entry.id}:{locale}", f"{phrasing!r} is also in {first}")
