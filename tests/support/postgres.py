"""A real PostgreSQL for tests: the server that HONEYDESK_TEST_PG_URL names, or one started from the binaries
found on this machine, as an unprivileged user, on a socket in a folder of its own. Never skipped: without
either the fixture fails and says so."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CLUSTERS = "/usr/lib/postgresql"


def binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``, newest version first."""
    versions = sorted(Path(CLUSTERS).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    if found is None:
        pytest.fail("no PostgreSQL: set HONEYDESK_TEST_PG_URL, or install it (Debian: apt-get install postgresql)")
    return Path(found).resolve().parent


def unprivileged() -> str | None:
    """Whom to run the server as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.fail("running as root and neither a user postgres nor nobody exists to run PostgreSQL as")


class Cluster:
    """One server; ``start`` and ``stop`` may be repeated, the data stay."""

    def __init__(self) -> None:
        self._bin = binaries()
        self._user = unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="hdpg-"))
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self.folder.chmod(0o700)
        self._call("initdb", "-D", self.folder / "data", "-U", "honeydesk", "-A", "trust", "-E", "UTF8", "--no-sync")

    def _call(self, program: str, *args: str | Path) -> None:
        call = [str(self._bin / program), *map(str, args)]
        done = subprocess.run(call, user=self._user, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{program} failed: {done.stdout}{done.stderr}")

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder} -c max_connections=60 -c fsync=on"
        log = self.folder / "log"
        self._call("pg_ctl", "-D", self.folder / "data", "-l", log, "-o", options, "-w", "-t", "60", "start")

    def stop(self, how: str = "fast") -> None:
        self._call("pg_ctl", "-D", self.folder / "data", "-m", how, "-w", "-t", "60", "stop")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://honeydesk@/{database}?host={self.folder}"

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server of this session's own, for tests that stop and start it."""
    own = Cluster()
    own.start()
    yield own
    own.stop("immediate")
    own.remove()


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """An empty database; tables are left behind."""
    given = os.environ.get("HONEYDESK_TEST_PG_URL")
    if given:
        return given
    own: Cluster = request.getfixturevalue("cluster")
    return own.url()
