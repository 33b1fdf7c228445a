"""How alike two views are inside, whatever lies between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theory.metrics.base import METRICS, PairMetric
from theory.metrics.sample import Sample, View
from theory.metrics.tiles import cosine_tiles, tie

__all__ = ["CKA", "IMSResidual", "MutualNeighbours"]

Array = NDArray[np.float64]


@METRICS.register("cka")
class CKA(PairMetric):
    """Linear centred kernel alignment, ``‖YᵀX‖²_F / (‖XᵀX‖_F ‖YᵀY‖_F)`` [Kornblith2019].

    1 when one centred view is a scaled rotation of the other; blind to the gap. nan when a
    view has no variance.
    """

    keys = ("cka",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the alignment of the centred views."""
        norm = float(np.linalg.norm(x.covariance) * np.linalg.norm(y.covariance))
        if norm < np.finfo(np.float64).eps ** 2:
            return (float("nan"),)
        cross = (x.rows - x.mean).T @ (y.rows - y.mean) / x.n
        return (float(np.square(cross).sum()) / norm,)


@METRICS.register("mutual_knn")
class MutualNeighbours(PairMetric):
    """Share of an item's 10 nearest neighbours that both views agree on [Huh2024].

    Neighbours are within a view, the item itself left out. All rows as near as the tenth count
    as neighbours, and the overlap is over the larger set: a collapsed view scores chance.
    nan for a single row.
    """

    keys = ("mutual_knn",)
    n_neighbours = 10

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the mean overlap."""
        if x.n < 2:
            return (float("nan"),)
        k = min(self.n_neighbours, x.n - 1)
        total = 0.0
        for (rows, in_x), (_, in_y) in zip(cosine_tiles(x, x), cosine_tiles(y, y), strict=True):
            near_x, near_y = _nearest(in_x, rows, k), _nearest(in_y, rows, k)
            larger = np.maximum(near_x.sum(axis=1), near_y.sum(axis=1))
            total += float(((near_x & near_y).sum(axis=1) / larger).sum())
        return (total / x.n,)


@METRICS.register("ims_residual")
class IMSResidual(PairMetric):
    """Departure from intra-modal isometry, ``mean_i |x_i·c_x − y_i·c_y|`` [Yi2025].

    The hypothesis IMS of Y.T4; nan where a mean vanishes and so has no direction c.
    """

    keys = ("ims_residual",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the mean absolute difference of the heights over the means."""
        heights = x.rows @ x.direction - y.rows @ y.direction
        return (float(np.abs(heights).mean()),)


def _nearest(cosines: Array, rows: slice, k: int) -> NDArray[np.bool_]:
    """Mask of the columns at least as near as the k-th, the item itself left out."""
    cosines[np.arange(len(cosines)), np.arange(rows.start, rows.stop)] = -np.inf
    kth = np.partition(cosines, -k, axis=1)[:, -k]
    return cosines >= kth[:, None] - tie(cosines)
