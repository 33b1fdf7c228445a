"""N.5, the torque between the centres of two cones."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
import torch

from theory import limits
from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, TAU, order, resultant
from theory.claims.domain import Domain
from theory.claims.functions import ratio
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Real

__all__ = ["CentreTorque"]

#: Relative to β + κ: rounding of the slope of log f.
TOLERANCE = 1e-9


class _Torque(Claim):
    """Slope of the centre-pair loss in the angle, by automatic differentiation."""

    constant: float = 1
    domain = Domain(
        h=Choice([3, 2, 4, 8, 64, 512], fixed=True),
        kappa=Real(*KAPPA, log=True),
        tau=Real(*TAU, log=True),
        theta=(1e-3, float(np.pi) - 1e-3),
    )

    def margin(self, h: Any, kappa: Any, tau: Any, theta: Any) -> Any:
        """Tolerance minus the relative error of the formula."""
        angle = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
        loss = limits.center_loss(torch.cos(angle), torch.from_numpy(kappa), int(h[0]), tau)
        (found,) = torch.autograd.grad(loss.sum(), angle)
        beta = 1 / tau
        m = resultant(np.cos(theta), 1, kappa, beta)
        push = kappa * ratio(int(h[0]) / 2 - 1, m) / m
        claimed = beta * np.sin(theta) * (1 - self.constant * push)
        return TOLERANCE - np.abs(found.numpy() - claimed) / (beta + kappa)

    def proof(self) -> Proof:
        """The chain rule with (log f_ν)′ = A_h."""
        kappa, tau = sympy.symbols("kappa tau", positive=True)
        nu, theta = sympy.symbols("nu theta", real=True)
        m = resultant(sympy.cos(theta), 1, kappa, 1 / tau)
        slope = ratio(nu, m)
        found = sympy.diff(-sympy.cos(theta) / tau, theta) + slope * sympy.diff(m, theta)
        claimed = sympy.sin(theta) / tau * (1 - self.constant * kappa * slope / m)
        tolerance = sympy.Float(TOLERANCE)
        start = tolerance - sympy.Abs((found - claimed) / (1 / tau + kappa))

        def coordinates(h: Any, **rest: Any) -> dict[str, Any]:
            return {**rest, "nu": order(h)}

        return Proof(start, (), (Step(tolerance), Step(sympy.S.Zero)), coordinates)


class _Stronger(Control, _Torque):
    id = "N.5|torque/1.02"
    statement = r"dJ/d\theta = \beta\sin\theta\,[1 - 1.02\,\kappa A_h(M)/M]"
    near = "the constant 1 replaced by 1.02"
    constant = 1.02


class _Attraction(Control, _Torque):
    id = "N.5|torque/attraction"
    statement = r"dJ/d\theta = \beta\sin\theta"
    constant = 0


@register
class CentreTorque(_Torque):
    """Attraction of the true pairs minus repulsion from the cloud, per direction [gaplab]."""

    id = "N.5|torque"
    statement = (
        r"\frac{dJ}{d\theta} = \beta\sin\theta\,\Big[1 - \frac{\kappa A_h(M)}{M}\Big],\quad "
        r"M^2 = \kappa^2+2\kappa\beta\cos\theta+\beta^2"
    )
    source = ("gaplab", "N.5")
    hypotheses = ("x ~ vMF(c_x, κ_x) and y ~ vMF(c_y, κ_y) with fixed κ_x, κ_y > 0",)
    beyond = "A statement about centre pairs; the full loss of rigid cones is N.5|limit."
    expected = "proved"
    controls = (_Stronger, _Attraction)
