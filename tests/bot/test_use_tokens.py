"""What the tables tell of a token is what the model's definition makes of it."""

from pathlib import Path

import numpy as np
import pytest

from bot.encoder.use_tokens import CHUNKS, Tokens, write_tables

COUNT, WIDTH, INNER = 40, 6, 4
CHANCE = np.random.default_rng(1)
TABLE = CHANCE.integers(0, 256, (COUNT, WIDTH)).astype(np.uint8)
SHAPES = {"scale": (CHUNKS,), "lo": (CHUNKS,), "proj": (WIDTH, INNER), "proj_b": (INNER,), "ln_g": (INNER,)}
WEIGHTS = {name: CHANCE.normal(size=shape).astype(np.float32) for name, shape in (*SHAPES.items(), ("ln_b", (INNER,)))}
WEIGHTS["eps"] = np.array(0.01, np.float32)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    folder: Path = tmp_path_factory.mktemp("tables")
    write_tables(folder, TABLE, WEIGHTS)
    return Tokens(folder)


def word(token: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """By the definition, in double precision."""
    return TABLE[token] * float(WEIGHTS["scale"][token % CHUNKS]) + float(WEIGHTS["lo"][token % CHUNKS])


@pytest.mark.parametrize("asked", [[3], [3, 1, 3], [COUNT - 1, 0, CHUNKS, CHUNKS - 1], list(range(COUNT))])
def test_a_tokens_vector_and_what_the_branches_begin_with(tokens: Tokens, asked: list[int]) -> None:
    places = np.array(asked, np.intp)
    wanted = []
    for token in asked:
        moved = word(token) @ WEIGHTS["proj"] + WEIGHTS["proj_b"]
        normal = (moved - moved.mean()) / np.sqrt(moved.var() + float(WEIGHTS["eps"]))
        wanted.append(normal * WEIGHTS["ln_g"] + WEIGHTS["ln_b"])
    assert tokens.words(places) == pytest.approx(np.array([word(token) for token in asked]), rel=1e-5, abs=1e-3)
    assert tokens.inner(places).astype(np.float64) == pytest.approx(np.array(wanted), rel=1e-4, abs=1e-4)
    assert tokens.inner(places).dtype == np.float32


def test_nothing_is_read_of_no_tokens(tokens: Tokens) -> None:
    none = np.zeros(0, np.intp)
    assert (tokens.words(none).shape, tokens.inner(none).shape) == ((0, WIDTH), (0, INNER))
