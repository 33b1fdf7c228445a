"""Products of all rows with all rows, a tile at a time, so that memory stays flat in n."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from theory.metrics.sample import View

__all__ = ["cosine_tiles", "cosines", "mean_over_pairs", "one_tile", "row_tiles", "tie"]

TILE = 2**22  # entries of a tile: 32 MiB in float64

Array = NDArray[Any]


def tie(rows: Array) -> float:
    """Cosines of such rows closer than this are equal: rounding of an inner product."""
    return 1e-12 if rows.dtype == np.float64 else 2e-6


def cosines(a: Array, b: Array) -> Array:
    """Cosines of unit rows, shape (n, m), clipped to [−1, 1]."""
    products = a @ b.T
    return np.clip(products, -1.0, 1.0, out=products)


def cosine_tiles(x: View, y: View) -> Iterator[tuple[slice, Array]]:
    """Yield (rows of `x`, their cosines with every row of `y`).

    Parameters
    ----------
    x, y : View
        Of n and m rows.

    Yields
    ------
    rows : slice
    cosines : ndarray, shape (rows, m)
        Fresh memory: the consumer may overwrite it.
    """
    for rows in row_tiles(x.n, y.n):
        yield rows, x.cosines(y, rows)


def mean_over_pairs(x: View, y: View, kernel: Callable[[Array], Array]) -> float:
    """Mean of ``kernel(x_i · y_j)`` over i ≠ j; nan for a single row.

    The diagonal is left out *between* views too: x_i and y_i are one item, so it takes i ≠ j
    to estimate the expectation over independent draws, and equal views get equal means.

    Parameters
    ----------
    x, y : View
        Paired, or the same view.
    kernel : callable
        Elementwise function of the cosines, which it may overwrite.
    """
    n = x.n
    if n < 2:
        return float("nan")
    total = 0.0
    for rows in row_tiles(n, n):
        # Within one view the pairs below the tile have been seen, the other way round.
        first = rows.start if x is y else 0
        values = kernel(x.cosines(y, rows, first))
        square = values[:, rows.start - first : rows.stop - first]
        np.fill_diagonal(square, 0.0)
        total += float(values.sum(dtype=np.float64))
        if x is y:
            total += float(values[:, rows.stop - first :].sum(dtype=np.float64))
    return total / (n * (n - 1))


def one_tile(height: int, width: int) -> bool:
    """Whether a product is small enough to be kept whole."""
    return height * width <= TILE


def row_tiles(height: int, width: int) -> Iterator[slice]:
    """Slices of rows whose products with `width` columns fill a tile."""
    step = max(1, TILE // width)
    for start in range(0, height, step):
        yield slice(start, min(start + step, height))
