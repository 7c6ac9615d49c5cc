"""Knowledge as data: the FAQ corpus, its checks, its files, and training data in Rasa's format."""

from bot.corpus.document import from_document, to_document
from bot.corpus.files import load_corpus, read_corpus, write_corpus
from bot.corpus.model import Button, Category, Corpus, Entry, Localised, Variable, Withheld, fallbacks
from bot.corpus.problems import CorpusError, Problem

__all__ = [
    "Button",
    "Category",
    "Corpus",
    "CorpusError",
    "Entry",
    "Localised",
    "Problem",
    "Variable",
    "Withheld",
    "fallbacks",
    "from_document",
    "load_corpus",
    "read_corpus",
    "to_document",
    "write_corpus",
]
