"""A number with its interval, and with how the interval was found."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["LEVEL", "Draws", "Estimate", "clipped", "subsample_estimate"]

LEVEL = 0.95
"""Coverage that every interval of a diagnosis aims at."""

_BOUNDED = ("r1_", "r5_", "r10_", "v_measure", "knn", "mutual_knn", "nmi", "cka", "separability",
            "linear_probe", "subspace_overlap", "neighbourhood")  # fmt: skip


class Estimate(NamedTuple):
    """A value, its 95 % interval and the method of the interval.

    Attributes
    ----------
    value, low, high : float
        nan where undefined.
    method : str
        How the interval was found, for people.
    """

    value: float
    low: float
    high: float
    method: str


class Draws(NamedTuple):
    """A value and draws of where its parameter may lie, from a basic bootstrap.

    Draws of two quantities from the same resamples may be subtracted: the pairs that both share
    cancel.
    """

    value: float
    draws: NDArray[np.float64]

    def minus(self, other: Draws) -> Draws:
        """The difference of two quantities of the same resamples."""
        return Draws(self.value - other.value, self.draws - other.draws)

    def estimate(self, method: str) -> Estimate:
        """Percentile interval of the draws, never without the value itself."""
        if np.isnan(self.value) or np.isnan(self.draws).any():
            return Estimate(self.value, float("nan"), float("nan"), method)
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(self.draws, [tail, 1 - tail])
        return Estimate(
            self.value, min(float(low), self.value), max(float(high), self.value), method
        )


def subsample_estimate(
    values: NDArray[np.float64], size: int, n: int, method: str, key: str = ""
) -> Estimate:
    """Mean of a statistic over subsamples without replacement, with its interval.

    The statistic is that of `size` items, and so is the parameter: R@1 among 1,000 is another
    number than R@1 among 20,000. With s the standard deviation over the draws, the standard
    error is ``s √(m/(n − m) + 1/draws)``: the delete-d jackknife, d = n − m, scales the spread
    of draws that share their rows to that of independent samples [ShaoWu1989]_; the second term
    is that of the mean over finitely many draws.

    Parameters
    ----------
    values : ndarray, shape (draws,)
        The statistic on each subsample.
    size : int
        Items m of a subsample, below `n`.
    n : int
        Items in all.
    method : str
        What to say of the interval.
    key : str
        Name of the statistic: a recall or a score is cut at 0 and 1.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> found = subsample_estimate(np.array([1.0, 2.0, 3.0]), 5, 10, "3 × 5")
    >>> round(found.value, 6), round(found.high - found.value, 3)
    (2.0, 4.968)
    """
    mean = float(values.mean())
    if np.isnan(mean) or len(values) < 2:
        return Estimate(mean, float("nan"), float("nan"), method)
    error = float(values.std(ddof=1)) * np.sqrt(size / (n - size) + 1 / len(values))
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1) * error)
    return clipped(Estimate(mean, mean - half, mean + half, method), key)


def clipped(found: Estimate, key: str) -> Estimate:
    """Cut the interval of a recall or a score at the values that it can take."""
    if key.startswith("smallest_principal_angle"):
        return found._replace(low=max(0.0, found.low))
    if key != "ari" and not key.startswith(_BOUNDED):
        return found
    least = -0.5 if key == "ari" else 0.0
    return found._replace(low=max(least, found.low), high=min(1.0, found.high))
