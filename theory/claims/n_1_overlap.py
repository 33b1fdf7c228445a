"""N.1|overlap: steps 2 and 5 of the finite-N theorem, the Gaussian integrals."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy
from scipy.special import i0e

from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.functions import log_f
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Real
from theory.claims.uniform import psi

__all__ = ["GaussianOverlap", "log_overlap"]

#: Nodes of the quadrature along each axis of the plane, and its error for β ≤ 2.
NODES, TOLERANCE = 14, 1e-11


def log_overlap(angle: Any, beta: Any) -> Array:
    """Log ∫√(P_x P_y) for x, y on the circle, P_x = G_x s/Z′, by quadrature over the plane."""
    half, zero = np.asarray(angle) / 2, 0 * np.asarray(angle)
    x, y, axis = ((np.cos(t), np.sin(t)) for t in (half, -half, zero))
    middle = (np.cos(half), zero)
    whole = _integral(x, y, middle, np.asarray(beta)), _integral(axis, axis, axis, np.asarray(beta))
    return np.asarray(np.log(whole[0] / whole[1]))


def _integral(x: Any, y: Any, centre: Any, beta: Any) -> Any:
    """∫√(G_x G_y) s dz up to a constant, s = ∫G_w dσ(w) ∝ e^{−β(1+|z|²)} I_0(2β|z|)."""
    node, weight = np.polynomial.hermite.hermgauss(NODES)
    u, v = (node[i] for i in np.indices((NODES, NODES)))
    share = np.outer(weight, weight) * np.exp(u**2 + v**2)
    b = beta[..., None, None]
    # the product of both Gaussians is centred half-way to 0, with the weight e^{−2β|z|²}
    z = [c[..., None, None] / 2 + t / np.sqrt(2 * b) for c, t in zip(centre, (u, v), strict=True)]
    ends = ([c[..., None, None] for c in end] for end in (x, y))
    squares = sum((z[0] - e[0]) ** 2 + (z[1] - e[1]) ** 2 for e in ends)
    r = np.hypot(*z)
    density = i0e(2 * b * r) * np.exp(-b * (1 - r) ** 2 - b * squares / 2)
    return (share * density).sum(axis=(-2, -1))


def left_over(weight: Any) -> Any:
    """C of −w(a−z)² − w(b−z)² = −2w(z − (a+b)/2)² − c(a−b)², one coordinate of each vector."""
    a, b, z = sympy.symbols("a b z", real=True)
    rest = 2 * weight * (z - (a + b) / 2) ** 2 - weight * ((a - z) ** 2 + (b - z) ** 2)
    return -sympy.cancel(sympy.expand(rest) / (a - b) ** 2)


class _Circle(Claim):
    """Two points of the circle at an angle."""

    share: ClassVar[Any] = 1
    domain = Domain(beta=Real(0.1, 2, log=True), angle=(0.0, float(np.pi)))

    def margin(self, beta: Any, angle: Any) -> Any:
        """Tolerance minus the error of the formula."""
        r = np.cos(angle / 2)
        claimed = psi(r, beta, 0.0) - self.share * beta * (1 - r**2)
        return TOLERANCE - np.abs(log_overlap(angle, beta) - claimed)

    def proof(self) -> Proof:
        """Complete two squares; what is left of them does not depend on z.

        √(G_x G_y) ∝ e^{−c‖x−y‖²} G_m, and ∫G_a G_w ∝ e^{−c′‖a−w‖²}, whose mean over w is
        e^{−c′(1+‖a‖²)} Z(2c′‖a‖).
        """
        beta = sympy.Symbol("beta", positive=True)
        r = sympy.Symbol("r", nonnegative=True)
        apart, within = left_over(beta / 2), left_over(beta)
        energy = [
            log_f(sympy.S.Zero, 2 * within * s) - within * (1 + s**2) for s in (r, sympy.S.One)
        ]
        found = energy[0] - energy[1] - apart * 4 * (1 - r**2)  # ‖x−y‖² = 4(1 − r²)
        claimed = psi(r, beta, sympy.S.Zero) - self.share * beta * (1 - r**2)
        tolerance = sympy.Float(TOLERANCE)
        steps = (Step(tolerance), Step(sympy.S.Zero))
        return Proof(tolerance - sympy.Abs(found - claimed), (), steps, _coordinates)


def _coordinates(beta: Any, angle: Any) -> dict[str, Any]:
    return {"beta": beta, "r": np.cos(angle / 2)}


class _Near(Control, _Circle):
    id = "N.1|overlap/.98"
    statement = r"\log\!\int\!\sqrt{P_xP_y} = \Psi(\|m\|) - 0.98\,\tfrac\beta4\|x-y\|^2"
    near = "the constant 1 replaced by .98"
    share = 0.98


class _NoDistance(Control, _Circle):
    id = "N.1|overlap/no-distance"
    statement = r"\log\!\int\!\sqrt{P_xP_y} = \Psi(\|m\|)"
    share = 0


@register
class GaussianOverlap(_Circle):
    r"""Two densities of the bridge overlap as Ψ at the midpoint and the distance say [gaplab].

    ``‖x−z‖² + ‖y−z‖² = 2‖z−m‖² + ‖x−y‖²/2`` and ``∫G_a s ∝ e^{−β(1+‖a‖²)/2} Z(β‖a‖)``, m = (x+y)/2;
    the latter at ‖a‖ = 1 is Z′, and at a = x, integrated against y, the kernel of step 2.
    """

    id = "N.1|overlap"
    statement = (
        r"\log\!\int\!\sqrt{P_xP_y} = \Psi(\|m\|) - \tfrac\beta4\|x-y\|^2,\quad m = \tfrac{x+y}2"
    )
    source = ("gaplab", "N.1, steps 2 and 5")
    hypotheses = (
        "P_x = G_x s/Z′, G_x ∝ e^{−β‖x−z‖²}, s the mean of G over the uniform law",
        "the integrals factor over coordinates; margins by quadrature over the plane, β ≤ 2",
    )
    beyond = "An identity, for every h and β."
    expected = "proved"
    controls = (_Near, _NoDistance)
