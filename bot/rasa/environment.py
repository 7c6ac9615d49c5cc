"""Rasa's own environment: found, made, and the command lines that run in it."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

from bot.engines.port import EngineFailed

OLDEST, NEWEST = (3, 8), (3, 10)
_STAMP = ".installed"


class RasaMissing(EngineFailed):
    """There is no environment, or no interpreter that one could be made of."""

    code = "rasa_missing"


def interpreter() -> str:
    """A Python that Rasa 3.6 runs on: RASA_PYTHON, `python3.10` on PATH, or one of pyenv's. Raises RasaMissing."""
    for candidate in _candidates():
        if OLDEST <= _version(candidate) <= NEWEST:
            return candidate
    raise RasaMissing("Rasa 3.6 needs Python 3.8 to 3.10: install python3.10, or name one with RASA_PYTHON=/path/to/it")


def _candidates() -> Iterator[str]:
    given = os.environ.get("RASA_PYTHON")
    if given:
        yield given
        return
    for minor in ("3.10", "3.9"):
        found = shutil.which(f"python{minor}")
        if found is None:
            continue
        yield found
        # One of pyenv's shims answers only while its version is switched on; the versions lie beside the shims.
        versions = Path(found).parent.parent / "versions"
        yield from (str(path) for path in sorted(versions.glob(f"{minor}.*/bin/python{minor}")))


def _version(python: str) -> tuple[int, int]:
    """(0, 0) when it does not answer."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, timeout=30)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0, 0
    parts = done.stdout.split()
    return (int(parts[0]), int(parts[1])) if done.returncode == 0 and len(parts) == 2 else (0, 0)


def install(folder: Path) -> bool:
    """Makes the environment (minutes, 2.7 GB); False when it is there already. Raises RasaMissing."""
    wanted = _wanted()
    stamp = folder / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return False
    source = resources.files("bot.rasa")
    python = folder / "bin" / "python"
    if not python.is_file():
        _run([interpreter(), "-m", "venv", str(folder)])
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    with (
        resources.as_file(source / "requirements.txt") as needed,
        resources.as_file(source / "constraints.txt") as held,
    ):
        _run([*pip, "--requirement", str(needed), "--constraint", str(held)])
    stamp.write_text(wanted, encoding="utf-8")
    return True


def _wanted() -> str:
    source = resources.files("bot.rasa")
    texts = (source.joinpath(name).read_bytes() for name in ("requirements.txt", "constraints.txt"))
    return hashlib.sha256(b"".join(texts)).hexdigest()


def _run(command: list[str]) -> None:
    # pip's words are for people: stdout belongs to our JSON.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RasaMissing(f"{' '.join(command[:4])} ...: {(done.stderr or done.stdout)[-1500:]}")


def rasa_command(folder: Path) -> list[str]:
    """The beginning of every Rasa command line. Raises RasaMissing before `install`."""
    python = (folder / "bin" / "python").absolute()
    if not (folder / _STAMP).is_file():
        raise RasaMissing(f"no Rasa environment in {folder}: run `make rasa` or `honeydesk rasa install`")
    return [str(python), "-m", "rasa"]


def rasa_variables() -> Mapping[str, str]:
    """The environment of Rasa's processes: ours without what is not its business, and quiet."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HONEYDESK_", "PYTHON"))}
    return kept | {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "ignore",
    }
