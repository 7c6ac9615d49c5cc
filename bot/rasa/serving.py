"""Rasa servers, blue and green: a new model gets a second server, and only when that one answers does it go live.

`PUT /model` would swap inside one server and block every request for seconds. So two processes stand side by side for
the time of a swap: start, wait, examine on held-out questions, write `live.json`, let the old one finish, stop it.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from bot.engines.port import EngineFailed
from bot.rasa.environment import rasa_command, rasa_variables
from bot.rasa.gate import Calibration, Question, calibrate, calibration_from, calibration_to
from bot.rasa.live import Live, write_json, write_live
from bot.rasa.parse import PATIENT, ParseClient
from bot.rasa.training import ForeignModel, Model, checked, models_of

UP_WITHIN = 180.0
DRAIN = 3.0
_POLL = 0.1
Say = Callable[[str], None]


class NotUp(EngineFailed):
    """A server did not start or does not answer; the message holds the end of its output."""

    code = "rasa_not_up"


class StageTaken(RuntimeError):
    """Another process already serves this folder."""

    code = "rasa_stage_taken"


class Server:
    """One Rasa process on loopback. `rest` opens the REST channel as well, which only the benchmark wants."""

    def __init__(self, environment: Path, model: Path, home: Path, *, rest: bool = False, port: int = 0) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / f"server-{self.port}.log"
        credentials = home / ("rest.yml" if rest else "closed.yml")
        credentials.write_text("rest:\n" if rest else "{}\n", encoding="utf-8")
        files = ["--credentials", str(credentials.absolute()), "--model", str(model.absolute())]
        where = ["--interface", "127.0.0.1", "--port", str(self.port)]
        self._command = [*rasa_command(environment), "run", "--enable-api", *files, *where]
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Raises NotUp when it was not started."""
        if self._process is None:
            raise NotUp("not started")
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, patience: float = UP_WITHIN) -> None:
        """Returns when a message is understood. Raises NotUp."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                cwd=self._home,
                env=dict(rasa_variables()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + patience
        while not self.answers():
            if not self.is_alive or time.monotonic() > until:
                tail = self.log.read_text(errors="replace")[-1500:]
                self.stop()
                raise NotUp(f"the server on port {self.port} did not come up: {tail}")
            time.sleep(_POLL)

    def answers(self) -> bool:
        """Whether it has a model and understands a message with it."""
        try:
            answer = httpx.post(f"{self.url}/model/parse", json={"text": "hello"}, timeout=5, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and "intent" in answer.json()

    def stop(self, within: float = 10.0) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        # Its own session: Sanic's workers end with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Stage:
    """The servers of all languages in one folder. One stage at a time owns a folder's `live.json`."""

    def __init__(
        self,
        folder: Path,
        environment: Path,
        exams: Callable[[str], list[Question]],
        say: Say,
        *,
        drain: float = DRAIN,
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._exams = exams
        self._say = say
        self._drain = drain
        self._servers: dict[str, Server] = {}
        self._live: dict[str, Live] = {}
        self._refused: set[str] = set()

    @property
    def live(self) -> Mapping[str, Live]:
        return dict(self._live)

    def pid(self, language: str) -> int:
        """The process that is live for a language. Raises NotUp when there is none."""
        if language not in self._servers:
            raise NotUp(f"no server is live for {language}")
        return self._servers[language].pid

    def go_live(self, model: Model) -> Live:
        """Puts a model on stage; the one before it answers until then. Raises ForeignModel, NotUp."""
        path = checked(self._folder, model)
        home = self._folder / model.language
        server = Server(self._environment, path, home)
        server.start()
        try:
            live = Live(server.url, model.sha256, model.corpus, self._calibration(model, server))
        except BaseException:
            server.stop()
            raise
        before = self._servers.get(model.language)
        self._servers[model.language] = server
        self._live[model.language] = live
        write_live(self._folder, self._live)
        self._say(f"{model.language}: live on {server.url}, corpus {model.corpus}, {model.entries} entries")
        if before is not None:
            # Engines look at the file four times a second; what they asked before that is answered by the old one.
            time.sleep(self._drain)
            before.stop()
        return live

    def _calibration(self, model: Model, server: Server) -> Calibration:
        path = self._folder / model.language / f"calibration-{model.sha256[:16]}.json"
        if path.is_file():
            return calibration_from(json.loads(path.read_text(encoding="utf-8")))
        client = ParseClient(server.url, PATIENT)
        try:
            found = calibrate(self._exams(model.language), client.parse)
        finally:
            client.close()
        write_json(path, calibration_to(found))
        self._say(f"{model.language}: {json.dumps({tag: dict(f) for tag, f in found.figures.items()})}")
        return found

    def look(self) -> None:
        """One round: newer models go live, dead servers are started again. A model that fails is not tried twice."""
        for language, model in models_of(self._folder).items():
            live, server = self._live.get(language), self._servers.get(language)
            is_new = live is None or live.model != model.sha256
            is_dead = server is not None and not server.is_alive
            if (not is_new and not is_dead) or model.sha256 in self._refused:
                continue
            if is_dead:
                self._say(f"{language}: the server died, starting it again")
            try:
                self.go_live(model)
            except (ForeignModel, NotUp) as error:
                self._refused.add(model.sha256)
                self._say(f"{language}: {error.code}: {error}")

    def run(self, until: threading.Event, every: float = 1.0) -> None:
        """Looks again and again; at the end nothing is live any more and every server is stopped. Raises StageTaken."""
        with (self._folder / "stage.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StageTaken(f"another process serves {self._folder}") from error
            try:
                while not until.is_set():
                    self.look()
                    until.wait(every)
            finally:
                self.close()

    def close(self) -> None:
        write_live(self._folder, {})
        for server in self._servers.values():
            server.stop()
        self._servers.clear()
        self._live.clear()
