"""How alike are two curves of one quantity, on clocks of different units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import InputError

__all__ = ["CurveComparison", "LateDecay", "compare_curves", "late_decay"]

MIN_OVERLAP = 0.5
"""Share of the reference's logarithmic time that a shift must leave in common."""


@dataclass(frozen=True)
class CurveComparison:
    """How far one curve follows another after its clock is rescaled.

    Attributes
    ----------
    time_scale : float
        Reference time that one unit of the other's time corresponds to (the one fitted number).
    correlation : float
        Pearson correlation on the common logarithmic time grid (NaN for a constant curve).
    error : float
        Root mean square difference over the range of the reference.
    overlap : float
        Share of the reference's logarithmic time span that both curves cover.
    time, reference, other : ndarray
        The common grid, in reference time, and both curves on it.
    """

    time_scale: float
    correlation: float
    error: float
    overlap: float
    time: np.ndarray
    reference: np.ndarray
    other: np.ndarray


def compare_curves(
    time: ArrayLike,
    values: ArrayLike,
    other_time: ArrayLike,
    other_values: ArrayLike,
    *,
    time_scale: float | None = None,
    points: int = 200,
) -> CurveComparison:
    """Compare ``values(time)`` with ``other_values(other_time)`` on a common clock.

    Optimiser steps and flow time have no common unit, so one factor c is fitted (unless given):
    the c that minimises the mean square difference of ``values(t)`` and ``other_values(t / c)``
    on a logarithmic grid of t. Before its first positive time a curve keeps its initial
    value; after its last time it is not extrapolated, and at least half of the reference's
    logarithmic span must stay in common.

    Parameters
    ----------
    time, values : array_like (n,)
        The reference. Times ≥ 0, ascending; at least three positive.
    other_time, other_values : array_like (m,)
        The curve to compare with it.
    time_scale : float, optional
        Use this c instead of fitting one.
    points : int
        Grid points.

    Raises
    ------
    InputError
        If a curve is too short, unordered or not finite, or c leaves too little in common.

    Examples
    --------
    >>> t = np.linspace(0, 9, 400)
    >>> found = compare_curves(t, np.exp(-t), t, np.exp(-2 * t))
    >>> round(found.time_scale, 2), round(found.correlation, 4)
    (2.0, 1.0)
    """
    t, y = _curve("time", time, values)
    s, z = _curve("other_time", other_time, other_values)
    grid = np.linspace(np.log(t[t > 0][0]), np.log(t[-1]), points)
    reference = np.interp(np.exp(grid), t, y)
    end = np.log(s[-1])

    def at(log_scale: float) -> tuple[float, np.ndarray, np.ndarray]:
        covered = grid - log_scale <= end + 1e-12
        other = np.interp(np.exp(grid[covered] - log_scale), s, z)
        if covered.mean() < MIN_OVERLAP:
            return np.inf, covered, other
        return float(np.mean((reference[covered] - other) ** 2)), covered, other

    if time_scale is None:
        middle = grid[-1] - end
        reach = grid[-1] - grid[0]
        log_scale = _refine(lambda c: at(c)[0], middle - reach, middle + reach)
    else:
        log_scale = float(np.log(time_scale))
    square, covered, other = at(log_scale)
    if not np.isfinite(square):
        raise InputError(
            f"time_scale is {np.exp(log_scale):g}, which leaves {covered.mean():.0%} of the "
            f"reference's time in common; at least {MIN_OVERLAP:.0%} is needed."
        )
    ours = reference[covered]
    spread = float(np.ptp(reference))
    constant = min(np.ptp(ours), np.ptp(other)) == 0
    return CurveComparison(
        time_scale=float(np.exp(log_scale)),
        correlation=float("nan") if constant else float(np.corrcoef(ours, other)[0, 1]),
        error=float(np.sqrt(square) / spread) if spread else float("nan"),
        overlap=float(covered.mean()),
        time=np.exp(grid[covered]),
        reference=ours,
        other=other,
    )


def _curve(name: str, time: ArrayLike, values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    t, y = np.asarray(time, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if t.ndim != 1 or t.shape != y.shape:
        raise InputError(f"{name} has shape {t.shape} for values {y.shape}; give two equal lists.")
    if np.count_nonzero(t > 0) < 3:
        raise InputError(f"{name} has {np.count_nonzero(t > 0)} positive times; give at least 3.")
    if t[0] < 0 or np.any(np.diff(t) <= 0) or not np.all(np.isfinite(y)):
        raise InputError(
            f"{name} must ascend from 0 or more, with finite values; sort and clean it."
        )
    return t, y


def _refine(
    cost: Callable[[float], float], low: float, high: float, rounds: int = 6, width: int = 81
) -> float:
    """Minimise a one-dimensional function by nested grids (it may have several minima)."""
    best = low
    for _ in range(rounds):
        candidates = np.linspace(low, high, width)
        costs = [cost(c) for c in candidates]
        best = float(candidates[int(np.argmin(costs))])
        step = (high - low) / (width - 1)
        low, high = best - step, best + step
    return best


class LateDecay(NamedTuple):
    """Mean exponential rate of a curve from `start`, where it was `level`, on."""

    rate: float
    start: float
    level: float


def late_decay(time: ArrayLike, values: ArrayLike, floor: float = 1e-6) -> LateDecay:
    """Decay rate of a positive curve after it last was half its largest value.

    The mean slope of its logarithm up to the end, or to where it falls below `floor` of its
    largest value: there rounding decides. What a curve does before, and a gap that stays, need
    no model; a gap that stays shows as a low rate.

    Parameters
    ----------
    time, values : array_like (n,)
    floor : float

    Returns
    -------
    LateDecay
        With rate NaN where the curve does not fall below half its largest value.

    Examples
    --------
    >>> t = np.linspace(0, 8, 200)
    >>> round(late_decay(t, 3 * np.exp(-2 * t)).rate, 6)
    2.0
    """
    t, y = _curve("time", time, values)
    high = np.flatnonzero(y >= 0.5 * y.max())[-1]
    low = np.flatnonzero(y[high:] <= floor * y.max())
    end = high + low[0] if low.size else len(y) - 1
    if end == high or y[end] <= 0:
        return LateDecay(float("nan"), float(t[high]), float(y[high]))
    rate = np.log(y[high] / y[end]) / (t[end] - t[high])
    return LateDecay(float(rate), float(t[high]), float(y[high]))
