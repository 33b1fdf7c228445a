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
    height = max(1, TILE // len(b))
    for start in range(0, len(a), height):
        rows = slice(start, min(start + height, len(a)))
        cosines = a[rows] @ b.T
        yield rows, np.clip(cosines, -1.0, 1.0, out=cosines)


def mean_over_pairs(a: Array, b: Array, kernel: Callable[[Array], Array]) -> float:
    """Mean of ``kernel(a_i · b_j)`` over i ≠ j; nan for a single row.

    The diagonal is left out *between* views too: x_i and y_i are one item, so it takes i ≠ j
    to estimate the expectation over independent draws, and equal views get equal means.

    Parameters
    ----------
    a, b : ndarray, shape (n, h)
        Unit rows, paired (or the same array).
    kernel : callable
        Elementwise function of the cosines.
    """
    n = len(a)
    if n < 2:
        return float("nan")
    total = 0.0
    for rows, cosines in cosine_tiles(a, b):
        values = kernel(cosines)
        values[np.arange(len(values)), np.arange(rows.start, rows.stop)] = 0.0
        total += float(values.sum())
    return total / (n * (n - 1))
