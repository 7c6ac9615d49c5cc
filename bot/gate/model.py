"""The gate's artefact, `models/gate/manifest.json`, and the gate that reads it.

The probability is a function of features that do not depend on the number of entries, so publishing a corpus refits
nothing: logistic, or with a hidden layer. `domain` is one of them: how much the text's vector looks like an exchange's
customer at all.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.engines.lexical import OVERLAPS
from bot.engines.port import Query, Ranking, Thresholds
from bot.engines.shelf import MARGINS, SIGNALS

FORMAT = 3
_FAR = 5.0
_LARGEST = 700.0
_PLAIN = (
    "share",
    "margin",
    "agreement",
    "neighbours",
    "alone",
    "unknown",
    "length",
    "whole_share",
    "whole_margin",
    *OVERLAPS,
    "wording_overlap",
)
# As the ranking tells them.
_READ = (*SIGNALS, *MARGINS, *_PLAIN)
FEATURES = (
    *_READ,
    "near",
    "use_near",
    "domain",
    "chinese",
)


class GateMismatch(ValueError):
    """The gate was fitted on another encoder, or cannot be read."""

    code = "gate_mismatch"


@dataclass(frozen=True, slots=True)
class GateModel:
    """Everything fitted. Coefficients apply to standardised features, and so do hidden units: `units[n]` over the
    features, `unit_bias[n]`, and `unit_out[n]`, what the unit adds to the log odds; a logistic gate has none.
    `thresholds[runtime][locale]`; `subject_at`: the log odds of being a customer of an exchange that hardly any other
    text reaches; `read_from`: below that probability by the leading encoder alone a stranger's text is not read by
    the others."""

    encoder: str
    fitted_on: str
    unanswerable_share: float
    risk: float
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    domain: tuple[float, ...]
    domain_intercept: float
    subject_at: float
    thresholds: Mapping[str, Mapping[str, Thresholds]]
    figures: Mapping[str, Any]
    units: tuple[tuple[float, ...], ...] = ()
    unit_bias: tuple[float, ...] = ()
    unit_out: tuple[float, ...] = ()
    read_from: float = 0.0

    def write(self, path: Path) -> None:
        body = {"format": FORMAT, "features": list(FEATURES), **asdict(self)}
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(body, ensure_ascii=False, indent=1)
        # The long vectors stay on one line each: the file is reviewed by people.
        path.write_text(_one_line_arrays(text) + "\n", encoding="utf-8")


def _one_line_arrays(text: str) -> str:
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        if inside:
            lines[-1] += line.strip() + (" " if line.rstrip().endswith(",") else "")
        else:
            lines.append(line)
        if line.rstrip().endswith("["):
            inside = not line.strip().startswith(('"reliability', '"risk_coverage'))
        elif line.strip().startswith("]"):
            inside = False
    return "\n".join(line.replace(" ]", "]") for line in lines)


def read_gate(path: Path, encoder: str) -> GateModel:
    """Raises GateMismatch when it belongs to another encoder or to another version of the features."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body.pop("format") != FORMAT or tuple(body.pop("features")) != FEATURES:
            raise GateMismatch(f"{path} was written for other features: fit the gate again")
        for name in ("centre", "scale", "coefficients", "domain", "unit_bias", "unit_out"):
            body[name] = tuple(body[name])
        body["units"] = tuple(tuple(unit) for unit in body["units"])
        body["thresholds"] = {
            runtime: {locale: Thresholds(**both) for locale, both in by_locale.items()}
            for runtime, by_locale in body["thresholds"].items()
        }
        model = GateModel(**body)
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise GateMismatch(f"{path} cannot be read: {error}") from error
    if model.encoder != encoder:
        raise GateMismatch(f"{path} was fitted on encoder {model.encoder[:12]}, this is {encoder[:12]}")
    return model


def features_of(query: Query, ranking: Ranking, domain: float) -> NDArray[np.float64]:
    """The gate's features in the order of FEATURES."""
    # What comes that close to a known wording is as good as it: a bend that the other features cannot make.
    known = ranking.features.get
    near = [max(0.0, known(view, 0.0) - 0.6) / 0.4 for view in ("phrasing", "use_phrasing")]
    read = [known(name, 0.0) for name in _READ]
    return np.array([*read, *near, domain, query.locale.startswith("zh")], np.float64)


def standardised(
    features: NDArray[np.float64], centre: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Features in units of their spread; what lies far outside of what was fitted on is taken for its border."""
    # `np.clip` takes three times as long.
    return np.minimum(np.maximum((features - centre) / scale, -_FAR), _FAR)


class FittedGate:
    """The fitted gate on one runtime of its encoder (thresholds differ between int8 and float32)."""

    def __init__(self, model: GateModel, runtime: str) -> None:
        self.model = model
        self._thresholds = model.thresholds.get(runtime, {})
        self._domain = np.array(model.domain, np.float32)
        self._centre, self._scale = np.array(model.centre), np.array(model.scale)
        self._coefficients = np.array(model.coefficients)
        self._units = np.array(model.units).reshape(len(model.units), len(FEATURES))
        self._unit_bias, self._unit_out = np.array(model.unit_bias), np.array(model.unit_out)

    def probability(self, query: Query, ranking: Ranking) -> float:
        if not ranking.candidates or ranking.vector is None:
            return 0.0
        row = standardised(features_of(query, ranking, self._told(ranking.vector)), self._centre, self._scale)
        hidden = np.maximum(self._units @ row + self._unit_bias, 0.0)
        logit = float(row @ self._coefficients) + self.model.intercept + float(hidden @ self._unit_out)
        # Never quite 0: what is as far from everything as can be is still a probability.
        return 1 / (1 + exp(min(-logit, _LARGEST)))

    def of_subject(self, ranking: Ranking) -> bool:
        return ranking.vector is not None and self._told(ranking.vector) >= self.model.subject_at

    def _told(self, vector: NDArray[np.float32]) -> float:
        return float(vector @ self._domain) + self.model.domain_intercept

    def is_hopeless(self, query: Query, ranking: Ranking) -> bool:
        """Whether by a ranking of the leading encoder alone the text is likelier a stranger's than a customer's, and
        the right entry so unlikely that no other encoder need read it."""
        if ranking.vector is None or self._told(ranking.vector) >= 0:
            return False
        return self.probability(query, ranking) < self.model.read_from

    def thresholds(self, locale: str) -> Thresholds | None:
        return self._thresholds.get(locale)

    def threshold_at(self, locale: str, risk: float) -> float | None:
        """See the function of that name."""
        return threshold_at(self.model, locale, risk)


def threshold_at(model: GateModel, locale: str, risk: float) -> float | None:
    """The threshold of the largest kept risk that is within `risk`; None = nothing is answered."""
    curve = model.figures.get("risks", {}).get(locale, {})
    within = [float(kept) for kept in curve if float(kept) <= risk + 1e-9]
    return float(curve[str(max(within))]) if within else None


class NoGate:
    """Stands where no gate was fitted on an engine: a plain score, and no thresholds, so that nothing is answered."""

    def probability(self, query: Query, ranking: Ranking) -> float:
        return ranking.features.get("share", 0.0)

    def of_subject(self, ranking: Ranking) -> bool:
        return False

    def thresholds(self, locale: str) -> Thresholds | None:
        return None
