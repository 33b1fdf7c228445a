"""Intervals over seeds: a result without one is not reported."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from theory.errors import InputError

__all__ = ["Interval", "mean_interval", "paired_interval"]


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
