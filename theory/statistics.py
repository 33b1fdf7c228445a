"""Intervals over seeds: a result without one is not reported."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from theory.errors import InputError

__all__ = ["Interval", "holm", "mean_interval", "paired_interval", "paired_p_value"]


class Interval(NamedTuple):
    """A mean with its confidence interval over `n` independent runs."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def sign(self) -> int:
        """+1 or −1 where the interval excludes 0, else 0 (undecided)."""
        return int(self.low > 0) - int(self.high < 0)


def mean_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Mean and two-sided Student interval ``m ± t_{n−1} s/√n`` of independent runs.

    Parameters
    ----------
    values : array_like (n,)
        One value a run. With n = 1 the interval is unknown (NaN).
    level : float
        Coverage in (0, 1).

    Returns
    -------
    Interval

    Raises
    ------
    InputError
        If `values` is empty or not one-dimensional, or `level` is outside (0, 1).

    Examples
    --------
    >>> mean_interval([1.0, 2.0, 3.0]).mean
    2.0
    """
    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 1 or data.size == 0:
        raise InputError(f"values has shape {data.shape}; give one value a run, at least one run.")
    if not 0 < level < 1:
        raise InputError(f"level is {level}; give a coverage between 0 and 1, e.g. 0.95.")
    mean = float(data.mean())
    if data.size == 1:
        return Interval(mean, float("nan"), float("nan"), 1)
    half = float(stats.t.ppf((1 + level) / 2, data.size - 1) * data.std(ddof=1) / data.size**0.5)
    return Interval(mean, mean - half, mean + half, data.size)


def paired_interval(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Interval:
    """Interval of the mean difference ``a − b`` of runs paired by seed.

    Pairing removes what the seeds share (initial weights, batches), so that few seeds can
    decide what an unpaired comparison could not.

    Raises
    ------
    InputError
        If the two have different lengths.
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if x.shape != y.shape:
        raise InputError(f"a has shape {x.shape} and b {y.shape}; give both for the same seeds.")
    return mean_interval(x - y, level)


def paired_p_value(a: ArrayLike, b: ArrayLike) -> float:
    """Two-sided p-value of the paired t-test that the mean of ``a − b`` is 0.

    Parameters
    ----------
    a, b : array_like (n,)
        Runs paired by seed, n ≥ 2. Equal differences give 0 (or 1, if they are 0).

    Raises
    ------
    InputError
        If there are fewer than two pairs.
    """
    found = paired_interval(a, b)
    if found.n < 2:
        raise InputError(f"a has {found.n} run; a test needs two or more.")
    difference = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    spread = float(difference.std(ddof=1))
    if spread == 0.0:
        return float(found.mean == 0.0)
    return float(2.0 * stats.t.sf(abs(found.mean) / spread * found.n**0.5, found.n - 1))


def holm(p_values: ArrayLike) -> np.ndarray:
    """p-values corrected for being many: the family-wise error stays below the level [Holm1979].

    Sorted ascending, ``p̃_(k) = max_{j≤k} min(1, (m − j + 1) p_(j))``.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = np.minimum(1.0, p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty_like(p)
    corrected[order] = np.maximum.accumulate(scaled) if len(p) else scaled
    return corrected
