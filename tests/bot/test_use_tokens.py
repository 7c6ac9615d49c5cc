"""What is remembered of single tokens is what would be computed of them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.encoder.use_tokens import CHUNKS, Projection, Tokens

COUNT, WIDTH, INNER = 40, 6, 4
CHANCE = np.random.default_rng(1)
TABLE = CHANCE.integers(0, 256, (COUNT, WIDTH)).astype(np.uint8)


def some(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return CHANCE.normal(size=shape).astype(np.float32)


PROJECTION = Projection(
    some(CHUNKS),
    some(CHUNKS),
    some(WIDTH, INNER),
    some(INNER),
    some(INNER),
    some(INNER),
    np.float32(0.01) * np.ones(()),
)


def computed(tokens: list[int]) -> tuple[list[list[float]], list[list[float]]]:
    """By the definition, in double precision."""
    p, words, inner = PROJECTION, [], []
    for token in tokens:
        word = TABLE[token] * float(p.scale[token % CHUNKS]) + float(p.low[token % CHUNKS])
        moved = word @ p.weights + p.bias
        normal = (moved - moved.mean()) / np.sqrt(moved.var() + float(p.epsilon))
        words.append(word.tolist())
        inner.append((normal * p.gain + p.shift).tolist())
    return words, inner


def holds(tokens: Tokens, asked: list[int]) -> bool:
    words, inner = tokens.read(np.array(asked, np.intp))
    wanted = computed(asked)
    return np.allclose(words, wanted[0], atol=1e-4) and np.allclose(inner, wanted[1], atol=1e-4)


def test_a_token_is_the_same_however_often_it_is_read() -> None:
    tokens = Tokens(TABLE, PROJECTION)
    for asked in ([3, 1, 3], [1], [5, 3, 0, 39], [3]):
        assert holds(tokens, asked)


def test_more_than_can_be_remembered_are_read_rightly() -> None:
    tokens = Tokens(TABLE, PROJECTION, size=8)
    for start in range(0, COUNT - 5):
        assert holds(tokens, [start, start + 5, start, start + 2, start + 1])


def test_nothing_is_read_of_no_tokens() -> None:
    words, inner = Tokens(TABLE, PROJECTION).read(np.zeros(0, np.intp))
    assert (words.shape, inner.shape) == ((0, WIDTH), (0, INNER))


def test_several_threads_read_rightly_while_tokens_are_forgotten() -> None:
    tokens = Tokens(TABLE, PROJECTION, size=8)

    def read(seed: int) -> bool:
        chance = np.random.default_rng(seed)
        return all(holds(tokens, chance.integers(0, COUNT, 6).tolist()) for _ in range(200))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(read, range(4)))


def test_a_projection_is_read_as_it_was_written(tmp_path: Path) -> None:
    PROJECTION.write(tmp_path / "tokens.npz")
    found = Projection.read(tmp_path / "tokens.npz")
    for name in Projection.__slots__:
        assert getattr(found, name) == pytest.approx(getattr(PROJECTION, name))
