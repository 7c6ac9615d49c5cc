"""Reads and writes the corpus as a folder of YAML files (the seed and the exchange format).

entries/<category>.yml   lists of entries      variables/<file>.yml   name: {demo, unit, note}
texts/<file>.yml         name: {locale: text}  categories.yml         [{id, titles, greeting}]
traditional.yml          OpenCC's word: ours
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.corpus.checks import check
from bot.corpus.document import assemble, category_to, entry_from, entry_to, variable_to, variables_from
from bot.corpus.model import Category, Corpus, Entry, Variable
from bot.corpus.nlu import TrainingData, read_nlu, write_nlu
from bot.corpus.problems import CorpusError, Problem

# libyaml reads the shipped corpus in a fifth of the time of the pure Python loader, where it is built in.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_corpus(folder: Path, *, version: str | None = None) -> Corpus:
    """The corpus of a folder. Raises CorpusError with every problem when one of them is fatal."""
    corpus, problems = read_corpus(folder, version=version)
    if any(problem.fatal for problem in problems):
        raise CorpusError([problem for problem in problems if problem.fatal])
    return corpus


def read_corpus(folder: Path, *, version: str | None = None) -> tuple[Corpus, list[Problem]]:
    """What could be read of a folder, with every problem found, fatal and advisory."""
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    for path, rows in _yaml_files(folder / "entries", problems):
        for row in rows if isinstance(rows, list) else ():
            name = row.get("id", "?") if isinstance(row, dict) else "?"
            entry = entry_from(row, f"{path.name}:{name}", problems)
            if entry is None:
                continue
            if entry.id in entries:
                problems.append(Problem("duplicate_id", f"{path.name}:{entry.id}", "the id is taken"))
            entries[entry.id] = entry
    variables: dict[str, Variable] = {}
    for path, body in _yaml_files(folder / "variables", problems):
        for name, variable in variables_from(body, path.stem, problems).items():
            if name in variables:
                message = f"also in {variables[name].source}.yml"
                problems.append(Problem("duplicate_variable", f"{path.name}:{name}", message))
            variables[name] = variable
    texts: dict[str, dict[str, str]] = {}
    for path, body in _yaml_files(folder / "texts", problems):
        texts |= _texts(path, body, problems)
    training = TrainingData()
    try:
        training = read_nlu(folder / "nlu")
    except CorpusError as error:
        problems += error.problems
    categories = _categories(folder, problems)
    traditional = _traditional(folder, problems)
    corpus = assemble(list(entries.values()), variables, categories, texts, version, training, traditional)
    return corpus, problems + check(corpus)


def _texts(path: Path, body: object, problems: list[Problem]) -> Iterator[tuple[str, dict[str, str]]]:
    for name, by_locale in (body if isinstance(body, dict) else {}).items():
        if not isinstance(by_locale, dict) or not all(isinstance(text, str) for text in by_locale.values()):
            problems.append(Problem("bad_field", f"{path.name}:{name}", "a text is a mapping of locale to string"))
            continue
        yield str(name), {str(tag): text.strip() for tag, text in by_locale.items()}


def _categories(folder: Path, problems: list[Problem]) -> tuple[Category, ...]:
    path = folder / "categories.yml"
    if not path.is_file():
        return ()
    rows = _read(path, problems)
    found: list[Category] = []
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict) or not row.get("id") or not isinstance(row.get("titles"), dict):
            problems.append(Problem("bad_field", f"{path.name}:{row}", "a category has an id and titles by locale"))
            continue
        titles = {str(tag): str(text) for tag, text in row["titles"].items()}
        found.append(Category(str(row["id"]), titles, bool(row.get("greeting"))))
    return tuple(found)


def _traditional(folder: Path, problems: list[Problem]) -> dict[str, str]:
    path = folder / "traditional.yml"
    body = _read(path, problems) if path.is_file() else {}
    if not isinstance(body, dict) or not all(isinstance(x, str) for pair in body.items() for x in pair):
        problems.append(Problem("bad_field", path.name, "a mapping of what OpenCC writes to what is shown"))
        return {}
    return dict(body)


def _yaml_files(folder: Path, problems: list[Problem]) -> Iterator[tuple[Path, Any]]:
    for path in sorted(folder.glob("*.yml")):
        yield path, _read(path, problems)


def _read(path: Path, problems: list[Problem]) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        problems.append(Problem("bad_yaml", path.name, str(error).replace("\n", " ")))
        return None


class _Dumper(yaml.SafeDumper):
    """Block scalars for texts of several lines, so that an exported answer reads as it was written."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_corpus(corpus: Corpus, folder: Path) -> list[Path]:
    """Writes the folder that `load_corpus` reads back as an equal corpus; returns the files written."""
    documents: dict[str, object] = {}
    for entry in corpus.entries.values():
        documents.setdefault(f"entries/{entry.category}.yml", [])
        rows = documents[f"entries/{entry.category}.yml"]
        assert isinstance(rows, list)  # noqa: S101 - narrows the type
        rows.append(entry_to(entry))
    for variable in corpus.variables.values():
        body = documents.setdefault(f"variables/{variable.source}.yml", {})
        assert isinstance(body, dict)  # noqa: S101 - narrows the type
        body[variable.name] = variable_to(variable)
    if corpus.texts:
        documents["texts/texts.yml"] = {name: dict(texts) for name, texts in corpus.texts.items()}
    if corpus.categories:
        documents["categories.yml"] = [category_to(category) for category in corpus.categories]
    if corpus.traditional:
        documents["traditional.yml"] = dict(corpus.traditional)
    written = [_write(folder / name, body) for name, body in documents.items()]
    return written + write_nlu(corpus.nlu, folder / "nlu")


def _write(path: Path, body: object | Mapping[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(body, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(text, encoding="utf-8")
    return path
