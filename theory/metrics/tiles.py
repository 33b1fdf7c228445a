"""Products of all rows with all rows, a tile at a time, so that memory stays flat in n."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["TIE", "cosine_tiles", "mean_over_pairs"]

TILE = 2**22  # entries of a tile: 32 MiB in float64
TIE = 1e-12  # cosines closer than this are equal: rounding of a float64 inner product

Array = NDArray[np.float64]


def cosine_tiles(a: Array, b: Array) -> Iterator[tuple[slice, Array]]:
    """Yield (rows of `a`, their cosines with every row of `b`) for unit rows.

    Parameters
    ----------
    a, b : ndarray, shapes (n, h) and (m, h)

    Yields
    ------
    rows : slice
    cosines : ndarray, shape (rows, m)
        Fresh memory, clipped to [−1, 1]: the consumer may overwrite it.
    """
    for rows in _row_tiles(len(a), len(b)):
        yield rows, _cosines(a[rows], b)


def mean_over_pairs(a: Array, b: Array, kernel: Callable[[Array], Array]) -> float:
    """Mean of ``kernel(a_i · b_j)`` over i ≠ j; nan for a single row.

    The diagonal is left out *between* views too: x_i and y_i are one item, so it takes i ≠ j
    to estimate the expectation over independent draws, and equal views get equal means.

    Parameters
    ----------
    a, b : ndarray, shape (n, h)
        Unit rows, paired (or the same array).
    kernel : callable
        Elementwise function of the cosines, which it may overwrite.
    """
    n = len(a)
    if n < 2:
        return float("nan")
    total = 0.0
    for rows in _row_tiles(n, n):
        # Within one view the pairs below the tile have been seen, the other way round.
        first = rows.start if a is b else 0
        values = kernel(_cosines(a[rows], b[first:]))
        square = values[:, rows.start - first : rows.stop - first]
        np.fill_diagonal(square, 0.0)
        total += float(values.sum())
        if a is b:
            total += float(values[:, rows.stop - first :].sum())
    return total / (n * (n - 1))


def _row_tiles(height: int, width: int) -> Iterator[slice]:
    step = max(1, TILE // width)
    for start in range(0, height, step):
        yield slice(start, min(start + step, height))


def _cosines(a: Array, b: Array) -> Array:
    cosines = a @ b.T
    return np.clip(cosines, -1.0, 1.0, out=cosines)
