"""N.1|psi: Ψ ≥ 0 up to β_c, the inequality on which the finite-N theorem rests."""

from __future__ import annotations

from typing import Any

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import order
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Real
from theory.claims.uniform import CHORD, CONVEX, critical, potential, psi

__all__ = ["PsiNonNegative"]


class _Psi(Claim):
    """Ψ at β = u·β_c(h)."""

    domain = Domain(
        h=Choice([2, 3, 4, 8, 16, 32, 64, 128, 256, 512, 1024], fixed=True),
        u=Real(1e-3, 1, log=True),
        r=(0.0, 1.0),
    )
    balls = True

    def value(self, r: Any, beta: Any, nu: Any) -> Any:
        """What is claimed to be ≥ 0."""
        return psi(r, beta, nu)

    def at_critical(self, u: Any, top: Any) -> Any:
        """β, from u and β_c."""
        return u * top

    def margin(self, h: Any, u: Any, r: Any) -> Any:
        """Ψ(r) at β = u·β_c."""
        return self.value(r, self.at_critical(u, critical(h)), order(h))

    def reduced(self, h: Any, u: Any, r: Any) -> Any:
        """(β/2 − log Z(β))/u, by the chord lemma."""
        return potential(self.at_critical(u, critical(h)), order(h)) / u

    def factor(self, h: Any, u: Any, r: Any) -> Any:
        """u(1 − r²)."""
        return u * (1 - r**2)

    def tie(self) -> Proof:
        """Take the proof up to its first lemma."""
        return self._tied(1)

    def _tied(self, steps: int) -> Proof:
        u, r = sympy.symbols("u r", nonnegative=True)
        return self.proof().until(steps, u * (1 - r) * (1 + r))

    def scale(self, h: Any, u: Any, **_: Any) -> Any:
        """β, and log f at large orders."""
        return 1 + 2 * critical(h)

    def proof(self) -> Proof:
        """Concave in r², convex in β: the corner u = 1, r = 0 decides, where β_c is defined."""
        h, top = sympy.symbols("h top", positive=True)
        u, r = sympy.symbols("u r", nonnegative=True)
        nu, beta = order(h), self.at_critical(u, top)
        start = self.value(r, beta, nu)
        share = (1 - r) * (1 + r)
        at_beta = share * potential(beta, nu)
        at_top = share * u * potential(top, nu)
        fact = sympy.expand(2 * potential(top, nu))
        steps = (
            Step(at_beta, CHORD, {"nu": nu, "z": beta, "r": r}),
            Step(at_top, CONVEX, {"nu": nu, "z": top, "u": u, "c": share}),
            Step(sympy.S.Zero),
        )

        def coordinates(h: Any, **points: Any) -> dict[str, Any]:
            return {"h": h, "top": critical(h), **points}

        return Proof(start, (1 - r, 1 - u, fact), steps, coordinates)


class _BeyondCritical(Control, _Psi):
    id = "N.1|psi/beta_c-times-1.05"
    statement = r"\Psi \ge 0 \text{ for } \beta \le 1.05\,\beta_c(h)"
    near = "the constant β_c replaced by 1.05 β_c"

    def at_critical(self, u: Any, top: Any) -> Any:
        return 1.05 * u * top


class _Decreasing(Control, _Psi):
    id = "N.1|psi/convex-in-r"
    statement = r"\Psi(r) \le (1-r^2)\,\Psi(0)"

    reduced = Claim.reduced
    factor = Claim.factor

    def value(self, r: Any, beta: Any, nu: Any) -> Any:
        return (1 - r**2) * potential(beta, nu) - psi(r, beta, nu)


@register
class PsiNonNegative(_Psi):
    r"""Ψ(r) ≥ 0 on [0, 1] for β ≤ β_c(h), the root of log Z(β) = β/2 [gaplab].

    Ψ is concave in r² (lemma chord) and Ψ(1) = 0, so ``Ψ(r) ≥ (1−r²) Ψ(0)`` and
    ``Ψ(0) = β/2 − log Z(β) ≥ 0`` iff β ≤ β_c.
    """

    id = "N.1|psi"
    statement = (
        r"\Psi(r) = \tfrac{\beta}{2}(1-r^2)+\log f_\nu(\beta r)-\log f_\nu(\beta) \ge 0"
        r"\quad (0\le r\le 1,\ \beta\le\beta_c(h))"
    )
    source = ("gaplab", "N.1, step 5")
    hypotheses = ("h ≥ 2", "0 < β ≤ β_c(h), the root of log Z(β) = β/2")
    beyond = "For β > β_c, Ψ is negative near r = 0 and stays ≥ 0 on [r_c(β, h), 1]."
    expected = "proved"
    controls = (_BeyondCritical, _Decreasing)

    def reduced(self, h: Any, u: Any, r: Any) -> Any:
        """β_c/2 − log Z(β_c): by both lemmas the corner u = 1, r = 0 decides."""
        return potential(0 * u + critical(h), order(h))

    def tie(self) -> Proof:
        """Take the proof up to its second lemma."""
        return self._tied(2)
