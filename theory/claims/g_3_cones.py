"""G.3 for two rigid vMF cones: the bound in numbers, over the box of all cones."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, order
from theory.claims.domain import Domain
from theory.claims.functions import ratio, ratio_over
from theory.claims.proof import Lemma, Proof, Ratio, Step
from theory.claims.spaces import Choice, Real

__all__ = ["AlignmentOfCones"]

_NU, _Z, _C = sympy.symbols("nu z c", real=True)

#: The variance of x·c under vMF(c, z) is not negative; with a factor.
RICCATI = Lemma(
    name="Riccati",
    statement=r"A_h'(z) = 1 - A_h(z)^2 - (h-1)A_h(z)/z \ge 0",
    reason="claim B.2",
    expression=_C * (1 - Ratio(_NU, _Z) ** 2 - (2 * _NU + 1) * Ratio(_NU, _Z) / _Z),
    premises=(_C, _Z),
    claim="B.2",
)


class _Cones(Claim):
    """x ~ vMF(c, κ) and y = R x, R the rotation by arccos w in a plane through c."""

    share: ClassVar[Any] = 1
    domain = Domain(
        h=Choice([3, 2, 4, 8, 64, 512, 1024], fixed=True),
        kappa=Real(*KAPPA, log=True),
        w=(-1.0, 1.0),
    )
    balls = True

    def margin(self, h: Any, kappa: Any, w: Any) -> Any:
        """Share · L_ATP minus the squared gap.

        L_ATP = 2(1−w)(E x_c² + E x_e²) with E x_c² + E x_e² = 1 − (h−2) A/κ; gap² = 2(1−w) A².
        """
        nu = order(h)
        plane = 1 - (h - 2) * ratio_over(nu, kappa)
        return 2 * (1 - w) * (self.share * plane - ratio(nu, kappa) ** 2)

    def proof(self) -> Proof:
        """E x_c² + E x_e² − A² = A′ + A/κ."""
        kappa = sympy.Symbol("kappa", positive=True)
        nu, versine = sympy.Symbol("nu", real=True), sympy.Symbol("versine", nonnegative=True)
        slope = ratio(nu, kappa)
        start = self.margin(h=2 * nu + 2, kappa=kappa, w=1 - versine)
        steps = (
            Step(2 * versine * slope / kappa, RICCATI, {"nu": nu, "z": kappa, "c": 2 * versine}),
            Step(sympy.S.Zero),
        )
        return Proof(start, (slope,), steps, _coordinates, grounds=("B.1",))


def _coordinates(h: Any, kappa: Any, w: Any) -> dict[str, Any]:
    return {"nu": order(h), "kappa": kappa, "versine": 1 - w}


class _Smaller(Control, _Cones):
    id = "G.3|cones/constant-.95"
    statement = r"\|\bar x - \bar y\|^2 \le 0.95\, L_{ATP}"
    near = "the constant 1 replaced by .95"
    share = 0.95


class _Half(Control, _Cones):
    id = "G.3|cones/half"
    statement = r"\|\bar x - \bar y\|^2 \le \tfrac12 L_{ATP}"
    share = 0.5


@register
class AlignmentOfCones(_Cones):
    r"""L_ATP of two rigid cones exceeds their squared gap by 2(1 − w)(A′ + A/κ) [Grassucci2026].

    E x_c² = A² + A′ and E x_e² = A/κ for the coordinates along the axis and across it: what the
    rotation of a cone costs beyond the rotation of its mean.
    """

    id = "G.3|cones"
    statement = (
        r"L_{ATP} - \|\bar x-\bar y\|^2 = 2(1-w)\,\big(A_h'(\kappa) + A_h(\kappa)/\kappa\big) \ge 0"
    )
    source = ("Grassucci2026", "bound on the gap by L_ATP, for the cones of the theory")
    hypotheses = ("infinitely many pairs, x ~ vMF(c, κ), y = R x, w = c·Rc",)
    beyond = "For any other pairing and any clouds see G.3."
    expected = "proved"
    controls = (_Smaller, _Half)

    def reduced(self, h: Any, kappa: Any, w: Any) -> Any:
        """A/κ."""
        return ratio_over(order(h), kappa)

    def factor(self, h: Any, kappa: Any, w: Any) -> Any:
        """2(1 − w)."""
        return 2 * (1 - w)

    def tie(self) -> Proof:
        """The first step of the proof; what is left is the variance of x·c."""
        return self.proof().until(1, 2 * sympy.Symbol("versine", nonnegative=True))
