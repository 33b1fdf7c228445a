"""Instance level: how often the nearest rows of the other view hold the same item."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.metrics.base import METRICS, PairMetric
from theory.metrics.sample import Sample, View, codes
from theory.metrics.tiles import cosine_tiles, cosines, row_tiles, tie
from theory.validation import check_integer

__all__ = ["Recall", "chance_recall"]

DEPTHS = (1, 5, 10)


@METRICS.register("recall")
class Recall(PairMetric):
    """Recall at 1, 5 and 10 in both directions, as fractions of the queries.

    ``r1_xy``: queries from x, gallery y. A query is answered at k if fewer than k wrong rows
    are at least as near as the best right one: *ties count against*, so a collapsed gallery
    scores 0, not a lucky 1. Right are the rows of the query's group (identical captions), or
    its own pair without groups. Compare with `chance_recall`.
    """

    keys = tuple(f"r{k}_{way}" for way in ("xy", "yx") for k in DEPTHS)

    def of_pair(self, x: View, y: View, sample: Sample) -> list[float]:
        """Return the six recalls."""
        groups = sample.groups
        # In the type of the products, so that comparing them converts nothing.
        near_x, near_y = (
            (best - tie(x.rows)).astype(x.rows.dtype) for best in _best_right(x, y, groups)
        )
        wrong_x, wrong_y = np.empty(x.n, dtype=np.int64), np.zeros(x.n, dtype=np.int64)
        # One pass over the products answers both directions.
        for rows, products in cosine_tiles(x, y):
            if groups is None:
                np.fill_diagonal(products[:, rows], -np.inf)
            else:
                products[groups[rows, None] == groups] = -np.inf
            # Row by row: counting along an axis converts every entry first.
            wrong_x[rows] = [np.count_nonzero(row) for row in products >= near_x[rows, None]]
            wrong_y += (products >= near_y).sum(axis=0)
        return [float((count < k).mean()) for count in (wrong_x, wrong_y) for k in DEPTHS]


def _best_right(
    x: View, y: View, groups: NDArray[np.int64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cosine of the best right answer of each x among y, and of each y among x."""
    best_x = np.clip(np.einsum("ij,ij->i", x.rows, y.rows), -1.0, 1.0)
    best_y = best_x.copy()
    if groups is None:
        return best_x, best_y
    ends = np.cumsum(np.bincount(groups))
    for members in np.split(np.argsort(groups, kind="stable"), ends[:-1]):
        if len(members) == 1:
            continue
        for rows in row_tiles(len(members), len(members)):
            queries = members[rows]
            products = cosines(x.rows[queries], y.rows[members])
            best_x[queries] = np.maximum(best_x[queries], products.max(axis=1))
            best_y[members] = np.maximum(best_y[members], products.max(axis=0))
    return best_x, best_y


def chance_recall(groups: Any, k: int = 1) -> float:
    """Recall at k of a gallery in random order, exactly.

    The mean over queries of ``1 − C(n − m, k)/C(n, k)``, m the size of the query's group.

    Parameters
    ----------
    groups : array_like, shape (n,)
        Group of each item; all different gives ``k/n``.
    k : int
        Depth, at least 1.

    Returns
    -------
    float
        In (0, 1].

    Raises
    ------
    InputError
        If `k` is below 1 or `groups` is not one-dimensional and non-empty.

    Examples
    --------
    >>> round(chance_recall(["cat", "cat", "dog", "owl"]), 6)
    0.375
    """
    k = check_integer("k", k, minimum=1)
    n = np.size(groups)
    coded = codes(groups, n, "groups")
    if coded is None or n == 0:
        raise InputError("groups is empty; pass one group per item.")
    if k >= n:
        return 1.0
    sizes, members = np.unique(np.bincount(coded), return_counts=True)
    drawn = np.arange(k)
    # C(n−m, k)/C(n, k) as the product of its k factors; one is 0 where k exceeds n − m.
    miss = (np.maximum(n - sizes[:, None] - drawn, 0) / (n - drawn)).prod(axis=1)
    return float((sizes * members) @ (1 - miss)) / n
