"""A small server that speaks Rasa's `/model/parse`, and a `python -m rasa` that trains and runs it.

It ranks by token overlap over the examples of an exported project. As a program it takes Rasa's own command line, so
that training, serving and swapping are tested with real processes in a second; the real Rasa is asked in tests/rasa.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

Examples = dict[str, list[str]]
_TOKEN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]")


def tokens(text: str) -> frozenset[str]:
    """As the toy engine's, without importing it: a process of ours must start in a tenth of a second."""
    return frozenset(_TOKEN.findall(text.casefold()))


def overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return 2 * len(left & right) / max(1, len(left) + len(right))


def examples_of(nlu: str) -> Examples:
    """Intent -> its examples, of a `data/nlu.yml`."""
    blocks = yaml.safe_load(nlu)["nlu"]
    return {b["intent"]: [x.removeprefix("- ") for x in b["examples"].splitlines()] for b in blocks if "intent" in b}


def understood(examples: Examples, text: str) -> dict[str, Any]:
    """An answer in Rasa's shape."""
    asked = tokens(text)
    scores = {name: max(overlap(asked, tokens(x)) for x in texts) for name, texts in examples.items()}
    entries = sorted(((s, n) for n, s in scores.items() if "/" in n), key=lambda row: (-row[0], row[1]))
    intents = {name: score for name, score in scores.items() if "/" not in name}
    if entries:
        intents["faq"] = entries[0][0]
    ranking = sorted(intents.items(), key=lambda row: -row[1])
    best = {"name": ranking[0][0], "confidence": ranking[0][1]}
    selected = [{"confidence": score, "intent_response_key": name} for score, name in entries[:10]]
    coin = text.find("USDT")
    found = {"entity": "coin", "value": "USDT", "start": coin, "end": coin + 4, "extractor": "RegexEntityExtractor"}
    return {
        "text": text,
        "intent": best,
        "intent_ranking": [{"name": name, "confidence": score} for name, score in ranking],
        "entities": [found] if coin >= 0 else [],
        "response_selector": {"all_retrieval_intents": ["faq"], "faq": {"response": {}, "ranking": selected}},
    }


class RasaDouble:
    """`with RasaDouble(examples) as rasa`: answers on `rasa.url`. `before` runs in the request's thread, so that a
    test can make it wait; `reply` replaces status and body."""

    def __init__(self, examples: Examples, port: int = 0) -> None:
        self.examples = examples
        self.asked: list[str] = []
        self.most_at_once = 0
        self.before: Callable[[], object] = lambda: None
        self.reply: tuple[int, bytes] | None = None
        self._at_once = 0
        self._lock = threading.Lock()
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = double.answer(str(body["text"]))
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except (BrokenPipeError, ConnectionResetError):
                    # Who asked has given up waiting: that is what some tests are about.
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Tests are quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, text: str) -> tuple[int, bytes]:
        with self._lock:
            self.asked.append(text)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            self.before()
            return self.reply or (200, json.dumps(understood(self.examples, text)).encode())
        finally:
            with self._lock:
                self._at_once -= 1

    def __enter__(self) -> RasaDouble:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def forever(self) -> None:
        self._server.serve_forever()


def environment(folder: Path) -> Path:
    """A folder that looks like Rasa's environment; its `python -m rasa` is this module."""
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin" / "python"
    root = Path(__file__).resolve().parents[2]
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m tests.support.rasa_double "$@"\n')
    python.chmod(0o755)
    (folder / ".installed").touch()
    return folder


def _option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def main(arguments: list[str]) -> None:
    """`-m rasa train|run` as far as we call it. A project with an intent `broken` cannot be trained; a model with an
    intent `mute` starts and answers nothing."""
    match arguments[2]:
        case "train":
            if "- intent: broken" in Path("data/nlu.yml").read_text(encoding="utf-8"):
                sys.exit("the double was told to fail")
            out = Path(_option(arguments, "--out"))
            out.mkdir(exist_ok=True)
            with tarfile.open(out / f"{_option(arguments, '--fixed-model-name')}.tar.gz", "w:gz") as archive:
                archive.add("data/nlu.yml", "nlu.yml")
        case "run":
            with tarfile.open(_option(arguments, "--model")) as archive:
                member = archive.extractfile("nlu.yml")
                assert member is not None
                examples = examples_of(member.read().decode())
            if "mute" in examples:
                sys.exit("the double was told not to start")
            RasaDouble(examples, int(_option(arguments, "--port"))).forever()
        case other:
            sys.exit(f"unknown command {other}")


if __name__ == "__main__":
    main(sys.argv[1:])
