"""What one pair after the other says: moments of every view, and means over pairs.

Two passes over the rows in blocks, so that a memory-map is never in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.metrics.base import view_names
from theory.sphere import normalize
from theory.subspaces import Moments
from theory.subspaces.moments import BLOCK_ROWS

__all__ = ["GROUPS", "PairStatistics", "ViewStatistics", "pair_suffixes", "unit_blocks"]

Array = NDArray[np.float64]

GROUPS = 20_000
"""Resampled units. More pairs than that are first averaged in random groups of equal size: the
mean of group means is the mean, and groups of independent pairs are independent."""

VANISHING = 16.0
"""A mean this many roundings long has no direction."""


def unit_blocks(view: NDArray[Any]) -> Iterator[tuple[slice, Array]]:
    """Yield (slice, unit rows in float64) of a view, a block at a time."""
    for start in range(0, len(view), BLOCK_ROWS):
        rows = slice(start, min(start + BLOCK_ROWS, len(view)))
        yield rows, normalize(np.asarray(view[rows], dtype=np.float64))


def pair_suffixes(count: int) -> dict[tuple[int, int], str]:
    """Suffix of each pair of views in the keys of metrics: none for two views, else ``_01`` …."""
    pairs = combinations(range(count), 2)
    return {(a, b): "" if count == 2 else f"_{a}{b}" for a, b in pairs}


@dataclass(frozen=True)
class ViewStatistics:
    """What the unit rows of one view amount to.

    Attributes
    ----------
    mean : ndarray, shape (h,)
    deviations : ndarray, shape (groups, h), float32
        Group means less the mean.
    halves : tuple of Moments
        Of the even and of the odd rows; empty if second moments were not asked for.
    """

    mean: Array
    deviations: NDArray[np.float32]
    halves: tuple[Moments, ...]

    @cached_property
    def moments(self) -> Moments:
        """Moments of all rows."""
        moments = Moments(len(self.mean))
        for half in self.halves:
            moments.merge(half)
        return moments

    @cached_property
    def mean_length(self) -> float:
        """Length of the mean, R̄."""
        return float(np.linalg.norm(self.mean))

    @cached_property
    def direction(self) -> Array:
        """Unit mean direction; nan where the mean vanishes."""
        if self.mean_length <= VANISHING * np.finfo(np.float64).eps:
            return np.full(self.mean.shape, np.nan)
        return self.mean / self.mean_length

    @cached_property
    def covariance(self) -> Array:
        """Covariance (1/n), shape (h, h)."""
        return self.moments.covariance()

    @cached_property
    def second_moment(self) -> Array:
        """Mean of ``x xᵀ``, shape (h, h)."""
        return self.moments.second_moment()

    @cached_property
    def spectrum(self) -> Array:
        """Singular values of the uncentred rows over their sum, descending, shape (h,)."""
        values = np.sqrt(self.moments.spectrum(centered=False)[0])
        return values / values.sum()


class PairStatistics:
    """Statistics of all views, and per-pair values averaged in groups.

    Parameters
    ----------
    views : sequence of ndarray, shape (n, h)
        Checked, paired views; rows are normalised block by block.
    rng : numpy.random.Generator
        Assigns pairs to groups where there are more than `GROUPS`.
    second_moments : bool
        Whether to keep second moments too, which `bootstrap` does not need.

    Attributes
    ----------
    n, h : int
        Pairs and dimension.
    views : list of ViewStatistics
    means : dict of str to float
        Mean over all pairs of ``true_pair_cosine``, ``l2i`` and ``ims_residual``, with the
        suffix of the pair of views.
    values : dict of str to ndarray, shape (groups,)
        The group means of the same. Those of the IMS residual hold its first-order dependence
        on the estimated mean directions too, whose mean is 0.
    """

    def __init__(
        self,
        views: Sequence[NDArray[Any]],
        rng: np.random.Generator,
        second_moments: bool = True,
    ) -> None:
        self._views = views
        self._second_moments = second_moments
        self.n, self.h = views[0].shape
        count = min(self.n, GROUPS)
        self._groups = np.arange(self.n) if count == self.n else rng.permutation(self.n) % count
        self._sizes = np.bincount(self._groups, minlength=count)
        self.views = [self._view(view) for view in views]
        self.suffixes = pair_suffixes(len(views))
        self.names = view_names(len(views))
        self.means: dict[str, float] = {}
        self.values: dict[str, Array] = {}
        for pair, suffix in self.suffixes.items():
            for key, values in self._pair(*pair).items():
                self.means[key + suffix] = float(values.mean())
                self.values[key + suffix] = self._grouped(values)

    def _view(self, view: NDArray[Any]) -> ViewStatistics:
        halves = (Moments(self.h), Moments(self.h)) if self._second_moments else ()
        sums = np.zeros((len(self._sizes), self.h))
        for rows, unit in unit_blocks(view):
            for parity, half in enumerate(halves):
                if len(unit[parity::2]):
                    half.update(unit[parity::2])
            if len(self._sizes) == self.n:
                sums[rows] = unit
            else:
                np.add.at(sums, self._groups[rows], unit)
        mean = sums.sum(axis=0) / self.n
        deviations = sums / self._sizes[:, None] - mean
        return ViewStatistics(mean, deviations.astype(np.float32), halves)

    def _pair(self, a: int, b: int) -> dict[str, Array]:
        one, two = self.views[a], self.views[b]
        distance, heights = np.empty(self.n), np.empty(self.n)
        slopes = np.zeros((2, self.h))
        for rows, x, y in self._blocks(a, b):
            distance[rows] = np.linalg.norm(x - y, axis=1)
            heights[rows] = x @ one.direction - y @ two.direction
            sign = np.sign(heights[rows])
            slopes += sign @ x / self.n, sign @ y / self.n
        residual = np.abs(heights)
        if np.isfinite(residual).all():
            # d|x·c_x − y·c_y| through c = m/|m|: the part of the row orthogonal to c, over |m|.
            tilt = [
                (slope - (slope @ view.direction) * view.direction) / view.mean_length
                for slope, view in zip(slopes, (one, two), strict=True)
            ]
            for rows, x, y in self._blocks(a, b):
                residual[rows] += x @ tilt[0] - y @ tilt[1]
        return {
            "true_pair_cosine": 1 - np.square(distance) / 2,
            "l2i": distance,
            "ims_residual": residual,
        }

    def _blocks(self, a: int, b: int) -> Iterator[tuple[slice, Array, Array]]:
        for (rows, x), (_, y) in zip(
            unit_blocks(self._views[a]), unit_blocks(self._views[b]), strict=True
        ):
            yield rows, x, y

    def _grouped(self, values: Array) -> Array:
        return np.bincount(self._groups, weights=values, minlength=len(self._sizes)) / self._sizes
