"""Rasa as a classifier of labelled rows, on the double's processes."""

import io
from pathlib import Path

import yaml

from bot.rasa.classifier import intent_project, trained_on
from tests.support import rasa_double

ROWS = [
    ("how is the weather", "天气/now"),
    ("will it rain [today](time)", "天气/now"),
    ("play a song", "music"),
    ("  ", "music"),
]


def test_labels_may_be_any_text(tmp_path: Path) -> None:
    venv = rasa_double.environment(tmp_path / "venv")
    with trained_on(ROWS, "en", venv, io.StringIO()) as (confidences, seconds):
        found = confidences("play a song")
        assert max(found, key=lambda label: found[label]) == "music"
        assert set(found) == {"天气/now", "music"}
        assert confidences(" ") == {}
        assert seconds > 0


def test_rows_are_taught_as_words() -> None:
    project = intent_project(ROWS, ["music", "天气/now"], "zh")
    nlu = {block["intent"]: block["examples"] for block in yaml.safe_load(project.files["data/nlu.yml"])["nlu"]}
    assert nlu == {"label_0": "- play a song\n", "label_1": "- how is the weather\n- will it rain ［today］(time)\n"}
    assert yaml.safe_load(project.files["config.yml"])["pipeline"][0]["name"] == "JiebaTokenizer"
