"""N.2, the gap: a lower bound of its decay rate that holds in every dimension."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.functions import ratio_over
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real

__all__ = ["GapDecay"]


class _Rate(Claim):
    """Rate of the gap at the paired uniform law, against a multiple of β."""

    constant = 1.85
    domain = Domain(h=Choice([3, 2, 4, 8, 64, 512], fixed=True), beta=Real(1e-2, 1e3, log=True))
    balls = True

    def margin(self, h: Any, beta: Any) -> Any:
        """λ/β minus the constant."""
        over = ratio_over(h / 2 - 1, beta)  # A/β
        return 4 - self.constant - (h - 1) * over * (2 + beta * over)


class _Larger(Control, _Rate):
    id = "N.2|gap/1.9"
    statement = r"\lambda \ge 1.9\,\beta"
    near = "the constant 1.85 replaced by 1.9; false near β = .22 h in high dimension"
    constant = 1.9


class _Free(Control, _Rate):
    id = "N.2|gap/4"
    statement = r"\lambda \ge 4\beta"
    constant = 4.0


@register
class GapDecay(_Rate):
    r"""Near the unconstrained optimum the gap between the centres always closes [gaplab].

    In high dimension, with β = bh, λ/β tends to ``4 − (2A + A²)/b``,
    ``A = (√(1 + 4b²) − 1)/(2b)``, whose minimum 1.857 lies at b = .23.
    """

    id = "N.2|gap"
    statement = r"\lambda = 4\beta - (h-1)(2A_h(\beta) + A_h(\beta)^2) \ge 1.85\,\beta"
    source = ("gaplab", "N.2")
    hypotheses = ("N.2|antisymmetric at l = 1", "h in the grid of the domain, β ∈ [.01, 1000]")
    beyond = "A statement about small gaps: concentrated cones far apart may be repelled (N.5)."
    expected = "certified"
    simulation = (
        Prediction("free", "decay rate of the centre gap", rtol=0.02),
        Prediction("temperature_sweep", "decay rate of the centre gap", rtol=0.03),
    )
    controls = (_Larger, _Free)
