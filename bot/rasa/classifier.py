"""Rasa as a plain intent classifier, trained on labelled rows: for comparing engines on data that is no corpus."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.rasa.markup import plain
from bot.rasa.parse import PATIENT, ParseClient, RasaFailed
from bot.rasa.project import LANGUAGES, VERSION, Project, batches, epochs, yaml_of
from bot.rasa.serving import Server
from bot.rasa.training import checked, train

Confidences = Mapping[str, float]
_SEED = 20261101


@contextmanager
def trained_on(
    rows: Sequence[tuple[str, str]], language: str, environment: Path, log: IO[str]
) -> Iterator[tuple[Callable[[str], Confidences], float]]:
    """Trains on (text, label) rows, serves, and gives `confidences(text)` by label, and the seconds training took.

    `language` chooses the tokenizer. Raises RasaMissing, TrainingFailed, NotUp; `confidences` raises RasaFailed.
    """
    labels = sorted({label for _, label in rows})
    with tempfile.TemporaryDirectory(prefix="honeydesk-rasa-") as place:
        folder = Path(place)
        model = train(intent_project(rows, labels, language), folder, environment, log)
        server = Server(environment, checked(folder, model), folder / language)
        server.start()
        client = ParseClient(server.url, PATIENT)

        def confidences(text: str) -> Confidences:
            if not text.strip():
                return {}
            found = client.parse(text).confidences
            unknown = [name for name in found if not name.removeprefix("label_").isdigit()]
            if unknown:
                raise RasaFailed(f"intents that were not taught: {unknown}")
            return {labels[int(name.removeprefix("label_"))]: confidence for name, confidence in found.items()}

        try:
            yield confidences, model.seconds
        finally:
            client.close()
            server.stop()


def intent_project(rows: Sequence[tuple[str, str]], labels: Sequence[str], language: str) -> Project:
    """One intent per label, numbered: a label may be any text, an intent's name may not."""
    examples: dict[str, list[str]] = {f"label_{number}": [] for number in range(len(labels))}
    for text, label in rows:
        if line := plain(text).strip():
            examples[f"label_{labels.index(label)}"].append(line)
    taught = {name: texts for name, texts in examples.items() if texts}
    pipeline = [
        {"name": LANGUAGES[language]},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {
            "name": "DIETClassifier",
            "epochs": epochs(len(rows)),
            "batch_size": batches(len(rows)),
            "number_of_transformer_layers": 0,
            "entity_recognition": False,
            "constrain_similarities": True,
            # All of them: a score against out-of-scope texts needs more than the ten first.
            "ranking_length": 0,
            "random_seed": _SEED,
        },
    ]
    config = {"recipe": "default.v1", "assistant_id": "rows", "language": language, "pipeline": pipeline}
    responses = {"utter_heard": [{"text": "."}]}
    rules = [{"rule": name, "steps": [{"intent": name}, {"action": "utter_heard"}]} for name in list(taught)[:1]]
    nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in taught.items()]
    files = {
        "config.yml": yaml_of({**config, "policies": [{"name": "RulePolicy"}]}),
        "domain.yml": yaml_of({"version": VERSION, "intents": list(taught), "responses": responses}),
        "data/nlu.yml": yaml_of({"version": VERSION, "nlu": nlu}),
        "data/rules.yml": yaml_of({"version": VERSION, "rules": rules}),
    }
    return Project(language, "rows", files, len(taught), sum(map(len, taught.values())))
