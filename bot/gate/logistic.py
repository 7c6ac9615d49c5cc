"""Weighted logistic regression with an L2 penalty: all that the gate needs of machine learning."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]


def sigmoid(values: Array) -> Array:
    """Logistic function without overflow."""
    result: Array = 0.5 * (1 + np.tanh(0.5 * values))
    return result


def fit_logistic(rows: Array, labels: Array, weights: Array, penalty: float) -> tuple[Array, float]:
    """Coefficients and intercept. `rows` (n x features), `labels` 0 or 1, `weights` sum to any positive number.

    The penalty is per unit of mean weight, on the coefficients only: standardise the rows first.
    """
    share = weights / weights.sum()

    def loss(packed: Array) -> tuple[float, Array]:
        coefficients, intercept = packed[:-1], packed[-1]
        logits = rows @ coefficients + intercept
        value = float(share @ (np.logaddexp(0, logits) - labels * logits))
        error = share * (sigmoid(logits) - labels)
        gradient = np.append(rows.T @ error + penalty * coefficients, error.sum())
        return value + 0.5 * penalty * float(coefficients @ coefficients), gradient

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x[:-1], np.float64), float(found.x[-1])
