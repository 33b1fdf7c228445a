"""Leaving out the coordinates in which the means differ most."""

from __future__ import annotations

import numpy as np

from theory.errors import InputError
from theory.repairs.base import REPAIRS, Repair
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views
from theory.validation import check_integer, check_number

__all__ = ["Removal"]


@REPAIRS.register("removal")
class Removal(Repair):
    """Set the coordinates that hold most of the gap to 0 [Schrodi2025]_.

    A few coordinates of the encoders' own axes tell the modalities apart: those whose means
    differ most (for more than two views, whose means spread most) are left out. A weak
    baseline: it depends on the axes, and what else these coordinates hold is lost. Unpaired.

    Parameters
    ----------
    share : float, default 0.9
        Share of the squared gap ``|mean x − mean y|²`` that the coordinates left out hold; as
        few as possible.
    n_removed : int, optional
        How many to leave out, in place of `share`.
    normalize : bool, default True
        Whether to scale the results to unit length.

    Attributes
    ----------
    removed_ : ndarray of int
        Coordinates left out, the most telling first.

    Examples
    --------
    >>> x, y = [[0.6, 0.8, 0.0]], [[0.6, -0.8, 0.0]]
    >>> Removal().fit(x, y).removed_
    array([1])
    """

    def __init__(
        self, share: float = 0.9, n_removed: int | None = None, normalize: bool = True
    ) -> None:
        self.share = share
        self.n_removed = n_removed
        self.normalize = normalize

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        share = check_number("share", self.share, 0, 1)
        means = np.stack([each.mean for each in views.means()])
        spread = means.var(axis=0)
        order = np.argsort(-spread, kind="stable")
        held = np.cumsum(spread[order])
        if self.n_removed is not None:
            count = check_integer("n_removed", self.n_removed, 0)
        elif held[-1] == 0:
            count = 0
        else:
            count = int(np.searchsorted(held, share * held[-1])) + 1
        if count >= views.dimension:
            raise InputError(
                f"all {views.dimension} coordinates would be left out; lower n_removed or share."
            )
        self.removed_ = order[:count]
        kept = np.ones(views.dimension)
        kept[self.removed_] = 0.0
        return [AffineMap(np.diag(kept))] * len(views)
