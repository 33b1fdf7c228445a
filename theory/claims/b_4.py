"""B.4: log f_ν of a vector's length lies above its tangent planes."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from theory import bessel
from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.functions import log_f_difference, ratio
from theory.claims.proof import TANGENT, Proof, Step
from theory.claims.spaces import Choice, Real

__all__ = ["ConvexInTheVector"]


class _Vectors(Claim):
    """Vectors a and a′ of lengths `length` and `other`, at the cosine `cosine`."""

    share: ClassVar[Any] = 1
    domain = Domain(
        h=Choice([3, 2, 1, 4, 8, 64, 512], fixed=True),
        length=Real(1e-2, 1e3, log=True),
        other=Real(1e-2, 1e3, log=True),
        cosine=(-1.0, 1.0),
    )

    def margin(self, h: Any, length: Any, other: Any, cosine: Any) -> Any:
        """Change of log f_ν, minus share · A (a·a′/|a| − |a|)."""
        nu = h / 2 - 1
        change = log_f_difference(nu, other, length)
        return change - self.share * ratio(nu, length) * (other * cosine - length)

    def scale(self, h: Any, length: Any, other: Any, **_: Any) -> Any:
        """Lengths, and log f_ν at large orders."""
        return 1 + length + other + abs(bessel.log_f(h / 2 - 1, 0 * length))

    def proof(self) -> Proof:
        """The tangent in the length, then A |a′| (1 − cosine) ≥ 0."""
        length, other = sympy.symbols("length other", positive=True)
        versine, h = sympy.Symbol("versine", nonnegative=True), sympy.Symbol("h", positive=True)
        nu, slope = h / 2 - 1, ratio(h / 2 - 1, length)
        start = self.margin(h, length, other, 1 - versine)
        left = start - (log_f_difference(nu, other, length) - slope * (other - length))
        steps = (Step(left, TANGENT, {"nu": nu, "a": other, "b": length}), Step(sympy.S.Zero))

        def coordinates(cosine: Any, **rest: Any) -> dict[str, Any]:
            return {**rest, "versine": 1 - cosine}

        return Proof(start, (slope,), steps, coordinates, grounds=("B.1",))


class _Steeper(Control, _Vectors):
    id = "B.4/slope-1.05"
    statement = r"\log f_\nu(|a'|) \ge \log f_\nu(|a|) + 1.05\,A_h(|a|)\,a\cdot(a'-a)/|a|"
    near = "the constant 1 replaced by 1.05"
    share = 1.05


class _Flat(Control, _Vectors):
    id = "B.4/flat"
    statement = r"\log f_\nu(|a'|) \ge \log f_\nu(|a|)"
    share = 0


@register
class ConvexInTheVector(_Vectors):
    """The log partition function of a vMF law is convex in its parameter a [MardiaJupp2000].

    Its gradient is the mean A_h(|a|) a/|a| of the law: convex in the length, and A ≥ 0.
    """

    id = "B.4"
    statement = r"\log f_\nu(|a'|) \ge \log f_\nu(|a|) + A_h(|a|)\,a\cdot(a'-a)/|a|"
    source = ("MardiaJupp2000", "the vMF family as an exponential family")
    hypotheses = ("h ≥ 1, a ≠ 0",)
    beyond = "Equality iff a′ = a."
    expected = "proved"
    controls = (_Steeper, _Flat)
