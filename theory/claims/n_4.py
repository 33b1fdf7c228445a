"""N.4: two copies of one cone are best on top of each other, for the full loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.cones import above, slope
from theory.claims.domain import Domain
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real

__all__ = ["RigidCone", "RigidCones"]


class RigidCone(Claim):
    """x ~ vMF(c, κ) and y = R_θ x, the rotation in a plane through c."""

    domain = Domain(
        h=Choice([3, 4, 8, 64, 512], fixed=True),
        kappa=Real(1e-2, 1e3, log=True),
        beta=Real(0.5, 100, log=True),
        theta=(0.0, float(np.pi)),
    )

    def scale(self, kappa: Any, beta: Any, **_: Any) -> Any:
        """Size of the exponents."""
        return kappa + beta


class _Shifted(Control, RigidCone):
    id = "N.4/minimum-at-.05"
    statement = r"F(\theta) \ge F(.05)"
    near = "the claimed minimiser is off by .05 rad"

    def margin(self, h: Any, kappa: Any, beta: Any, theta: Any) -> Any:
        best = np.full_like(theta, 0.05)
        return above(int(h[0]), kappa, beta, theta) - above(int(h[0]), kappa, beta, best)


class _Increasing(Control, RigidCone):
    id = "N.4/increasing"
    statement = r"F'(\theta) \ge 0"

    def margin(self, h: Any, kappa: Any, beta: Any, theta: Any) -> Any:
        return slope(int(h[0]), kappa, beta, theta)


@register
class RigidCones(RigidCone):
    """The full loss of a cone and its rotated copy is smallest without rotation [gaplab].

    A conjecture; N.4|bound proves it where its D is ≥ 0.
    """

    id = "N.4"
    statement = r"F(\theta) \ge F(0)\quad(x \sim \mathrm{vMF}(c, \kappa),\ y = R_\theta x)"
    source = ("gaplab", "N.4")
    hypotheses = (
        "infinitely many pairs y = R_θ x, R_θ the rotation by θ in a plane through c",
        "judged by quadrature for h ∈ {3, 4, 8, 64, 512}",
    )
    beyond = "F is not increasing: beyond cos θ = −τ concentrated cones repel (N.5|apart)."
    expected = "supported"
    simulation = (Prediction("cone", "gap after a long time", "from 60°", atol=0.1),)
    controls = (_Shifted, _Increasing)

    def margin(self, h: Any, kappa: Any, beta: Any, theta: Any) -> Any:
        """Loss at θ minus loss at 0."""
        return above(int(h[0]), kappa, beta, theta)
