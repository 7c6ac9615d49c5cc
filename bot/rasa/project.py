"""A corpus as complete Rasa 3.6 projects, one per language.

Entries are one retrieval intent, `faq/<entry>`, told apart by a ResponseSelector, so that a new entry is no new class
of the intent classifier. Wishes that are no questions (`nlu/`) are intents of their own. Two projects, since Rasa cuts
words once per pipeline: Chinese with jieba, English at spaces.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.corpus import Corpus, Entry
from bot.corpus.checks import key
from bot.phrases import phrase
from bot.rasa.entities import EXAMPLES, INFORM, PATTERNS
from bot.rasa.markup import literal, plain

Item = TypeVar("Item")
VERSION = "3.1"
FAQ = "faq"
LANGUAGES: Mapping[str, str] = {"zh": "JiebaTokenizer", "en": "WhitespaceTokenizer"}
"""Languages that get a project, and the tokenizer of each."""
FALLBACK_AT = 0.3
"""Confidence below which Rasa says that it did not understand: the value of its own documentation."""
PHRASINGS = 24
"""Wordings of an entry that are taught, unless told otherwise. The shipped corpus has forty: training takes as much
longer, and needs as much more memory, as there are more, and both languages have to be done in a quarter of an hour."""
MAX_EPOCHS = 50
MIN_EPOCHS = 15
# Two dozen intents with thousands of examples are told apart long before hundreds of entries are.
INTENT_EPOCHS = 8
# Examples shown per training, so that a corpus four times as large does not train four times as long.
_SHOWN = 75_000
_FEW = 1_000
_SEED = 20261101
UNSPOKEN = "unspoken"
"""Channel of the variations that are not for customers."""
_UNSURE = "utter_ask_again"
# Fixed texts that answer an intent, where the names differ.
_TEXTS = {
    "handoff": "handoff_asked",
    "complain_anger": "handoff_anger",
    "investment_advice": "refuse_investment_advice",
    "ask_price_prediction": "refuse_price_prediction",
}


@dataclass(frozen=True, slots=True)
class Project:
    """Files by their path inside the project; `entries` and `examples` say how much there is to learn."""

    language: str
    corpus: str
    files: Mapping[str, str]
    entries: int
    examples: int


def language_of(locale: str) -> str:
    """ "zh-TW" is served by the project "zh"."""
    return locale.split("-", 1)[0].casefold()


def projects(corpus: Corpus, day: date, phrasings: int = PHRASINGS) -> list[Project]:
    """One project per language that has answerable entries, with at most `phrasings` wordings of each entry."""
    spoken = {language_of(tag) for tag in corpus.locales}
    found = (_project(corpus, language, day, phrasings) for language in LANGUAGES if language in spoken)
    return [project for project in found if project.entries]


def write_project(project: Project, folder: Path) -> list[Path]:
    """Writes the files under `folder`; returns their paths."""
    written = []
    for name, text in project.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _project(corpus: Corpus, language: str, day: date, phrasings: int) -> Project:
    locales = [tag for tag in sorted(corpus.locales) if language_of(tag) == language]
    entries = {entry.id: entry for tag in locales for entry in corpus.answerable(tag, day)}
    intents = dict(_intents(corpus, language, list(entries.values()), locales, phrasings))
    # Our own details are found by pattern; DIET learns entities only where trainers marked some.
    trained = (name for name in intents if "/" not in name and name != INFORM)
    annotated = any("[" in example for name in trained for example in intents[name])
    examples = sum(map(len, intents.values()))
    files = {
        "config.yml": yaml_of(_config(language, annotated, examples)),
        "domain.yml": yaml_of(_domain(corpus, entries.values(), locales, intents)),
        "data/nlu.yml": yaml_of({"version": VERSION, "nlu": list(_nlu(intents))}),
        "data/rules.yml": yaml_of({"version": VERSION, "rules": list(_rules(intents))}),
        # No channel is opened by default: an auth token does not protect Rasa's REST channel.
        "credentials.yml": "{}\n",
        "endpoints.yml": "{}\n",
    }
    return Project(language, corpus.version, files, len(entries), examples)


def _intents(
    corpus: Corpus, language: str, entries: list[Entry], locales: list[str], phrasings: int
) -> Iterator[tuple[str, list[str]]]:
    """Intent names with their examples; a wording belongs to one intent only, a wish before a question."""
    seen: set[str] = set()
    wishes: dict[str, list[str]] = {}
    for intent in corpus.nlu.intents:
        if language_of(intent.language or "en") == language:
            pairs = zip(intent.examples, intent.texts, strict=True)
            fresh = [example for example, text in pairs if _new(text, seen)]
            wishes.setdefault(intent.name, []).extend(fresh)
    wishes.setdefault(INFORM, []).extend(EXAMPLES[language])
    yield from wishes.items()
    for entry in entries:
        texts = [text for tag in locales if tag in entry.locales for text in entry.locales[tag].phrasings]
        filled = [corpus.fill(text, locales[0])[0] for text in texts]
        examples = [plain(text).strip() for text in filled if text.strip() and _new(text, seen)]
        if examples:
            yield f"{FAQ}/{entry.id}", evenly(examples, phrasings)


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many of the items, the first one among them, at even distances: the same ones every time."""
    if len(items) <= most:
        return list(items)
    return [items[place * len(items) // most] for place in range(most)]


def _new(text: str, seen: set[str]) -> bool:
    form = key(text)
    if form in seen:
        return False
    seen.add(form)
    return True


def epochs(examples: int, least: int = MIN_EPOCHS) -> int:
    """At most MAX_EPOCHS, fewer for many examples."""
    return max(least, min(MAX_EPOCHS, _SHOWN // max(1, examples)))


def batches(examples: int) -> list[int]:
    """Rasa's growing batch sizes; small ones for few examples, which at most MAX_EPOCHS would show too few times."""
    return [8, 32] if examples < _FEW else [64, 256]


def _config(language: str, annotated: bool, examples: int) -> dict[str, Any]:
    pipeline = [
        {"name": LANGUAGES[language]},
        {"name": "RegexFeaturizer", "use_word_boundaries": False},
        # It describes single words: without a transformer these count for entities only.
        *([{"name": "LexicalSyntacticFeaturizer"}] if annotated else []),
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {
            "name": "DIETClassifier",
            "epochs": epochs(examples, INTENT_EPOCHS),
            "batch_size": batches(examples),
            "number_of_transformer_layers": 0,
            "entity_recognition": annotated,
            "constrain_similarities": True,
            "random_seed": _SEED,
        },
        {
            "name": "RegexEntityExtractor",
            "use_lookup_tables": False,
            "use_regexes": True,
            "use_word_boundaries": False,
        },
        {"name": "EntitySynonymMapper"},
        {
            "name": "ResponseSelector",
            "retrieval_intent": FAQ,
            # DIET's own shape instead of the selector's two hidden layers: .31 instead of .28 of the held-out
            # paraphrases, and all known wordings instead of .98, of 126 entries in Chinese.
            "hidden_layers_sizes": {"text": [], "label": []},
            # Twenty dimensions, the default, are few for hundreds of entries: with 16 wordings of each of 406 in
            # English .24 of the held-out paraphrases were found, .31 in 64 dimensions; .47 in 128 with 24 wordings.
            # Half the width before that is as good and twice as fast.
            "embedding_dimension": 128,
            "dense_dimension": {"text": 256, "label": 128},
            "connection_density": 0.2,
            "sparse_input_dropout": True,
            "epochs": epochs(examples),
            "batch_size": batches(examples),
            "number_of_transformer_layers": 0,
            "constrain_similarities": True,
            "random_seed": _SEED,
        },
        {"name": "FallbackClassifier", "threshold": FALLBACK_AT},
    ]
    return {
        "recipe": "default.v1",
        "assistant_id": f"honeydesk-{language}",
        "language": language,
        "pipeline": pipeline,
        "policies": [{"name": "RulePolicy", "core_fallback_action_name": _UNSURE}],
    }


def _domain(
    corpus: Corpus, entries: Iterable[Entry], locales: list[str], intents: Mapping[str, list[str]]
) -> dict[str, Any]:
    wishes = [name for name in intents if "/" not in name]
    responses = {f"utter_{name}": [{"text": literal(_said(corpus, name, locales[0]))}] for name in wishes}
    responses[_UNSURE] = [{"text": literal(phrase(corpus, "ask_again", locales[0]))}]
    for entry in entries:
        tag = next(tag for tag in locales if tag in entry.locales)
        answer = corpus.fill(entry.locales[tag].answer, tag)[0]
        # Rasa's featurizers read the last variation of a response once per example of its entry, and the selector does
        # not use what they find. Of whole answers that was two fifths of a training's time. A variation for a channel
        # that nobody opens is never said.
        responses[f"utter_{FAQ}/{entry.id}"] = [{"text": literal(answer)}, {"text": "answer", "channel": UNSPOKEN}]
    return {
        "version": VERSION,
        "intents": [FAQ, *wishes],
        "entities": list(PATTERNS),
        "responses": responses,
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": False},
    }


def _said(corpus: Corpus, intent: str, locale: str) -> str:
    """The fixed text that answers an intent; asking again where there is none."""
    for name in (_TEXTS.get(intent, intent), f"chat_{intent}", f"handoff_{intent}"):
        try:
            return phrase(corpus, name, locale)
        except KeyError:
            continue
    return phrase(corpus, "ask_again", locale)


def _nlu(intents: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    for name, examples in intents.items():
        yield {"intent": name, "examples": "".join(f"- {example}\n" for example in examples)}
    for name, pattern in PATTERNS.items():
        yield {"regex": name, "examples": f"- {pattern}\n"}


def _rules(intents: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    yield _rule(FAQ, f"utter_{FAQ}")
    for name in intents:
        if "/" not in name:
            yield _rule(name, f"utter_{name}")
    yield _rule("nlu_fallback", _UNSURE)


def _rule(intent: str, action: str) -> dict[str, Any]:
    return {"rule": intent, "steps": [{"intent": intent}, {"action": action}]}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as block scalars: Rasa reads examples from one, and people read the files."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def yaml_of(body: object) -> str:
    """A file's text."""
    # Rasa's reader is YAML 1.2: what the dumper leaves unquoted for 1.1 reads the same there.
    text: str = yaml.dump(body, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000)
    return text
