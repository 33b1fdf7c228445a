"""Alignment of mean, scale and mean again, on the sphere."""

from __future__ import annotations

import numpy as np

from theory.errors import InputError
from theory.repairs.base import REPAIRS, Repair
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views

__all__ = ["ReAlign"]


@REPAIRS.register("realign")
class ReAlign(Repair):
    """Give every view the mean and the spread of the first, in two passes [Yu2026]_.

    ``y' = N(mean x + s (y − mean y))`` with ``s = √(tr Σ_x / tr Σ_y)``. Normalising moves the
    mean again, so it is put back and the rows are normalised once more:
    ``y'' = N(y' − mean y' + mean x)``. The first view, the anchor, stays. Unpaired; it reads the
    rows twice.

    Parameters
    ----------
    normalize : bool, default True
        Whether to scale the results to unit length; without it only the first step is done.

    Attributes
    ----------
    x_mean_, y_mean_ : ndarray, shape (d,)
        Means of the first and the second view.
    more_means_ : list of ndarray
        Means of the third view and on.
    scales_ : list of float
        ``s`` of every view, 1 for the first.

    Examples
    --------
    >>> x, y = np.array([[0.6, 0.8], [0.6, -0.8]]), np.array([[0.8, 0.6], [0.8, -0.6]])
    >>> ReAlign().fit(x, y).transform(None, y).round(12)
    array([[ 0.6,  0.8],
           [ 0.6, -0.8]])
    """

    def __init__(self, normalize: bool = True) -> None:
        self.normalize = normalize

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        found = views.means()
        anchor = found[0]
        self.x_mean_, self.y_mean_, *self.more_means_ = [each.mean for each in found]
        for each, name in zip(found, views.names, strict=True):
            if each.variance <= np.finfo(np.float64).eps * float(each.mean @ each.mean):
                raise InputError(
                    f"the rows of {name} are all equal and have no variance; give rows that vary."
                )
        self.scales_ = [float(np.sqrt(anchor.variance / each.variance)) for each in found]
        maps = [AffineMap()]
        for each, scale in zip(found[1:], self.scales_[1:], strict=True):
            matrix = scale * np.eye(views.dimension)
            maps.append(AffineMap(matrix, anchor.mean - scale * each.mean))
        if not self.normalize:
            return maps
        moved = views.means(maps)
        return maps[:1] + [
            affine._replace(after=anchor.mean - each.mean)
            for affine, each in zip(maps[1:], moved[1:], strict=True)
        ]
