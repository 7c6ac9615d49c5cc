"""The arithmetic of waits: how long k+1 departures take, and how far off such figures have been.

A wait is modelled as gamma distributed with a mean and a shape. The Wilson-Hilferty cube root turns it into a
normal deviate and back, so that errors of short and long waits are comparable and can be pooled.
Source: E. B. Wilson, M. M. Hilferty, "The distribution of chi-square", PNAS 17 (1931).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log, sqrt
from statistics import NormalDist
from typing import NamedTuple

_NORMAL = NormalDist()
_EXACT_TERMS = 8  # of the sums below; the rest is an integral by the midpoint rule (error under 0.1 %)


class Spread(NamedTuple):
    """A gamma distribution: mean in seconds, shape (1 is exponential, larger is narrower)."""

    mean: float
    shape: float

    def deviate(self, seconds: float) -> float:
        """The normal deviate that this wait stands for; unbounded above, so gross errors still count."""
        spread = 1 / (9 * self.shape)
        return float(((seconds / self.mean) ** (1 / 3) - (1 - spread)) / sqrt(spread))

    def seconds(self, deviate: float) -> float:
        """The wait that a normal deviate stands for; never negative."""
        spread = 1 / (9 * self.shape)
        return float(self.mean * max(0.0, 1 - spread + deviate * sqrt(spread)) ** 3)


def departures(ahead: int, service: float, leaving: float, doubt: float) -> Spread:
    """The time until `ahead` others and then oneself are taken.

    `service`: releases per second of one's agents; `leaving`: departures per second of each customer ahead;
    `doubt`: squared relative error of these rates, which no number of departures averages out.
    """
    mean = variance = 0.0
    exact = min(ahead + 1, _EXACT_TERMS)
    for j in range(exact):
        rate = service + j * leaving
        mean += 1 / rate
        variance += 1 / rate**2
    if ahead + 1 > exact:
        low, high = service + (exact - 0.5) * leaving, service + (ahead + 0.5) * leaving
        if high - low > 1e-6 * low:
            mean += log(high / low) / leaving
            variance += (1 / low - 1 / high) / leaving
        else:
            mean += (ahead + 1 - exact) / low
            variance += (ahead + 1 - exact) / low**2
    return Spread(mean, 1 / (variance / mean**2 + doubt))


def normal_quantile(level: float) -> float:
    return _NORMAL.inv_cdf(level)


class Score(NamedTuple):
    """One past error. `known`: seen in full; otherwise the value is only a lower bound."""

    value: float
    known: bool
    weight: float


def censored_quantiles(scores: Iterable[Score], levels: Sequence[float]) -> list[float]:
    """Weighted Kaplan-Meier quantiles of values of which some are only known to exceed a bound.

    Without the latter a growing queue looks short: the waits that have ended are the short ones. `levels`
    ascend. Where too little has been seen in full to reach a level, it is the highest value seen in full.
    Raises ValueError if there is none.
    """
    ordered = sorted(scores)
    at_risk = sum([score.weight for score in ordered])
    surviving, found, highest = 1.0, list[float](), None
    for value, known, weight in ordered:
        if known:
            highest = value
            surviving *= 1 - weight / at_risk if at_risk > weight else 0.0
            while len(found) < len(levels) and 1 - surviving >= levels[len(found)] - 1e-12:
                found.append(value)
            if len(found) == len(levels):
                return found
        at_risk -= weight
    if highest is None:
        raise ValueError("no score was seen in full")
    return found + [highest] * (len(levels) - len(found))
