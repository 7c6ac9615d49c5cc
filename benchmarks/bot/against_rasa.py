"""P8: Honeydesk against Rasa in one run, on one machine, corpus and set of texts.

    python -m benchmarks.bot.against_rasa [--language zh] [--quick] [--rasa models/rasa] [--venv .venv-rasa]

Held-out texts, each asked once, none of them in the corpus, in a fresh process of ours for every number of clients:
nothing can come from a cache. Ours through the customers' socket (stored durably, masked, one customer each), Rasa's
through its REST channel. What our detectors and boundaries take for themselves is left out: no engine is asked for it,
which would flatter us. Forms and the waiting for a short message's continuation are off, because Rasa has neither.

Run it with OMP_NUM_THREADS=1 beside other work: the threads of a matrix product that wait for a busy core cost either
side a multiple of what they save.

A model that was trained before (`make rasa`) is used if it knows this corpus; else it is trained first. `--edits`
adds the time until an edit is live, at the shipped corpus and at so many entries.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import uvloop
import yaml

from benchmarks.bot.edits import edits
from benchmarks.bot.intervals import shown
from benchmarks.support.asking import Reply, Run, ask_honeydesk, ask_rasa
from benchmarks.support.people import Tokens
from benchmarks.support.process import rss_bytes
from benchmarks.support.server import ROOT, empty_folder, honeydesk, running
from benchmarks.support.verdict import Verdict as Report
from benchmarks.support.verdict import table
from bot.corpus import Corpus, load_corpus
from bot.corpus.checks import key
from bot.detectors.classifier import classifier_for
from bot.engines import ENGINES, EngineSettings
from bot.engines.port import Gate, Index, Query
from bot.rasa.gate import Question, features_of, questions
from bot.rasa.parse import PATIENT, ParseClient
from bot.rasa.project import Project, evenly, projects
from bot.rasa.serving import Server
from bot.rasa.training import Model, checked, newest, train
from bot.service import Bot
from bot.verdicts import Answered, AskedAgain, BotContext, Clarified, HandedOff, Verdict

CLIENTS = (1, 8, 32)
LOCALES = {"zh": "zh-CN", "en": "en"}
FASTER, SOONER = 5.0, 1 / 3
QUICK_TEXTS = 160
DAY = date.today()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="P8: Honeydesk against Rasa in one run.")
    parser.add_argument("--language", choices=tuple(LOCALES), default="zh")
    parser.add_argument("--corpus", type=Path, default=ROOT / "faq_corpus")
    parser.add_argument("--rasa", type=Path, default=ROOT / "models" / "rasa")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv-rasa")
    parser.add_argument("--edits", type=int, nargs="*", metavar="ENTRIES", help="time until an edit is live")
    parser.add_argument("--texts", type=int, default=1000, help="held-out texts, evenly chosen where there are more")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_TEXTS} texts")
    options = parser.parse_args(arguments)
    report = Report("P8")
    locale = LOCALES[options.language]
    corpus = load_corpus(options.corpus)
    project = next(p for p in projects(corpus, DAY) if p.language == options.language)
    model = _model(project, options.rasa, options.venv)
    print(f"Rasa: {model.entries} entries, {model.examples} examples, trained in {model.seconds:.0f} s")
    engine, gate = ENGINES["embedded"](EngineSettings(cache=ROOT / "models" / "index"))
    bot = Bot(engine, gate, corpus, day=DAY, classifier=classifier_for(engine, ROOT / "models"))
    most = QUICK_TEXTS if options.quick else options.texts
    rows = _rows(corpus, options.corpus / "eval", options.language, bot, most)
    server = Server(options.venv, checked(options.rasa, model), options.rasa / options.language, rest=True)
    began = time.monotonic()
    server.start()
    started = time.monotonic() - began
    try:
        print(f"Rasa: up after {started:.0f} s")
        ours, theirs, memory = _race(rows, options.language, server, report, options.corpus)
        _quality(rows, ours, theirs[1], _answers(project))
        _equal_coverage(rows, engine.index(corpus, DAY), gate, ours[1], server)
        table(("memory", "MiB"), [(name, f"{size / 2**20:.0f}") for name, size in memory.items()])
    finally:
        server.stop()
    if options.edits is not None:
        lines = [(what, f"{took:.2f}") for what, took in edits(corpus, options.edits, locale, ROOT / "models")]
        table(("Honeydesk: an edit is live after", "s"), lines)
        print(f"Rasa: a new question is live after training and start: {model.seconds + started:.0f} s")
        for size in options.edits:
            many = round((size - model.entries) * model.examples / model.entries) + model.examples
            print(
                f"Rasa: at {size} entries not trained: {many} examples at the rate of this run are "
                f"{model.seconds * many / model.examples / 3600:.1f} h at least"
            )
    return report.close()


def _model(project: Project, folder: Path, venv: Path) -> Model:
    known = newest(folder, project.language)
    if known is not None and known.knows(project):
        return known
    print(f"training Rasa on {project.examples} examples ...", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "training.log").open("a") as log:
        return train(project, folder, venv, log)


def _rows(corpus: Corpus, folder: Path, language: str, bot: Bot, most: int) -> list[Question]:
    """Held-out rows, each text once, none a phrasing of the corpus, none that our detectors or boundaries take for
    themselves; kinds mixed evenly."""
    known = {key(text) for e in corpus.entries.values() for own in e.locales.values() for text in own.phrasings}
    found: dict[str, Question] = {}
    for row in questions(corpus, folder, language):
        form = key(row.text)
        if row.kind != "known" and row.locale == LOCALES[language] and form not in known:
            found.setdefault(form, row)
    some = evenly(_mixed(list(found.values())), most)
    rows = [row for row in some if _is_ranked(bot.reply(row.text, BotContext(row.locale, verified=True)))]
    print(f"{len(some) - len(rows)} of {len(some)} held-out texts are left out: no engine decides them")
    return rows


def _mixed(rows: Sequence[Question]) -> list[Question]:
    counts: Counter[str] = Counter()
    sizes = Counter(row.kind for row in rows)

    def place(row: Question) -> float:
        counts[row.kind] += 1
        return counts[row.kind] / sizes[row.kind]

    return sorted(rows, key=place)


def _is_ranked(verdict: Verdict) -> bool:
    return isinstance(verdict, Answered | Clarified | AskedAgain) or (
        isinstance(verdict, HandedOff) and verdict.reason == "unsure"
    )


def _answers(project: Project) -> Mapping[str, str]:
    """Text of a response -> the entry it belongs to."""
    responses = yaml.safe_load(project.files["domain.yml"])["responses"]
    plain = {name: str(rows[0]["text"]).replace("{{", "{").replace("}}", "}") for name, rows in responses.items()}
    return {_squeezed(text): name.removeprefix("utter_faq/") for name, text in plain.items() if "/" in name}


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _race(
    rows: Sequence[Question], language: str, server: Server, report: Report, corpus: Path
) -> tuple[dict[int, Run], dict[int, Run], dict[str, float]]:
    texts = [row.text for row in rows]
    print(f"{len(texts)} texts in {language}, each once per number of clients: {dict(Counter(r.kind for r in rows))}")
    ours: dict[int, Run] = {}
    theirs: dict[int, Run] = {}
    memory: dict[str, float] = {}
    # The first questions after a start pay for graphs and dictionaries; neither side's are counted.
    uvloop.run(ask_rasa(server.url, [f"{text} ?" for text in texts[:32]], 8))
    for clients in CLIENTS:
        ours[clients], memory["Honeydesk, server with bot"] = _ours(texts, LOCALES[language], clients, corpus)
        theirs[clients] = uvloop.run(ask_rasa(server.url, texts, clients))
        memory["Rasa, this language"] = float(rss_bytes(server.pid))
    lines = []
    for clients in CLIENTS:
        for name, run in (("Honeydesk", ours[clients]), ("Rasa", theirs[clients])):
            figures = [f"{run.percentile(share):.1f}" for share in (0.5, 0.95, 0.99)]
            lines.append((f"{clients} clients, {name}", f"{run.per_second:.0f}", *figures))
    table(("", "answers/s", "p50 ms", "p95 ms", "p99 ms"), lines)
    for clients in CLIENTS:
        left, right = ours[clients], theirs[clients]
        rate, wait = left.per_second / right.per_second, left.percentile(0.5) / right.percentile(0.5)
        if clients == 1:
            report.must(wait <= 1.0, f"1 client: p50 {wait:.2f} x Rasa's, <= 1")
        else:
            report.must(rate >= FASTER, f"{clients} clients: {rate:.1f} x Rasa's throughput, >= {FASTER:.0f}")
            report.must(wait <= SOONER, f"{clients} clients: p50 {wait:.2f} x Rasa's, <= {SOONER:.2f}")
        report.say(f"{clients}: {rate:.1f} x, p50 {wait:.2f} x")
    return ours, theirs, memory


def _ours(texts: Sequence[str], locale: str, clients: int, corpus: Path) -> tuple[Run, float]:
    endless = "1000000"
    with empty_folder() as folder:
        data = folder / "data"
        data.mkdir(mode=0o700)
        shutil.copytree(corpus, folder / "corpus", ignore=shutil.ignore_patterns("forms", "eval"))
        server = honeydesk(
            data,
            engine="embedded",
            corpus_dir=str(folder / "corpus"),
            bot_burst="0",
            bot_answer="60",
            max_misses=endless,
            max_clarify=endless,
        )
        tokens = Tokens(data)
        with running(server):
            warm = [f"{text} ?" for text in texts[:8]]
            uvloop.run(ask_honeydesk(server.url, warm, lambda name: tokens.customer(f"warms-up-{name}"), 1, locale))
            run = uvloop.run(ask_honeydesk(server.url, texts, tokens.customer, clients, locale))
            return run, float(rss_bytes(server.pid))


def _quality(rows: Sequence[Question], ours: Mapping[int, Run], theirs: Run, answers: Mapping[str, str]) -> None:
    """What a customer gets to read, out of the box, alone and when many ask: Rasa's rules answer whatever its selector
    is reminded of."""

    def entry_ours(reply: Reply) -> str:
        return reply.said if reply.kind == "bot_answered" else ""

    def entry_theirs(reply: Reply) -> str:
        return answers.get(_squeezed(reply.said), "")

    lines = []
    runs = [(f"Honeydesk, {clients} clients", run, entry_ours) for clients, run in ours.items()]
    for name, run, entry in (*runs, ("Rasa", theirs, entry_theirs)):
        given = [entry(reply) for reply in run.replies]
        answered = [(row, said) for row, said in zip(rows, given, strict=True) if said]
        right = sum(said == row.entry for row, said in answered)
        known = sum(row.entry is not None for row in rows)
        wrong = shown(len(answered) - right, len(answered))
        lines.append((name, shown(len(answered), len(rows)), wrong, shown(right, known)))
    table(("out of the box", "answered", "wrong of the answered", "answered rightly of the answerable"), lines)


def _equal_coverage(rows: Sequence[Question], index: Index, gate: Gate, ours: Run, server: Server) -> None:
    """Both answer as many questions as ours did: those they are surest of."""
    count = sum(reply.kind == "bot_answered" for reply in ours.replies)
    client = ParseClient(server.url, PATIENT)
    scored: dict[str, list[tuple[float, bool]]] = {"Honeydesk": [], "Rasa": []}
    ranked: dict[str, int] = {"Honeydesk": 0, "Rasa": 0}
    for row in rows:
        query = Query(row.text, row.locale)
        (ranking,) = index.rank([query], 2)
        first = ranking.candidates[0].entry_id if ranking.candidates else ""
        scored["Honeydesk"].append((gate.probability(query, ranking), first == row.entry))
        parse = client.parse(row.text)
        odds = features_of(parse)
        top = parse.entries[0][0] if parse.entries else ""
        scored["Rasa"].append((min(odds["faq"], odds["entry"]), top == row.entry))
        ranked["Honeydesk"] += first == row.entry
        ranked["Rasa"] += top == row.entry
    client.close()
    known = sum(row.entry is not None for row in rows)
    lines = []
    for name, pairs in scored.items():
        surest = sorted(pairs, key=lambda pair: -pair[0])[:count]
        wrong = sum(not right for _, right in surest)
        lines.append((name, shown(ranked[name], known), shown(wrong, count)))
    table((f"at equal coverage ({count} of {len(rows)})", "R@1 of the answerable", "wrong"), lines)


if __name__ == "__main__":
    sys.exit(main())
