"""Joint statistics of several views from one streamed pass, in halves that can be compared.

Even and odd rows are kept apart: two halves of the same rows show what sampling alone does to
whatever is estimated from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from theory.subspaces.moments import Moments

__all__ = ["CrossMoment", "JointMoments", "Means"]

Rows = NDArray[Any]


class Means:
    """Count, mean and total variance of rows seen so far.

    Examples
    --------
    >>> means = Means(2).update(np.array([[1.0, 0.0], [3.0, 0.0]]))
    >>> means.mean, means.variance
    (array([2., 0.]), 1.0)
    """

    def __init__(self, dimension: int) -> None:
        self.count = 0
        self.mean = np.zeros(dimension)
        self._scatter = 0.0

    @property
    def variance(self) -> float:
        """Mean of ``|x − mean|²``: the trace of the covariance."""
        return self._scatter / max(self.count, 1)

    def update(self, rows: Rows) -> Self:
        """Add checked rows, shape (n, d), and return the means themselves."""
        mean = rows.mean(axis=0, dtype=np.float64)
        centered = np.subtract(rows, mean, dtype=np.float64)
        return self._merge(len(rows), mean, float(np.einsum("ij,ij->", centered, centered)))

    def merge(self, other: Means) -> Self:
        """Add the rows that `other` has seen, and return the means themselves."""
        return self._merge(other.count, other.mean, other._scatter)

    def _merge(self, count: int, mean: NDArray[np.float64], scatter: float) -> Self:
        total = self.count + count
        if count:
            apart = mean - self.mean
            self._scatter += scatter + self.count * count / total * float(apart @ apart)
            self.mean = self.mean + count / total * apart
            self.count = total
        return self


class CrossMoment:
    """Count, means and co-moment ``Σ (x − mean)(y − mean)ᵀ`` of pairs seen so far [Chan1983]_.

    Blocks of float32 are multiplied in float32, which rounds each block's sum to 1e-7 of its
    size, well below what sampling does to it; all sums are float64.

    Parameters
    ----------
    dimension : int
        Number of columns of both views.
    """

    def __init__(self, dimension: int) -> None:
        self.count = 0
        self.x_mean = np.zeros(dimension)
        self.y_mean = np.zeros(dimension)
        self._comoment = np.zeros((dimension, dimension))

    def update(self, x: Rows, y: Rows) -> Self:
        """Add checked pairs, shapes (n, d), and return the moment itself."""
        kind = np.float32 if x.dtype == y.dtype == np.float32 else np.float64
        ones = np.ones(len(x), dtype=kind)
        # Rows about one of them, so that a large common offset costs no digits.
        shifts = [rows[0].astype(kind) for rows in (x, y)]
        left, right = (
            np.subtract(rows, shift, dtype=kind) for rows, shift in zip((x, y), shifts, strict=True)
        )
        x_mean, y_mean = ((ones @ rows).astype(np.float64) / len(x) for rows in (left, right))
        product = (left.T @ right).astype(np.float64) - len(x) * np.multiply.outer(x_mean, y_mean)
        return self._merge(len(x), shifts[0] + x_mean, shifts[1] + y_mean, product)

    def merge(self, other: CrossMoment) -> Self:
        """Add the pairs that `other` has seen, and return the moment itself."""
        return self._merge(other.count, other.x_mean, other.y_mean, other._comoment)

    def _merge(
        self,
        count: int,
        x_mean: NDArray[np.float64],
        y_mean: NDArray[np.float64],
        comoment: NDArray[np.float64],
    ) -> Self:
        total = self.count + count
        if count:
            apart = x_mean - self.x_mean, y_mean - self.y_mean
            self._comoment += comoment
            self._comoment += self.count * count / total * np.multiply.outer(*apart)
            self.x_mean = self.x_mean + count / total * apart[0]
            self.y_mean = self.y_mean + count / total * apart[1]
            self.count = total
        return self

    def value(self, centered: bool) -> NDArray[np.float64]:
        """Mean of ``x yᵀ``, about the means if `centered`, shape (d, d)."""
        covariance = self._comoment / max(self.count, 1)
        return covariance if centered else covariance + np.multiply.outer(self.x_mean, self.y_mean)


class JointMoments:
    """Moments of every view and cross-moments of chosen pairs of views, in two halves.

    Parameters
    ----------
    dimension : int
        Number of columns of every view.
    n_views : int
    pairs : sequence of (int, int)
        Views whose cross-moment is kept: their rows must be pairs.
    squares : bool, default True
        Whether to keep the moments of the views, not only the cross-moments.
    """

    def __init__(
        self,
        dimension: int,
        n_views: int,
        pairs: Sequence[tuple[int, int]] = (),
        squares: bool = True,
    ) -> None:
        self.dimension = dimension
        kept = n_views if squares else 0
        self.halves = tuple([Moments(dimension) for _ in range(kept)] for _ in range(2))
        self.crosses = {pair: tuple(CrossMoment(dimension) for _ in range(2)) for pair in pairs}
        self._all: list[Moments] | None = None

    def update(self, blocks: Sequence[Rows | None], start: int, names: Sequence[str]) -> Self:
        """Add checked rows ``start``, ``start + 1``, … of every view; None where one has ended."""
        self._all = None
        for parity, half in enumerate(self.halves):
            part = [None if b is None else b[(start + parity) % 2 :: 2] for b in blocks]
            for moments, rows in zip(half, part, strict=False):
                if rows is not None and len(rows):
                    moments.add(rows)
            for (a, b), cross in self.crosses.items():
                left, right = part[a], part[b]
                # Unequal lengths are no pairs: then `paired` is False in the end.
                if left is not None and right is not None and 0 < len(left) == len(right):
                    cross[parity].update(left, right)
        return self

    def merge(self, other: JointMoments) -> Self:
        """Add the rows that `other` has seen, and return the moments themselves."""
        self._all = None
        for mine, theirs in zip(self.halves, other.halves, strict=True):
            for one, two in zip(mine, theirs, strict=True):
                if two.count:
                    one.merge(two)
        for pair, cross in self.crosses.items():
            for one_cross, two_cross in zip(cross, other.crosses[pair], strict=True):
                one_cross.merge(two_cross)
        return self

    @property
    def paired(self) -> bool:
        """Whether cross-moments were kept and all views had equally many rows."""
        counts = {moments.count for moments in self.moments()}
        return bool(self.crosses) and len(counts) == 1

    def moments(self, half: int | None = None) -> list[Moments]:
        """Moments of all rows or of one half, one per view."""
        if half is not None:
            return list(self.halves[half])
        if self._all is None:
            halves = zip(*self.halves, strict=True)
            self._all = [_sum(Moments(self.dimension), pair) for pair in halves]
        return list(self._all)

    def cross_means(self, a: int, b: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means of the pairs of views ``a < b``."""
        total = self._cross(a, b)
        return total.x_mean, total.y_mean

    def cross(self, a: int, b: int, centered: bool, half: int | None = None) -> NDArray[np.float64]:
        """Mean of ``x_a x_bᵀ``, about the means if `centered`, of all pairs or of one half."""
        if a > b:
            return self.cross(b, a, centered, half).T
        if half is not None:
            return self.crosses[a, b][half].value(centered)
        return self._cross(a, b).value(centered)

    def _cross(self, a: int, b: int) -> CrossMoment:
        one, two = self.crosses[a, b]
        return CrossMoment(self.dimension).merge(one).merge(two)


def _sum(total: Moments, parts: Iterable[Moments]) -> Moments:
    for part in parts:
        if part.count:
            total.merge(part)
    return total
