"""Y.T3 given A6: centres orthogonal to the intersection keep the acute dihedral angle."""

from __future__ import annotations

from typing import Any

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, PHI, TAU, descent, order, reduced, terms, tie
from theory.claims.domain import Domain
from theory.claims.functions import cos
from theory.claims.proof import Proof
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real
from theory.claims.y_t3 import SubspaceConstraint, above

__all__ = ["SubspaceConstraintGivenA6"]


class _OrthogonalCentres(Claim):
    """Centres orthogonal to C: only their relative orientation is left, Δθ ∈ {φ, π−φ}."""

    domain = Domain(
        h=Choice([3, 4, 8, 64, 512, 1024], fixed=True),
        kappa_x=Real(*KAPPA, log=True),
        kappa_y=Real(*KAPPA, log=True),
        tau=Real(*TAU, log=True),
        phi=PHI,
        sign=Choice([-1, 1]),
    )
    balls = True

    def proof(self) -> Proof:
        """Descend from the margin by the slope lemma, in both directions."""
        h, kappa_x, kappa_y, tau = sympy.symbols("h kappa_x kappa_y tau", positive=True)
        phi, sign = sympy.symbols("phi sign", real=True)
        t = sympy.Symbol("t", nonnegative=True)  # cos φ
        margin = self.margin(h=h, kappa_x=kappa_x, kappa_y=kappa_y, tau=tau, phi=phi, sign=sign)
        start = margin.subs(cos(phi), t)
        directions = [(sign * t, t, kappa, order(h - 1)) for kappa in (kappa_y, kappa_x)]
        steps = descent(start, t, 1 / tau, directions)

        def coordinates(**points: Any) -> dict[str, Any]:
            return {**points, "t": cos(points["phi"])}

        return Proof(start, (t, 1 - sign, 1 + sign), steps, coordinates)

    def scale(self, kappa_x: Any, kappa_y: Any, tau: Any, **_: Any) -> Any:
        """Sum of the concentrations and the inverse temperature."""
        return terms(kappa_x + kappa_y, 1 / tau)

    def difference(self, angle: Any, sign: Any, phi: Any, **rest: Any) -> Any:
        """Loss of the pair with orientation `sign` minus that of a pair at `angle`."""
        t = cos(phi)
        return above(cos(angle), sign * t, t, t, **rest)


class _Obtuse(Control, _OrthogonalCentres):
    id = "Y.T3|A6/obtuse"
    statement = r"\tilde J(s\cos\varphi,\cos\varphi) \ge \tilde J(-s\cos\varphi,\cos\varphi)"

    def margin(self, **params: Any) -> Any:
        mirrored = {**params, "sign": -params["sign"]}
        return self.difference(**params, angle=params["phi"]) - self.difference(
            **mirrored, angle=params["phi"]
        )


class _LargerAngle(Control, _OrthogonalCentres):
    id = "Y.T3|A6/angle-off-by-3-percent"
    statement = r"\Delta\theta = 1.03\,\varphi"
    near = "the constant 1 replaced by 1.03"

    def margin(self, **params: Any) -> Any:
        return self.difference(1.03 * params["phi"], **params)


@register
class SubspaceConstraintGivenA6(_OrthogonalCentres):
    r"""With both centres orthogonal to C the acute pair wins: Δθ = φ [Yi2025]."""

    id = "Y.T3|A6"
    statement = (
        r"c_x, c_y \perp A \cap B \;\Rightarrow\; "
        r"\tilde J(\pm\cos\varphi, \cos\varphi) \ge \tilde J(\cos\varphi, \cos\varphi)"
    )
    source = ("Yi2025", "theorem on the subspace constraint, with assumption A6")
    hypotheses = (
        "A and B are hyperplanes at dihedral angle φ ∈ (0, π/2)",
        "x ~ vMF(c_x, κ_x) in A and y ~ vMF(c_y, κ_y) in B with fixed κ_x, κ_y > 0",
        "A6: c_x and c_y are orthogonal to A ∩ B",
    )
    beyond = "Without A6 it is false (Y.T3): centres inside A ∩ B do better."
    given = "A6"
    without = SubspaceConstraint
    expected = "conditional"
    controls = (_Obtuse, _LargerAngle)
    simulation = (
        Prediction("subspace", "angle between the best centres", "centres ⊥ C", rtol=1e-3),
        Prediction("subspace", "lowest centre-pair loss", "centres ⊥ C", rtol=1e-3),
    )

    def margin(self, **params: Any) -> Any:
        """Loss of the pair with orientation `sign` minus that of the acute pair."""
        return self.difference(params["phi"], **params)

    def reduced(self, **params: Any) -> Any:
        """Both directions over β cos φ (1 − sign), bounded below: a cone at β cos φ."""
        beta, nu = cos(params["phi"]) / params["tau"], order(params["h"] - 1)
        kappas = (params["kappa_y"], params["kappa_x"])
        return sum(reduced(params["sign"], kappa, beta, nu) for kappa in kappas)

    def factor(self, tau: Any, phi: Any, sign: Any, **_: Any) -> Any:
        """β cos φ (1 − sign)."""
        return cos(phi) * (1 - sign) / tau

    def tie(self) -> Proof:
        """Bound log f_ν below by its tangent at κ + β cos φ, in both directions."""
        at = {s: sympy.Symbol(s, positive=True) for s in ("h", "kappa_x", "kappa_y", "tau")}
        at |= {s: sympy.Symbol(s, real=True) for s in ("phi", "sign")}
        t, sign = sympy.Symbol("t", nonnegative=True), at["sign"]  # t is cos φ
        margin, bound = self.margin(**at), self.factor(**at) * self.reduced(**at)
        start = (margin - bound).subs(cos(at["phi"]), t)
        directions = [(sign, at[k], order(at["h"] - 1)) for k in ("kappa_y", "kappa_x")]
        steps, asides = tie(start, t / at["tau"], directions)
        factor = self.factor(**at).subs(cos(at["phi"]), t)
        facts = (t, 1 - sign, 1 + sign)

        def coordinates(**points: Any) -> dict[str, Any]:
            return {**points, "t": cos(points["phi"])}

        return Proof(start, facts, steps, coordinates, (*asides, factor))
