"""Y.T2, opposite cones: when w = −1 is a second local minimum."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
import torch

from theory import limits
from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, TAU, order, resultant
from theory.claims.domain import Domain
from theory.claims.functions import ratio, ratio_over
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real

__all__ = ["SecondMinimum"]

#: Relative to β(1 + κ): rounding of the slope of log f.
TOLERANCE = 1e-9


class _OppositeCones(Claim):
    """Slope of the centre-pair loss at w = −1, by automatic differentiation."""

    constant: float = 1
    domain = Domain(
        h=Choice([3, 2, 4, 8, 64, 512], fixed=True),
        kappa=Real(*KAPPA, log=True),
        tau=Real(*TAU, log=True),
    )

    def margin(self, h: Any, kappa: Any, tau: Any) -> Any:
        """Tolerance minus the relative error of the formula."""
        w = torch.full(kappa.shape, -1.0, dtype=torch.float64, requires_grad=True)
        loss = limits.center_loss(w, torch.from_numpy(kappa), int(h[0]), tau)
        (found,) = torch.autograd.grad(loss.sum(), w)
        over = ratio_over(order(h[0]), np.abs(kappa - 1 / tau))
        claimed = (self.constant * kappa * over - 1) / tau
        return TOLERANCE - np.abs(found.numpy() - claimed) * tau / (1 + kappa)

    def proof(self) -> Proof:
        """The chain rule with (log f_ν)′ = A_h, at w = −1 where M = |κ − β|."""
        kappa, tau = sympy.symbols("kappa tau", positive=True)
        nu, w = sympy.symbols("nu w", real=True)
        m = resultant(w, 1, kappa, 1 / tau)
        found = (sympy.diff(-w / tau, w) + ratio(nu, m) * sympy.diff(m, w)).subs(w, -1)
        apart = m.subs(w, -1)
        claimed = (self.constant * kappa * ratio(nu, apart) / apart - 1) / tau
        tolerance = sympy.Float(TOLERANCE)
        start = tolerance - sympy.Abs((found - claimed) * tau / (1 + kappa))

        def coordinates(h: Any, **rest: Any) -> dict[str, Any]:
            return {**rest, "nu": order(h)}

        return Proof(start, (), (Step(tolerance), Step(sympy.S.Zero)), coordinates)


class _Near(Control, _OppositeCones):
    id = "Y.T2|second-minimum/1.02"
    statement = r"1.02\,\kappa A_h(|\kappa-\beta|)/|\kappa-\beta| > 1"
    near = "the constant 1 replaced by 1.02"
    constant = 1.02


class _Never(Control, _OppositeCones):
    id = "Y.T2|second-minimum/never"
    statement = r"\partial_w J(-1) = -\beta"
    constant = 0


@register
class SecondMinimum(_OppositeCones):
    r"""Opposite cones are a local minimum where the repulsion exceeds the attraction [gaplab].

    J is concave in w (an affine function plus log f_ν(√·), which is concave), so w = −1 is a local
    minimum iff the slope there is positive.
    """

    id = "Y.T2|second-minimum"
    statement = (
        r"\partial_w J(-1;\kappa) = \beta\Big[\frac{\kappa A_h(|\kappa-\beta|)}{|\kappa-\beta|}"
        r" - 1\Big],\ \text{and } w = -1 \text{ is a local minimum iff it is} > 0"
    )
    source = ("gaplab", "remark on Y.T2")
    hypotheses = ("y ~ vMF(c_y, κ) with fixed κ > 0, one direction",)
    beyond = "At κ = β the condition reads κ > h. Some κ meets it iff β > (h−1)/2: Y.T2|threshold."
    expected = "proved"
    simulation = (Prediction("cone", "share of random starts whose gap closes"),)
    controls = (_Near, _Never)
