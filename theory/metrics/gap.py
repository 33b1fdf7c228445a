"""How far apart the means of two views lie."""

from __future__ import annotations

import numpy as np

from theory.metrics.base import METRICS, PairMetric, ViewMetric
from theory.metrics.sample import Sample, View

__all__ = ["CentroidGap", "GapAngle", "MeanLength"]


@METRICS.register("centroid_gap")
class CentroidGap(PairMetric):
    """Distance of the means, ``‖mean x − mean y‖`` of unit rows, in [0, 2] [Liang2022]."""

    keys = ("centroid_gap",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the distance of the two means."""
        return (float(np.linalg.norm(x.mean - y.mean)),)


@METRICS.register("gap_angle")
class GapAngle(PairMetric):
    """Angle of the *normalised* means, ``Δθ``, in radians [Yi2025].

    nan where a mean vanishes (the very optimum of the unconstrained loss): read `mean_length`
    beside it, since the angle of two short means is noise.
    """

    keys = ("gap_angle",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the angle, by half-angle tangents: exact near 0 and π, where arccos is not."""
        u, v = x.direction, y.direction
        return (float(2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))),)


@METRICS.register("mean_length")
class MeanLength(ViewMetric):
    """Length of the mean, ``R̄ = ‖mean x‖``: 1 for a point, 0 for a balanced cloud."""

    keys = ("mean_length",)

    def of_view(self, view: View) -> tuple[float]:
        """Return the length of the mean row."""
        return (view.mean_length,)
