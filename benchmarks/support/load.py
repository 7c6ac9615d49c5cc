"""The C load client: compiled once a run, fed with one line per connection, driven by lines."""

from __future__ import annotations

import json
import select
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "load" / "wsload.c"

TEXTS = (
    "我昨天提币到现在还没有到账，订单号是 77120，能帮我查一下吗？",
    "Hello, my order 77120 has not arrived yet, could you please check?",
    "好的，谢谢",
    "网络选的是 TRC20，金额 250 USDT，手续费已经扣了。",
    "I still see the status as pending on my side.",
    "请问还需要等多久？我这边比较着急。",
    "The page says processing since this morning, and nothing has changed after I reloaded it twice.",
    "嗯嗯",
)
"""What people write to a person: short and long, two languages, no secrets, numbers that masking must look at."""


class NoCompiler(RuntimeError):
    """Neither cc nor gcc: Debian's package gcc has one."""


class LoadFailed(RuntimeError):
    """The load client ended, or did not get everybody ready."""


@dataclass(frozen=True)
class Person:
    """``role`` as at the head of wsload.c; ``prefix`` begins the ids of his frames."""

    role: str
    path: str
    prefix: str
    hello: dict[str, Any] | None = None
    source: str = "127.0.0.1"

    def line(self) -> str:
        hello = "" if self.hello is None else json.dumps(self.hello)
        return f"{self.role}\t{self.source}\t{self.path}\t{self.prefix}\t{hello}\n"


def agent(name: str, token: str) -> Person:
    return Person("a", "/ws/desk", name, {"type": "hello", "token": token})


def customer(name: str, token: str | None, role: str = "c", source: str = "127.0.0.1") -> Person:
    """An anonymous visitor without a token."""
    hello = {"type": "hello", "topic": "support", "locale": "zh-CN", "channel": "client"}
    return Person(role, "/ws/chat", name, hello | ({"token": token} if token else {}), source)


def echo(name: str) -> Person:
    return Person("e", "/echo", name)


def compiled(folder: Path) -> Path:
    """The client as a program in ``folder``. Raises NoCompiler."""
    program = folder / "wsload"
    if not program.exists():
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise NoCompiler("install a C compiler (Debian: apt-get install gcc libc6-dev)")
        subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True)
    return program


class Load:
    """A running load client; its people stay connected between two ``go``."""

    def __init__(
        self, folder: Path, port: int, people: Sequence[Person], texts: Iterable[str] = TEXTS, per_second: float = 0
    ) -> None:
        self._folder = folder
        name = f"{people[0].role}{len(people)}-{port}-{time.monotonic_ns()}"
        self._people = folder / f"{name}.people"
        self._people.write_text("".join(p.line() for p in people))
        self._texts = folder / f"{name}.texts"
        self._texts.write_text("".join(json.dumps(t, ensure_ascii=False)[1:-1] + "\n" for t in texts))
        command = [str(compiled(folder)), str(port), str(self._people), str(self._texts), str(per_second)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Load:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def ready(self, patience: float = 120.0, *, all_of_them: bool = True) -> dict[str, Any]:
        """Wait until everybody is where he should be. Raises LoadFailed."""
        figures = self._line(patience)
        if all_of_them and figures["ready"] != figures["people"]:
            raise LoadFailed(f"not everybody got ready: {figures}")
        return figures

    def begin(self, seconds: float, interval: float | None = None) -> None:
        """Let them write, each when he was answered; with ``interval`` (seconds) not more often than that."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"go {seconds} {round((interval or 0) * 1e6)}\n".encode())
        self._process.stdin.flush()

    def figures(self, patience: float) -> dict[str, Any]:
        """What came of it."""
        return self._line(patience)

    def go(self, seconds: float, interval: float | None = None) -> dict[str, Any]:
        self.begin(seconds, interval)
        return self.figures(seconds + 30)

    def _line(self, patience: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], patience)[0]:
            raise LoadFailed(f"no word from the load client for {patience} s")
        line = self._process.stdout.readline()
        if not line:
            raise LoadFailed(f"the load client ended with {self._process.wait()}")
        value: dict[str, Any] = json.loads(line)
        return value
