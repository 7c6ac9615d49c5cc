"""Recall and false alarms of the detectors, anger among them, on the exam rows: `python -m benchmarks.bot.detectors
[--first] [--misses]`.

Rows of `eval/unseen` were written by somebody who had not read wordings, patterns or the other exams, and nothing is
fitted on them: they are the figure to quote. Those of `eval` itself are fitted on. Four stages: the patterns alone, the
first look (no encoder), both looks, and the trainers' wordings besides; anger has one. `--first` leaves the encoder
out; `--misses` prints mistakes among the fitted rows only.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.bot.intervals import shown
from bot.corpus import load_corpus
from bot.corpus.nlu import read_nlu
from bot.detectors import Detection, Detectors
from bot.detectors.classifier import PLACE, VectorClassifier, read_model
from bot.detectors.examples import EXAMS, about_a_wish, read_rows, unseen
from bot.detectors.normal import normal
from bot.detectors.patterns import load_patterns
from bot.encoder.runtime import OnnxEncoder
from bot.encoder.use import UseEncoder
from bot.engines.vectors import Encoder, VectorStore

Stage = Callable[[Sequence[str]], list[Detection | None]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--cache", type=Path, default=None, help="vectors of texts, kept between runs")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    stages = stages_of(arguments.corpus, None if arguments.first else arguments.models, arguments.cache)
    for name, kind in EXAMS:
        folder = arguments.corpus / "eval"
        halves = {half: list(read_rows(place / f"{name}.jsonl")) for half, place in places_of(folder).items()}
        rows = [row | {"half": half} for half, some in halves.items() for row in some]
        texts = [row["text"] for row in rows]
        for title, stage in stages.items():
            found = stage(texts)
            taken = [detection is not None and detection.kind == kind for detection in found]
            tell(f"{name:10} {title:9}", rows, taken)
            right = Counter(
                detection.detail == row["label"]
                for row, detection, yes in zip(rows, found, taken, strict=True)
                if yes and detection is not None and isinstance(row["label"], str) and row["half"] == "unseen"
            )
            if right:
                print(f"{name:10} {title:9} right detail among found {shown(right[True], right.total())}")
            if arguments.misses and title == list(stages)[-1]:
                for row, detection, yes in zip(rows, found, taken, strict=True):
                    if yes != bool(row["label"]) and row["half"] == "fitted":
                        print(f"  {row['locale']} {row['label']}: {row['text']} -> {detection}")
    ordinary(arguments.corpus, stages)
    anger(arguments.corpus)


def places_of(folder: Path) -> Mapping[str, Path]:
    """Where the rows of each half are."""
    return {"unseen": folder / "unseen", "fitted": folder}


def stages_of(corpus: Path, models: Path | None, cache: Path | None) -> Mapping[str, Stage]:
    """By name; without `models` those that need no encoder."""
    bare, trained = Detectors(), Detectors(read_nlu(corpus / "nlu").intents)
    sets = [(kind, load_patterns(kind)) for _, kind in sorted(EXAMS, key=lambda exam: exam[0] != "emergency")]

    def patterns(texts: Sequence[str]) -> list[Detection | None]:
        forms = [normal(text) for text in texts]
        found = [[(kind, rows.find(form)) for kind, rows in sets] for form in forms]
        return [next((Detection(kind, detail) for kind, detail in some if detail), None) for some in found]

    stages: dict[str, Stage] = {"patterns": patterns, "first": lambda texts: [bare.detect(text) for text in texts]}
    if models is None:
        return stages
    encoders: tuple[Encoder, ...] = (
        UseEncoder.open(models / "encoder-use", cache=0),
        OnnxEncoder.open(models / "encoder", cache=0),
    )
    stores = [VectorStore(encoder, cache) for encoder in encoders]
    model = read_model(models / PLACE, [encoder.identity for encoder in encoders])
    classifier = VectorClassifier(model, lambda texts, some: [store.vectors(texts, "query") for store in stores[some]])

    def both(detectors: Detectors) -> Stage:
        def look(texts: Sequence[str]) -> list[Detection | None]:
            looks = [detectors.look(text) for text in texts]
            second = classifier.detect(texts, looks)
            for store in stores:
                store.save()
            return [
                late if not look.certain and (look.spoken or first is None) else first
                for first, look, late in zip(map(detectors.detect, texts), looks, second, strict=True)
            ]

        return look

    return stages | {"both": both(bare), "+ nlu": both(trained)}


def tell(title: str, rows: Sequence[dict[str, object]], taken: Sequence[bool]) -> None:
    """Recall and false alarms per half, and per language on the unseen one."""
    counts: Counter[tuple[str, str, bool, bool]] = Counter()
    for row, yes in zip(rows, taken, strict=True):
        counts[str(row["half"]), str(row["locale"]), bool(row["label"]), yes] += 1
    for half in ("unseen", "fitted"):
        print(title, f"{half:6}", *(_share(counts, half, None, wanted) for wanted in (True, False)))
    for locale in sorted({key[1] for key in counts}):
        print(title, f"unseen {locale:5}", *(_share(counts, "unseen", locale, wanted) for wanted in (True, False)))


def _share(counts: Counter[tuple[str, str, bool, bool]], half: str, locale: str | None, wanted: bool) -> str:
    some = {key: n for key, n in counts.items() if key[0] == half and key[2] == wanted and locale in (None, key[1])}
    return ("recall " if wanted else " alarms ") + shown(
        sum(n for key, n in some.items() if key[3]), sum(some.values())
    )


def ordinary(folder: Path, stages: Mapping[str, Stage]) -> None:
    """How many ordinary questions (unseen half of the paraphrases) are taken for a wish by the last stage; those of
    entries about a wish ("I sent to the wrong address") apart, since there it is right more often than not."""
    title, stage = list(stages.items())[-1]
    wishes = about_a_wish(load_corpus(folder))
    paths = sorted((folder / "eval").glob("paraphrases*.jsonl"))
    rows = [row for path in paths for row in read_rows(path) if unseen(row["text"])]
    for name, wanted in (("ordinary questions", False), ("questions of entries about a wish", True)):
        texts = [row["text"] for row in rows if (row["entry"] in wishes) == wanted]
        found = Counter(detection.kind for detection in stage(texts) if detection is not None)
        for kind in ("emergency", "handoff", "boundary", "chat"):
            print(f"{name} taken for {kind:9} ({title}) {shown(found[kind], len(texts))}")


def anger(corpus: Path) -> None:
    """Anger on its exam."""
    detectors = Detectors()
    halves = places_of(corpus / "eval").items()
    rows = [row | {"half": half} for half, place in halves for row in read_rows(place / "anger.jsonl")]
    tell("anger     ", rows, [detectors.angry(row["text"]) for row in rows])


if __name__ == "__main__":
    main()
