"""E.3: a variance is not negative."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import square
from theory.claims.domain import Domain
from theory.claims.proof import Lemma, Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitRows, UnitVector

__all__ = ["VARIANCE", "MeanOfSquares"]

_TOTAL, _MEAN = sympy.symbols("total mean", real=True)

#: For use in other proofs.
VARIANCE = Lemma(
    name="variance",
    statement=r"E\|d\|^2 \ge \|E d\|^2",
    reason="claim E.3",
    expression=_TOTAL - _MEAN,
    premises=(),
    claim="E.3",
)


class _Weighted(Claim):
    """Vectors x_i − step · y_i with the weights root_i²."""

    share: ClassVar[Any] = 1
    domain = Domain(
        n=Integer(1, 6),
        h=Integer(1, 4),
        x=UnitRows("n", "h"),
        y=UnitRows("n", "h"),
        step=(0.0, 2.0),
        root=UnitVector("n"),
    )

    def margin(self, **points: Any) -> Any:
        """Mean squared length minus share times the squared length of the mean."""
        total, mean, _ = _moments(**points)
        return total - float(self.share) * mean

    def scale(self, **_: Any) -> Any:
        """Squared lengths."""
        return 9.0

    def proof(self) -> Proof:
        """E‖d‖² = E‖d − Ed‖² + ‖Ed‖², a mean of squares."""
        spread, mean = sympy.symbols("spread mean", nonnegative=True)
        start = spread + mean - self.share * mean

        def coordinates(**points: Any) -> dict[str, Any]:
            _, mean, spread = _moments(**points)
            return {"spread": spread, "mean": mean}

        return Proof(start, (), (Step(sympy.S.Zero),), coordinates)


def _moments(x: Any, y: Any, step: Any, root: Any, **_: Any) -> tuple[Any, Any, Any]:
    """E‖d‖², ‖Ed‖² and E‖d − Ed‖²."""
    d, weight = x - step[..., None, None] * y, root**2
    centre = (weight[..., None] * d).sum(axis=-2)
    off = d - centre[..., None, :]
    total, spread = ((weight * square(v)).sum(axis=-1) for v in (d, off))
    return total, square(centre), spread


class _Larger(Control, _Weighted):
    id = "E.3/1.05"
    statement = r"E\|d\|^2 \ge 1.05\,\|E d\|^2"
    near = "the constant 1 replaced by 1.05"
    share = sympy.Rational(21, 20)


class _Double(Control, _Weighted):
    id = "E.3/2"
    statement = r"E\|d\|^2 \ge 2\,\|E d\|^2"
    share = sympy.Integer(2)


@register
class MeanOfSquares(_Weighted):
    """E‖d‖² − ‖Ed‖² = E‖d − Ed‖² ≥ 0 [HardyLittlewoodPolya1934]."""

    id = "E.3"
    statement = r"E\|d\|^2 - \|E d\|^2 = E\|d - E d\|^2 \ge 0"
    source = ("HardyLittlewoodPolya1934", "convexity of the square")
    hypotheses = ("any weights of sum 1 on any vectors",)
    beyond = "Equality iff all vectors of positive weight agree."
    expected = "proved"
    controls = (_Larger, _Double)
