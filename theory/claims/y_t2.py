"""Y.T2: under the cone constraint the centres converge to each other."""

from __future__ import annotations

from typing import Any

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, TAU, descent, excess, order, reduced, resultant, terms, tie
from theory.claims.domain import Domain
from theory.claims.functions import ratio
from theory.claims.proof import Proof
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real

__all__ = ["ConeConstraint"]


def above(best: Any, w: Any, h: Any, kappa_x: Any, kappa_y: Any, tau: Any) -> Any:
    """Centre-pair loss of both directions at cosine `w` minus that at `best`."""
    beta, nu = 1 / tau, order(h)
    return sum(excess(w, 1, best, 1, kappa, beta, nu) for kappa in (kappa_y, kappa_x))


class _Cone(Claim):
    """Domain and scale of everything said about cones."""

    domain = Domain(
        h=Choice([3, 2, 4, 8, 64, 512, 1024], fixed=True),
        kappa_x=Real(*KAPPA, log=True),
        kappa_y=Real(*KAPPA, log=True),
        tau=Real(*TAU, log=True),
        w=(-1.0, 1.0),
    )
    balls = True

    def proof(self) -> Proof:
        """Descend from the margin by the slope lemma, in both directions."""
        h, kappa_x, kappa_y, tau = sympy.symbols("h kappa_x kappa_y tau", positive=True)
        w = sympy.Symbol("w", real=True)
        start = self.margin(h=h, kappa_x=kappa_x, kappa_y=kappa_y, tau=tau, w=w)
        directions = [(w, 1, kappa, order(h)) for kappa in (kappa_y, kappa_x)]
        steps = descent(start, 1, 1 / tau, directions)
        return Proof(start, (1 - w, 1 + w), steps, coordinates=dict)

    def scale(self, h: Any, kappa_x: Any, kappa_y: Any, tau: Any, w: Any) -> Any:
        """Sum of the concentrations and the inverse temperature."""
        return terms(kappa_x + kappa_y, 1 / tau)


class _MinimumNearOne(Control, _Cone):
    id = "Y.T2/minimum-at-.98"
    statement = r"J(w;\kappa_y)+J(w;\kappa_x) \ge J(.98;\kappa_y)+J(.98;\kappa_x)"
    near = "the claimed minimiser is off by 2 %"

    def margin(self, h: Any, kappa_x: Any, kappa_y: Any, tau: Any, w: Any) -> Any:
        return above(0.98, w, h, kappa_x, kappa_y, tau)


class _Decreasing(Control, _Cone):
    id = "Y.T2/decreasing"
    statement = r"\partial_w J(w;\kappa_y) \le 0"
    near = "false only where κ A_h(M) > M, which needs β > (h−1)/2 and w near −1"

    def margin(self, h: Any, kappa_x: Any, kappa_y: Any, tau: Any, w: Any) -> Any:
        beta = 1 / tau
        m = resultant(w, 1, kappa_y, beta)
        return m - kappa_y * ratio(order(h), m)


class _Opposite(Control, _Cone):
    id = "Y.T2/minimum-at-minus-one"
    statement = r"J(w;\kappa_y)+J(w;\kappa_x) \ge J(-1;\kappa_y)+J(-1;\kappa_x)"

    def margin(self, h: Any, kappa_x: Any, kappa_y: Any, tau: Any, w: Any) -> Any:
        return above(-1, w, h, kappa_x, kappa_y, tau)


@register
class ConeConstraint(_Cone):
    r"""The centre-pair loss of two vMF clouds is smallest at w = cos Δθ = 1 [Yi2025].

    With A_h < 1, ``J(w) − J(1) ≥ M − (κ + βw) ≥ 0``, M² − (κ + βw)² = β²(1 − w²).
    """

    id = "Y.T2"
    statement = (
        r"J(w;\kappa_y)+J(w;\kappa_x) \ge J(1;\kappa_y)+J(1;\kappa_x),\quad "
        r"J(w;\kappa)=-\beta w+\log f_\nu(\sqrt{\kappa^2+2\kappa\beta w+\beta^2})"
        r"-\log f_\nu(\kappa)"
    )
    source = ("Yi2025", "theorem on the cone constraint")
    hypotheses = ("x ~ vMF(c_x, κ_x) and y ~ vMF(c_y, κ_y) with fixed κ_x, κ_y > 0",)
    beyond = (
        "J is not monotone: w = −1 is a second local minimum iff κ A_h(|κ−β|)/|κ−β| > 1, so a "
        "descent that starts from opposite rigid cones may stay there."
    )
    expected = "proved"
    controls = (_MinimumNearOne, _Decreasing, _Opposite)
    simulation = (
        Prediction("cone", "angle between the best centres", atol=0.1),
        Prediction("cone", "lowest centre-pair loss", rtol=1e-3),
    )

    def margin(self, h: Any, kappa_x: Any, kappa_y: Any, tau: Any, w: Any) -> Any:
        """Both directions at w minus both at w = 1."""
        return above(1, w, h, kappa_x, kappa_y, tau)

    def reduced(self, h: Any, kappa_x: Any, kappa_y: Any, tau: Any, w: Any) -> Any:
        """Both directions over β(1−w), bounded below."""
        beta, nu = 1 / tau, order(h)
        return reduced(w, kappa_y, beta, nu) + reduced(w, kappa_x, beta, nu)

    def factor(self, tau: Any, w: Any, **_: Any) -> Any:
        """β(1−w)."""
        return (1 - w) / tau

    def tie(self) -> Proof:
        """Bound log f_ν below by its tangent at κ + β, in both directions."""
        at = {s: sympy.Symbol(s, positive=True) for s in ("h", "kappa_x", "kappa_y", "tau")}
        at["w"] = w = sympy.Symbol("w", real=True)
        directions = [(w, at[kappa], order(at["h"])) for kappa in ("kappa_y", "kappa_x")]
        start = self.margin(**at) - self.factor(**at) * self.reduced(**at)
        steps, asides = tie(start, 1 / at["tau"], directions)
        asides = (*asides, self.factor(**at))
        return Proof(start, (1 - w, 1 + w), steps, coordinates=dict, asides=asides)
