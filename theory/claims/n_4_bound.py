"""N.4, the convexity bound: a lower bound of what a rotation of a cone costs."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Control, register
from theory.claims.cones import above, convexity_bound
from theory.claims.n_4 import RigidCone

__all__ = ["RotationCost"]


class _Cost(RigidCone):
    factor_of_bound = 1.0

    def margin(self, h: Any, kappa: Any, beta: Any, theta: Any) -> Any:
        """Cost of the rotation minus its bound."""
        versine = 2 * np.sin(theta / 2) ** 2
        bound = 2 * beta * versine * convexity_bound(int(h[0]), kappa, beta)
        return above(int(h[0]), kappa, beta, theta) - self.factor_of_bound * bound


class _Larger(Control, _Cost):
    id = "N.4|bound/1.05"
    statement = r"F(\theta) - F(0) \ge 1.05 \cdot 2\beta(1-\cos\theta) D"
    near = "the constant 1 replaced by 1.05"
    factor_of_bound = 1.05


class _Double(Control, _Cost):
    id = "N.4|bound/2"
    statement = r"F(\theta) - F(0) \ge 4\beta(1-\cos\theta) D"
    factor_of_bound = 2.0


@register
class RotationCost(_Cost):
    r"""Rotating one of two equal cones costs at least 2β(1 − cos θ) D [gaplab].

    log f_ν(|a|) is convex in a: with ``a = κc + βx``, of gradient B a, each node gives
    ``log f_ν(|κc + βR⁻¹x|) ≥ log f_ν(|a|) + βB a·(R⁻¹x − x)``, and terms odd in x_e drop out.
    """

    id = "N.4|bound"
    statement = (
        r"F(\theta) - F(0) \ge 2\beta(1-\cos\theta)\,D,\quad "
        r"D = E[(1-\beta B)(x_c^2+x_e^2) - \kappa B x_c],\ "
        r"B = A_h(|\kappa c+\beta x|)/|\kappa c+\beta x|"
    )
    source = ("gaplab", "N.4")
    hypotheses = (
        "infinitely many pairs y = R_θ x, x ~ vMF(c, κ)",
        "judged by quadrature for h ∈ {3, 4, 8, 64, 512}",
    )
    beyond = "D < 0 for concentrated cones in high dimension; there the bound says nothing."
    expected = "supported"
    controls = (_Larger, _Double)
