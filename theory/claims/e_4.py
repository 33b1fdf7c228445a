"""E.4: the Cauchy-Schwarz inequality."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import square
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitVector

__all__ = ["InnerProductBound"]


class _TwoVectors(Claim):
    """Vectors of any length: unit vectors times p and q."""

    share: ClassVar[Any] = 1
    domain = Domain(
        h=Integer(1, 5), a=UnitVector("h"), b=UnitVector("h"), p=(0.0, 3.0), q=(0.0, 3.0)
    )

    def margin(self, a: Any, b: Any, p: Any, q: Any, **_: Any) -> Any:
        """Share · |a||b| − a·b."""
        return p * q * (float(self.share) - (a * b).sum(axis=-1))

    def scale(self, **_: Any) -> Any:
        """Product of the lengths."""
        return 9.0

    def proof(self) -> Proof:
        """|a||b| − a·b = |a||b| · |a/|a| − b/|b||²/2."""
        p, q, distance = sympy.symbols("p q distance", nonnegative=True)
        start = p * q * (self.share - 1 + distance / 2)

        def coordinates(a: Any, b: Any, p: Any, q: Any, **_: Any) -> dict[str, Any]:
            return {"p": p, "q": q, "distance": square(a - b)}

        return Proof(start, (), (Step(sympy.S.Zero),), coordinates)


class _Less(Control, _TwoVectors):
    id = "E.4/.97"
    statement = r"a\cdot b \le 0.97\,|a||b|"
    near = "the constant 1 replaced by .97"
    share = sympy.Rational(97, 100)


class _Half(Control, _TwoVectors):
    id = "E.4/half"
    statement = r"a\cdot b \le \tfrac12|a||b|"
    share = sympy.Rational(1, 2)


@register
class InnerProductBound(_TwoVectors):
    """a·b ≤ |a||b|, and with −b for b also from below [HardyLittlewoodPolya1934]."""

    id = "E.4"
    statement = r"a\cdot b \le |a|\,|b|"
    source = ("HardyLittlewoodPolya1934", "Cauchy's inequality")
    hypotheses = ("vectors of any length and dimension",)
    beyond = "Equality iff one is a multiple ≥ 0 of the other."
    expected = "proved"
    controls = (_Less, _Half)
