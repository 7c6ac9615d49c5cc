"""The low-rank addition to the encoder's matrices."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.encoder.adapter import Adapted, Adapter, digest_of, read_adapter
from bot.encoder.build import identity_with
from bot.encoder.weights import Dimensions

SIZE = Dimensions(8, 2, 2, 16, 32, 16, 1)


class Ones:
    """Tensors that are all one."""

    dimensions = SIZE

    def dense(self, name: str, *shape: int) -> NDArray[np.float32]:
        return np.ones(shape, np.float32)

    def blocked(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        return np.ones((rows, columns), np.float32)


@pytest.fixture
def adapter() -> Adapter:
    draws = np.random.default_rng(0)
    down, up = draws.normal(size=(2, 8)), draws.normal(size=(16, 2))
    return Adapter({"l1.fi": (down.astype(np.float32), up.astype(np.float32))})


def test_only_the_named_matrices_change(adapter: Adapter) -> None:
    adapted = Adapted(Ones(), adapter)
    down, up = adapter.pairs["l1.fi"]
    assert np.allclose(adapted.blocked("l1.fi.w", 16, 8), 1 + up @ down)
    assert (adapted.blocked("l0.fi.w", 16, 8) == 1).all()
    assert (adapted.dense("l1.fi.b", 16) == 1).all()
    assert adapted.dimensions == SIZE


def test_a_written_adapter_reads_back_in_half_precision(adapter: Adapter, tmp_path: Path) -> None:
    adapter.write(tmp_path / "folder" / "a.safetensors")
    found = read_adapter(tmp_path / "folder" / "a.safetensors")
    assert list(found.pairs) == ["l1.fi"]
    for ours, theirs in zip(found.pairs["l1.fi"], adapter.pairs["l1.fi"], strict=True):
        assert np.allclose(ours, theirs, rtol=1e-3)


def test_the_adapter_is_part_of_the_encoders_identity(adapter: Adapter, tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    plain = identity_with(path)
    assert digest_of(path) == ""
    adapter.write(path)
    assert identity_with(path) != plain
    with pytest.raises(FileNotFoundError):
        read_adapter(tmp_path / "absent")
