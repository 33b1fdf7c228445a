"""Ridge classifiers whose penalty is chosen by leave-one-out error, from one decomposition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["PENALTIES", "RidgeClassifier"]

Array = NDArray[np.float64]

# Ridge penalties to choose from by leave-one-out error. Rows are unit, so the eigenvalues of
# XᵀX sum to n: the grid runs from no penalty to speak of to all but the mean.
PENALTIES = 10.0 ** np.arange(-6, 4)


class RidgeClassifier:
    """One ridge regression per class, onto 1 for its rows and −1 for the others.

    The rows about their mean are ``X = S Vᵀ`` with orthogonal columns of S, so that every
    penalty α costs two products: predictions ``S D Sᵀy``, ``D = 1/(λ + α)``, and leverages
    ``diag(S D Sᵀ) + 1/n``. Left out, row i is missed by ``(y_i − ŷ_i)/(1 − leverage_i)``; the
    penalty is that of the smallest mean square over rows and classes.

    Parameters
    ----------
    rows : ndarray, shape (n, d)
    labels : ndarray of int, shape (n,)

    Attributes
    ----------
    classes : ndarray of int, shape (k,)
    penalty : float
    """

    def __init__(self, rows: NDArray[np.floating], labels: NDArray[np.int64]) -> None:
        self.classes = np.unique(labels)
        targets = np.where(labels[:, None] == self.classes, 1.0, -1.0)
        center, level = rows.mean(axis=0, dtype=np.float64), targets.mean(axis=0)
        targets -= level
        scores, axes, values = _decomposed(rows - center)
        loadings = scores.T @ targets
        shrunk = 1 / (values[:, None] + PENALTIES)
        kept = 1 - 1 / len(rows) - np.square(scores) @ shrunk  # 1 − leverage
        errors = [
            np.square((targets - scores @ (shrunk[:, [k]] * loadings)) / kept[:, [k]]).mean()
            for k in range(len(PENALTIES))
        ]
        best = int(np.argmin(errors))
        self.penalty = float(PENALTIES[best])
        self._weights = axes @ (shrunk[:, [best]] * loadings)
        self._offset = level - center @ self._weights

    def decide(self, rows: NDArray[np.floating]) -> Array:
        """Margin of every class, shape (n, k): targets are ±1."""
        return np.asarray(rows @ self._weights + self._offset)

    def predict(self, rows: NDArray[np.floating]) -> NDArray[np.int64]:
        """Class of the largest margin, shape (n,)."""
        return self.classes[self.decide(rows).argmax(axis=1)]


def _decomposed(rows: Array) -> tuple[Array, Array, Array]:
    """S, V and λ: ``rows = S Vᵀ``, ``VᵀV = I``, ``SᵀS = diag λ``, from the smaller square."""
    n, d = rows.shape
    if n > d:
        values, axes = np.linalg.eigh(rows.T @ rows)
        return rows @ axes, axes, np.maximum(values, 0.0)
    values, vectors = np.linalg.eigh(rows @ rows.T)
    varies = values > n * np.finfo(np.float64).eps * values[-1]
    sizes = np.sqrt(values[varies])
    return vectors[:, varies] * sizes, rows.T @ (vectors[:, varies] / sizes), values[varies]
