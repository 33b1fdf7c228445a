"""How a view fills the sphere: uniformity and effective ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theory.metrics.base import METRICS, ViewMetric
from theory.metrics.sample import View
from theory.metrics.tiles import mean_over_pairs

__all__ = ["EffectiveRank", "Uniformity"]


@METRICS.register("uniformity")
class Uniformity(ViewMetric):
    """``log mean_{i≠j} e^{−2‖x_i − x_j‖²}``, in [−8, 0]; 0 is total collapse [WangIsola2020].

    On unit rows the exponent is ``4(x_i·x_j − 1)``, so nothing can under- or overflow; −∞ and
    positive values, which the public code gives for rows that are not unit, cannot occur.
    nan for a single row.
    """

    keys = ("uniformity",)

    def of_view(self, view: View) -> tuple[float]:
        """Return the log of the mean Gaussian potential."""

        def potential(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
            np.subtract(cosines, 1.0, out=cosines)
            np.multiply(cosines, 4.0, out=cosines)
            return np.exp(cosines, out=cosines)

        return (float(np.log(mean_over_pairs(view, view, potential))),)


@METRICS.register("effective_rank")
class EffectiveRank(ViewMetric):
    """Two effective ranks, which are different numbers.

    ``effective_rank``: ``exp H(p)``, ``p = σ/Σσ`` over the singular values of the *uncentred*
    rows [RoyVetterli2007]. ``participation_ratio``: ``(tr Σ)²/tr Σ²`` of the covariance, so of
    the *centred* rows; nan when all rows are equal.
    """

    keys = ("effective_rank", "participation_ratio")

    def of_view(self, view: View) -> tuple[float, float]:
        """Return both ranks."""
        p = view.singular_values / view.singular_values.sum()
        p = p[p > 0]
        entropy_rank = float(np.exp(-(p * np.log(p)).sum()))
        trace = float(np.trace(view.covariance))
        if trace < np.finfo(np.float64).eps:
            return entropy_rank, float("nan")
        return entropy_rank, trace**2 / float(np.square(view.covariance).sum())
