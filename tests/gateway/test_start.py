"""What an operator reads when a server does not start, and what the doctor says of the artefacts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.encoder.manifest import NAME, EncoderManifest


def honeydesk(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "HONEYDESK_DATA_DIR": str(tmp_path / "data")}
    env |= {f"HONEYDESK_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("process", ["true", "false"])
def test_what_is_missing_is_the_last_line(tmp_path: Path, process: str) -> None:
    (tmp_path / "models").mkdir()
    ended = honeydesk(
        tmp_path, "serve", "--port", "0", models_dir=str(tmp_path / "models"), engine="embedded", engine_process=process
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("honeydesk: encoder_missing: no encoder in ")


def test_the_doctor_misses_a_file(tmp_path: Path) -> None:
    for name in ("encoder", "encoder-use"):
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True)
        EncoderManifest("e" * 64, name, "MIT", 384, {"model.onnx": "0" * 64}, ()).write(folder)
        assert (folder / NAME).is_file()
    found = honeydesk(tmp_path, "doctor", models_dir=str(tmp_path / "models"), engine="toy")
    assert found.returncode == 1
    assert [line.split(":")[0] for line in json.loads(found.stdout)["broken"]] == ["encoder", "encoder-use"]
