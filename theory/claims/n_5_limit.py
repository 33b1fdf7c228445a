"""N.5, the full loss of concentrated cones."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.cones import slope
from theory.claims.domain import Domain
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real

__all__ = ["ConcentratedCones"]

#: The error claimed is this times (h + β)(1 + β)/κ.
ERROR = 2.0


class _Concentrated(Claim):
    """κ F′(θ)/(2β sin θ) of a cone and its rotated copy, against 1 + β cos θ."""

    constant = 1.0
    domain = Domain(
        h=Choice([3, 4, 8, 64, 512], fixed=True),
        kappa=Real(1e3, 1e5, log=True),
        beta=Real(0.5, 20, log=True),
        theta=(0.05, float(np.pi) - 0.05),
    )

    def margin(self, h: Any, kappa: Any, beta: Any, theta: Any) -> Any:
        """Error allowed minus error found."""
        found = kappa * slope(int(h[0]), kappa, beta, theta) / (2 * beta * np.sin(theta))
        claimed = 1 + self.constant * beta * np.cos(theta)
        return ERROR * (h + beta) * (1 + beta) / kappa - np.abs(found - claimed)


class _Near(Control, _Concentrated):
    id = "N.5|limit/1.05"
    statement = r"\kappa F'(\theta) \to 2\beta\sin\theta\,(1 + 1.05\,\beta\cos\theta)"
    near = "the constant 1 replaced by 1.05"
    constant = 1.05


class _NoRepulsion(Control, _Concentrated):
    id = "N.5|limit/no-repulsion"
    statement = r"\kappa F'(\theta) \to 2\beta\sin\theta"
    constant = 0.0


@register
class ConcentratedCones(_Concentrated):
    r"""The gap of concentrated cones moves at a rate that vanishes as 1/κ [gaplab].

    Near 0 it closes at rate ≈ 4β(1 + β)/κ in the flow of both cones: why a concentrated start
    keeps its gap.
    """

    id = "N.5|limit"
    statement = (
        r"\Big|\frac{\kappa F'(\theta)}{2\beta\sin\theta} - (1 + \beta\cos\theta)\Big| \le "
        r"\frac{2(h+\beta)(1+\beta)}{\kappa}"
    )
    source = ("gaplab", "N.5")
    hypotheses = (
        "infinitely many pairs y = R_θ x, x ~ vMF(c, κ) with κ ≥ 1000",
        "judged by quadrature for h ∈ {3, 4, 8, 64, 512}",
    )
    beyond = "For κ not ≫ (h + β)(1 + β) the sign of the torque is not that of 1 + β cos θ."
    expected = "supported"
    simulation = (
        Prediction("cone", "closing rate of a concentrated cone"),
        Prediction("kappa_sweep", "closing rate of a small gap", "κ=300"),
    )
    controls = (_Near, _NoRepulsion)
