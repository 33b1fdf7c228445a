"""E.5: the triangle inequality."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import square
from theory.claims.domain import Domain
from theory.claims.proof import Lemma, Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitVector

__all__ = ["TRIANGLE", "TriangleInequality"]

_WHOLE, _FIRST, _SECOND = sympy.symbols("whole first second", real=True)

#: For use in other proofs.
TRIANGLE = Lemma(
    name="triangle",
    statement=r"|a + b| \le |a| + |b|",
    reason="claim E.5",
    expression=_FIRST + _SECOND - _WHOLE,
    premises=(),
    claim="E.5",
)


class _TwoVectors(Claim):
    """Vectors of any length: unit vectors times p and q."""

    share: ClassVar[Any] = 1
    domain = Domain(
        h=Integer(1, 5), a=UnitVector("h"), b=UnitVector("h"), p=(0.0, 3.0), q=(0.0, 3.0)
    )

    def margin(self, a: Any, b: Any, p: Any, q: Any, **_: Any) -> Any:
        """Share · (|a| + |b|) − |a + b|."""
        whole = square(p[..., None] * a + q[..., None] * b) ** 0.5
        return float(self.share) * (p + q) - whole

    def scale(self, **_: Any) -> Any:
        """Sum of the lengths."""
        return 6.0

    def proof(self) -> Proof:
        """(|a| + |b|)² − |a + b|² = 2(|a||b| − a·b)."""
        p, q = sympy.symbols("p q", nonnegative=True)
        inner = sympy.Symbol("inner", real=True)
        start = self.share * (p + q) - sympy.sqrt(p**2 + 2 * inner + q**2)

        def coordinates(a: Any, b: Any, p: Any, q: Any, **_: Any) -> dict[str, Any]:
            return {"p": p, "q": q, "inner": p * q * (a * b).sum(axis=-1)}

        facts = (p * q - inner,)
        return Proof(start, facts, (Step(sympy.S.Zero),), coordinates, grounds=("E.4",))


class _Less(Control, _TwoVectors):
    id = "E.5/.98"
    statement = r"|a + b| \le 0.98\,(|a| + |b|)"
    near = "the constant 1 replaced by .98"
    share = sympy.Rational(49, 50)


class _Half(Control, _TwoVectors):
    id = "E.5/half"
    statement = r"|a + b| \le \tfrac12(|a| + |b|)"
    share = sympy.Rational(1, 2)


@register
class TriangleInequality(_TwoVectors):
    """|a + b| ≤ |a| + |b| [HardyLittlewoodPolya1934]."""

    id = "E.5"
    statement = r"|a + b| \le |a| + |b|"
    source = ("HardyLittlewoodPolya1934", "Minkowski's inequality for two vectors")
    hypotheses = ("vectors of any length and dimension",)
    beyond = "Equality iff one is a multiple ≥ 0 of the other."
    expected = "proved"
    controls = (_Less, _Half)
