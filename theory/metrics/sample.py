"""What a metric sees: unit views with their shared statistics, and what is known of the pairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from theory.errors import InputError
from theory.metrics.tiles import cosines, one_tile
from theory.sphere import mean_direction, normalize
from theory.validation import as_array, check_views

__all__ = ["Sample", "View", "codes"]


class View:
    """Unit rows of one modality, with the statistics that several metrics share.

    Parameters
    ----------
    rows : ndarray, shape (n, h)
        Non-zero rows; kept as unit rows.
    dtype : dtype
        Of the rows kept. In float32 the products of rows with rows, which most metrics are made
        of, take half the time and carry seven digits; sums over rows are float64 all the same.
    """

    def __init__(self, rows: NDArray[Any], dtype: DTypeLike = np.float64) -> None:
        unit = normalize(np.asarray(rows, dtype=np.float64))
        self.rows: NDArray[Any] = unit.astype(dtype, copy=False)
        self._kept: dict[View, NDArray[Any]] = {}

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def h(self) -> int:
        """Dimension of the space."""
        return self.rows.shape[1]

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """Mean row, shape (h,)."""
        return self.rows.mean(axis=0, dtype=np.float64)

    @cached_property
    def mean_length(self) -> float:
        """Length of the mean row, R̄ in [0, 1]."""
        return float(np.linalg.norm(self.mean))

    @cached_property
    def direction(self) -> NDArray[np.float64]:
        """Unit mean direction, shape (h,); nan where the mean vanishes."""
        return mean_direction(self.rows)[0]

    @cached_property
    def _svd(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        tall = self.n > self.h
        if tall and self.rows.dtype != np.float64:
            # The roots of float64 moments are as good as rows of seven digits.
            squares, vectors = np.linalg.eigh(self._second_moment() * self.n)
            noise = self.h * np.finfo(np.float64).eps * squares[-1]
            return np.sqrt(np.where(squares > noise, squares, 0.0))[::-1], vectors[:, ::-1].T
        # The triangular factor has the same right singular vectors and is h × h.
        factor = np.linalg.qr(self.rows, mode="r") if tall else self.rows
        _, values, right = np.linalg.svd(factor, full_matrices=False)
        return values, right

    @property
    def singular_values(self) -> NDArray[np.float64]:
        """Singular values of the (uncentred) rows, descending, shape (min(n, h),)."""
        return self._svd[0]

    @property
    def right_vectors(self) -> NDArray[np.float64]:
        """Right singular vectors as rows, shape (min(n, h), h)."""
        return self._svd[1]

    @cached_property
    def covariance(self) -> NDArray[np.float64]:
        """Covariance (1/n), shape (h, h)."""
        centred = self.rows - self.mean
        return centred.T @ centred / self.n

    def _second_moment(self) -> NDArray[np.float64]:
        return self.covariance + np.multiply.outer(self.mean, self.mean)

    def cosines(self, other: View, rows: slice, first: int = 0) -> NDArray[Any]:
        """Cosines of some rows with the rows of another view from `first` on, in fresh memory.

        Where all of them fit one tile they are computed once and kept, since several metrics
        read them.
        """
        if not one_tile(self.n, other.n):
            return cosines(self.rows[rows], other.rows[first:])
        if other not in self._kept:
            theirs = other._kept.get(self)
            self._kept[other] = cosines(self.rows, other.rows) if theirs is None else theirs.T
        return self._kept[other][rows, first:].copy()


@dataclass(frozen=True)
class Sample:
    """Paired views and what is known about the pairs.

    Attributes
    ----------
    views : tuple of View
        At least two, of equal n and h; row i of every view is the same item.
    labels : ndarray of int, shape (n,), or None
        Class of each item, coded 0 … n_classes − 1.
    groups : ndarray of int, shape (n,), or None
        Items of equal group answer each other's retrieval queries (identical captions).
    seed : int
        Seed of the metrics that draw (splits, k-means, subsamples).
    """

    views: tuple[View, ...]
    labels: NDArray[np.int64] | None = None
    groups: NDArray[np.int64] | None = None
    seed: int = 0

    @classmethod
    def of(cls, *views: Any, labels: Any = None, groups: Any = None, seed: int = 0) -> Sample:
        """Validate arrays or tensors and normalise their rows.

        Raises
        ------
        InputError
            If fewer than two views are given, they do not match, a row is zero or not finite,
            or `labels` or `groups` are not one per row (or all labels are equal).
        """
        if len(views) < 2:
            raise InputError(
                f"views: {len(views)} given, but a gap is between two or more; "
                "pass one array per modality."
            )
        arrays = check_views(*views)
        n = len(arrays[0])
        coded = codes(labels, n, "labels")
        if coded is not None and coded.max() == 0 and n > 1:
            raise InputError(
                f"labels holds a single class for {n} rows, which no group-level metric can "
                "judge; pass at least two classes or labels=None."
            )
        return cls(tuple(View(a) for a in arrays), coded, codes(groups, n, "groups"), seed)

    @property
    def n(self) -> int:
        """Number of items."""
        return self.views[0].n

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Index pairs a < b of views."""
        return list(combinations(range(len(self.views)), 2))

    def subset(self, items: NDArray[np.int64], dtype: DTypeLike = np.float64) -> Sample:
        """The sample of some of the items; a class may be missing in it."""
        return Sample(
            tuple(View(view.rows[items], dtype) for view in self.views),
            None if self.labels is None else np.unique(self.labels[items], return_inverse=True)[1],
            None if self.groups is None else np.unique(self.groups[items], return_inverse=True)[1],
            self.seed,
        )

    def stacked(self) -> NDArray[Any]:
        """All views below each other, shape (M·n, h)."""
        return np.concatenate([view.rows for view in self.views])

    def halves(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Two random halves of the items: a pair is never split over them."""
        order = np.random.default_rng(self.seed).permutation(self.n)
        return order[: self.n // 2], order[self.n // 2 :]


def codes(values: Any, n: int, argument: str) -> NDArray[np.int64] | None:
    """Code one identifier per row (numbers, strings, a tensor) as integers 0 … k − 1.

    Raises
    ------
    InputError
        If `values` is not one-dimensional of length `n`, or a value is missing.
    """
    if values is None:
        return None
    array = as_array(values)
    if array.shape != (n,):
        raise InputError(
            f"{argument} has shape {array.shape}, but the views have {n} rows; "
            "pass one value per row."
        )
    missing = np.array([value is None or value != value for value in array.tolist()])
    if missing.any():
        raise InputError(
            f"{argument} has no value for row {int(missing.argmax())}; leave that row out."
        )
    if array.dtype == object:
        array = array.astype(str)
    return np.unique(array, return_inverse=True)[1].astype(np.int64)
