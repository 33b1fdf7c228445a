"""N.4, the convexity bound: a lower bound of what a rotation of a cone costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Control, register
from theory.claims.cones import above, convexity_bound, tangent_means
from theory.claims.n_4 import RigidCone
from theory.claims.proof import Lemma, Proof, Step

__all__ = ["RotationCost"]


_CHANGE, _LINEAR = sympy.symbols("change linear", real=True)

#: B.4 at a = κc + βx and a′ = κc + βR⁻¹x, in the mean over the cone.
TANGENT_PLANE = Lemma(
    name="tangent plane",
    statement=(
        r"E[\log f_\nu(|a'|) - \log f_\nu(|a|)] \ge E[B\,a\cdot(a'-a)] = "
        r"-\beta(1-\cos\theta)\,E[B(\kappa x_c + \beta(x_c^2+x_e^2))]"
    ),
    reason=(
        "claim B.4 for every x of the cone; a·(a′ − a) = β[κ(Rc·x − x_c) + β(x·Rx − 1)], in whose "
        "mean the term in sin θ x_e vanishes, because it is odd"
    ),
    expression=_CHANGE - _LINEAR,
    premises=(),
    claim="B.4",
)


class _Cost(RigidCone):
    factor_of_bound: float = 1

    def margin(self, h: Any, kappa: Any, beta: Any, theta: Any) -> Any:
        """Cost of the rotation minus its bound."""
        versine = 2 * np.sin(theta / 2) ** 2
        bound = convexity_bound(**tangent_means(int(h[0]), kappa, beta), kappa=kappa, beta=beta)
        cost = above(int(h[0]), kappa, beta, theta)
        return cost - self.factor_of_bound * 2 * beta * versine * bound

    def proof(self) -> Proof:
        """One tangent plane for every point of the cone."""
        names = ("kappa", "beta", "versine", "plane", "pull_plane", "pull_along", "change")
        kappa, beta, versine, plane, pull_plane, pull_along, change = sympy.symbols(
            names, real=True
        )
        bound = convexity_bound(plane, pull_plane, pull_along, kappa, beta)
        cost = 2 * beta * versine * plane + 2 * change
        start = cost - self.factor_of_bound * 2 * beta * versine * bound
        linear = -beta * versine * (kappa * pull_along + beta * pull_plane)
        left = sympy.expand(start - 2 * (change - linear))
        at = {"change": change, "linear": linear}
        step = Step(left, TANGENT_PLANE, at, times=sympy.Integer(2))
        return Proof(start, (), (step,), _coordinates)


def _coordinates(h: Any, kappa: Any, beta: Any, theta: Any) -> dict[str, Any]:
    means = tangent_means(int(h[0]), kappa, beta)
    versine = 2 * np.sin(theta / 2) ** 2
    cost = above(int(h[0]), kappa, beta, theta)
    change = cost / 2 - beta * versine * means["plane"]
    return {**means, "kappa": kappa, "beta": beta, "versine": versine, "change": change}


class _Larger(Control, _Cost):
    id = "N.4|bound/1.05"
    statement = r"F(\theta) - F(0) \ge 1.05 \cdot 2\beta(1-\cos\theta) D"
    near = "the constant 1 replaced by 1.05"
    factor_of_bound = 1.05


class _Double(Control, _Cost):
    id = "N.4|bound/2"
    statement = r"F(\theta) - F(0) \ge 4\beta(1-\cos\theta) D"
    factor_of_bound = 2


@register
class RotationCost(_Cost):
    r"""Rotating one of two equal cones costs at least 2β(1 − cos θ) D [gaplab].

    log f_ν(|a|) is convex in a (B.4): with ``a = κc + βx``, of gradient B a, each x gives
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
        "proved for every law symmetric about c; margins by quadrature, h ∈ {3, 4, 8, 64, 512}",
    )
    beyond = "D < 0 for concentrated cones in high dimension; there the bound says nothing."
    expected = "proved"
    controls = (_Larger, _Double)
