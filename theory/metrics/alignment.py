"""How close the two members of a pair are."""

from __future__ import annotations

import numpy as np

from theory.metrics.base import METRICS, PairMetric
from theory.metrics.sample import Sample, View

__all__ = ["PairDistance", "RelativeModalityGap", "TruePairCosine"]


@METRICS.register("true_pair_cosine")
class TruePairCosine(PairMetric):
    """Mean cosine of true pairs, ``mean_i x_i·y_i`` [WangIsola2020]."""

    keys = ("true_pair_cosine",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the mean cosine."""
        return (pair_cosine(x, y),)


@METRICS.register("l2i")
class PairDistance(PairMetric):
    """Mean distance of true pairs, ``mean_i ‖x_i − y_i‖`` (instance-level L2)."""

    keys = ("l2i",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the mean distance."""
        return (float(np.linalg.norm(x.rows - y.rows, axis=1).mean()),)


@METRICS.register("relative_modality_gap")
class RelativeModalityGap(PairMetric):
    """Pair distance relative to the spread within the views [Schrodi2025].

    ``D_m / (D_m + ½(D_xx + D_yy))`` with ``d = (1 − cos)/2``, D_m over true pairs and D_xx,
    D_yy over i ≠ j. 0: pairs coincide; ½: pairs are as far apart as strangers of one view;
    1: two points. nan for one pair, or when everything coincides.
    """

    keys = ("relative_modality_gap",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the ratio."""
        between = (1 - pair_cosine(x, y)) / 2
        within = (_spread(x) + _spread(y)) / 2
        total = between + within
        return (between / total if total > 0 else float("nan"),)


def pair_cosine(x: View, y: View) -> float:
    """Mean of ``x_i · y_i``, from the distances: exactly 1 for equal rows."""
    return 1.0 - float(np.square(x.rows - y.rows).sum(axis=1).mean()) / 2


def _spread(view: View) -> float:
    """Mean of (1 − cos)/2 over i ≠ j, from the variance: Σ_ij (1 − cos_ij) = n Σ_i |x_i − m|²."""
    if view.n < 2:
        return float("nan")
    variance = float(np.square(view.rows - view.mean).sum(axis=1).mean())
    return variance * view.n / (view.n - 1) / 2
