"""The kernel head and what is said about it in closed form."""

import numpy as np
import pytest

from bot.engines.intents import spoken_name
from bot.engines.kernel import Space, even_sample, fit_votes, kernel
from bot.engines.tfidf import TfIdf
from tests.bot.test_engines import HashingEncoder
from tests.bot.test_evaluation import rows_of

ROWS = rows_of(6)
TEXTS = [row.text for row in ROWS]
NAMES, LABELS = np.unique([row.label for row in ROWS], return_inverse=True)


def space() -> Space:
    return Space.of(TEXTS, [HashingEncoder().encode(TEXTS)])


def test_a_text_is_as_near_to_itself_as_can_be() -> None:
    rows = space().rows(TEXTS, [HashingEncoder().encode(TEXTS)])
    similarity, nearest = rows.compare(rows)
    assert np.diagonal(similarity) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert similarity.max() <= 1 + 1e-5
    # Its own nearest is another, unless a second row says the same.
    twice = np.array([TEXTS.count(text) > 1 for text in TEXTS])
    assert (nearest[~twice, -1] < 0.999).all()


def test_what_a_row_is_told_without_itself_is_what_a_fit_without_it_tells() -> None:
    rows = space().rows(TEXTS, [HashingEncoder().encode(TEXTS)])
    similarity, _ = rows.compare(rows)
    pairs = kernel(similarity)
    _, alone = fit_votes(pairs.copy(), LABELS, len(NAMES), alone=True)
    assert alone is not None
    gone, kept = 7, np.delete(np.arange(len(TEXTS)), 7)
    smaller = pairs[np.ix_(kept, kept)].copy()
    counts, weights = np.bincount(LABELS), np.bincount(LABELS[kept])
    # The closed form keeps the weights of the whole; so does this fit, by hand.
    ridge = 0.1 / (len(LABELS) / len(NAMES) / counts[LABELS[kept]])
    wanted = np.full((len(kept), len(NAMES)), -1 / len(NAMES))
    wanted[np.arange(len(kept)), LABELS[kept]] += 1
    votes = np.linalg.solve(smaller + np.diag(ridge), wanted)
    assert alone[gone] == pytest.approx(pairs[gone, kept] @ votes, abs=1e-3)
    assert weights.sum() == len(kept)


def test_an_even_sample_is_the_same_every_time() -> None:
    labels = np.repeat(np.arange(4), 50)
    first = even_sample(labels, 100)
    assert len(first) == 100
    assert first.tolist() == even_sample(labels, 100).tolist() == sorted(first)
    assert even_sample(labels, 1000).tolist() == list(range(200))


def test_rows_of_unknown_words_are_zero() -> None:
    words = TfIdf.of(TEXTS)
    rows = words.rows([TEXTS[0], "zzzzqqqq", ""])
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    assert np.asarray(lengths).ravel() == pytest.approx([1, 0, 0], abs=1e-5)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("card_arrival", "card arrival"),
        ("PlayMusic", "play music"),
        ("weather/find", "weather find"),
        ("查询余额", "查询余额"),
        ("17", ""),
        ("a1", ""),
    ],
)
def test_a_label_says_what_its_rows_are_about_if_it_has_words(label: str, words: str) -> None:
    assert spoken_name(label) == words
