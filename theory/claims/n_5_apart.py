"""N.5, repulsion: beyond cos θ = −τ concentrated cones are pushed apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.cones import slope
from theory.claims.domain import Domain
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real

__all__ = ["ConesRepel"]


class _Beyond(Claim):
    """cos θ = −τ − u(1 − τ), and κ a multiple of (h + β)(1 + β)/|1 + β cos θ|."""

    #: cos θ at which the repulsion is claimed to begin, over −τ.
    begins = 1.0
    domain = Domain(
        h=Choice([3, 4, 8, 64, 512], fixed=True),
        beta=Real(1.1, 20, log=True),
        u=(0.02, 0.99),
        excess=Real(2.0, 100.0, log=True),
    )

    def margin(self, h: Any, beta: Any, u: Any, excess: Any) -> Any:
        """−κ F′(θ)/(2β sin θ)."""
        cosine = -self.begins / beta - u * (1 - 1 / beta)
        theta = np.arccos(np.clip(cosine, -0.999, 1))
        kappa = excess * (h + beta) * (1 + beta) / (u * (beta - 1))
        return -kappa * slope(int(h[0]), kappa, beta, theta) / (2 * beta * np.sin(theta))


class _Earlier(Control, _Beyond):
    id = "N.5|apart/earlier"
    statement = r"F'(\theta) < 0 \text{ as soon as } \cos\theta < -.95\,\tau"
    near = "the constant 1 replaced by .95"
    begins = 0.95


class _Equator(Control, _Beyond):
    id = "N.5|apart/equator"
    statement = r"F'(\theta) < 0 \text{ as soon as } \cos\theta < 0"
    begins = 0.0


@register
class ConesRepel(_Beyond):
    """Concentrated cones further apart than arccos(−τ) repel, for every β > 1 [gaplab].

    From N.5|limit: κF′/(2β sin θ) is 1 + β cos θ within 2(h + β)(1 + β)/κ, less than |1 + β cos θ|
    here. So a gap of 180° is a second minimum iff β > 1.
    """

    id = "N.5|apart"
    statement = (
        r"F'(\theta) < 0\text{ for }\cos\theta < -\tau,\ "
        r"\kappa \ge 2(h+\beta)(1+\beta)/|1+\beta\cos\theta|"
    )
    source = ("gaplab", "N.5")
    hypotheses = (
        "infinitely many pairs y = R_θ x, x ~ vMF(c, κ), β > 1",
        "judged by quadrature for h ∈ {3, 4, 8, 64, 512}",
    )
    beyond = "Wider cones attract at every angle; F(180°) stays above F(0) (N.4)."
    expected = "supported"
    simulation = (Prediction("cone", "gap after a long time", "from 150°", rtol=0.02),)
    controls = (_Earlier, _Equator)
