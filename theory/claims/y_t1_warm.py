"""Y.T1 up to β_c: without constraint no law of pairs is below the aligned uniform one."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import partner
from theory.claims.domain import Domain
from theory.claims.g_6 import from_claim
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Integer, Real
from theory.claims.structured import UnitRows, UnitVector
from theory.claims.uniform import critical, optimum
from theory.claims.y_t1 import functional, masses

__all__ = ["WarmOptimum"]

_FINITE = from_claim("N.1", r"L - 2\log N \ge K")


class _WarmLaws(Claim):
    """Laws of pairs with finitely many atoms of any mass, at β = u·β_c(h)."""

    share: ClassVar[float] = 1
    domain = Domain(
        n=Integer(1, 4),
        h=Choice([2, 3, 16]),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
        root=UnitVector("n"),
        u=Real(1e-2, 1, log=True),
    )

    def margin(self, **points: Any) -> Any:
        """F[π] minus share · K."""
        at = _coordinates(**points)
        return at["value"] - self.share * at["least"]

    def scale(self, h: Any, u: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * u * critical(h)

    def proof(self) -> Proof:
        """N.1 for the law of N equal masses that repeats the atoms; any masses by continuity."""
        value, least = sympy.symbols("value least", real=True)
        start = value - self.share * least
        at = {"weight": sympy.S.One, "value": value, "bound": least}
        step = Step(sympy.expand(start - (value - least)), _FINITE, at)
        return Proof(start, (), (step,), _coordinates)


def _coordinates(
    h: Any, x: Any, towards: Any, step: Any, root: Any, u: Any, **_: Any
) -> dict[str, Any]:
    beta = u * critical(h)
    value = functional(x, partner(x, towards, step), masses(root), beta)
    return {"value": value, "least": optimum(h, beta)}


class _Larger(Control, _WarmLaws):
    id = "Y.T1|warm/K-times-.95"
    statement = r"F[\pi] \ge 0.95\,K"
    near = "the constant K replaced by .95 K"
    share = 0.95


class _Half(Control, _WarmLaws):
    id = "Y.T1|warm/half"
    statement = r"F[\pi] \ge \tfrac12 K"
    share = 0.5


@register
class WarmOptimum(_WarmLaws):
    r"""Y.T1 where it is proved: ``F[π] ≥ K`` for β ≤ β_c(h), so the gap converges to 0 [Yi2025].

    A law with rational masses is one with N equal masses, which N.1 covers; F is continuous in
    the masses, and laws with finitely many atoms approach every law. CLIP's h = 512, β = 100 is
    below β_c = 845.
    """

    id = "Y.T1|warm"
    statement = r"\beta \le \beta_c(h) \Rightarrow F[\pi] \ge K = -2\beta + 2\log Z(\beta)"
    source = ("Yi2025", "theorem without constraint, up to β_c")
    hypotheses = ("any law π of pairs of unit vectors, h ≥ 2", "β ≤ β_c(h), as in N.1")
    beyond = "For β > β_c it is supported (Y.T1), and nearly proved at first (N.1|centre)."
    expected = "proved"
    controls = (_Larger, _Half)
