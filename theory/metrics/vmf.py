"""The von Mises–Fisher fit of a view, and whether it deserves the name."""

from __future__ import annotations

import numpy as np

from theory.bessel import ratio_derivative
from theory.metrics.base import METRICS, ViewMetric
from theory.metrics.sample import View
from theory.sphere import fit_vmf

__all__ = ["VMF"]


@METRICS.register("vmf")
class VMF(ViewMetric):
    """Concentration κ̂ of the von Mises–Fisher fit, and its misfit [MardiaJupp2000].

    ``vmf_kappa``: the root of ``A_h(κ) = R̄`` (R̄ is `mean_length`). ``vmf_dispersion``: the
    variance of the heights ``x·c`` over the fit's own, ``A_h′(κ̂)``: 1 for a vMF cloud, above 1
    when the cloud has clusters or a ridge along its mean. nan where the mean vanishes or all
    rows are equal.
    """

    keys = ("vmf_kappa", "vmf_dispersion")

    def of_view(self, view: View) -> tuple[float, float]:
        """Return κ̂ and the dispersion ratio."""
        if np.isnan(view.direction).any() or 1 - view.mean_length < np.finfo(np.float64).eps:
            return float("nan"), float("nan")
        kappa = float(fit_vmf(view.rows)[1])
        predicted = float(ratio_derivative(view.h / 2 - 1, kappa))
        heights = view.rows @ view.direction
        return kappa, float(heights.var()) / predicted
