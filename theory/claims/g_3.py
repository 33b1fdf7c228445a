"""G.3: the alignment loss bounds the gap between the means."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.e_3 import VARIANCE
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitRows

__all__ = ["AlignmentBoundsGap"]


class _Clouds(Claim):
    """Paired clouds of unit rows."""

    domain = Domain(n=Integer(1, 12), h=Integer(1, 8), x=UnitRows("n", "h"), y=UnitRows("n", "h"))

    def proof(self) -> Proof:
        """The margin is the variance of d_i = x_i − y_i: mean ‖d‖² = 2 − 2 mean x·y."""
        square, inner, gap = sympy.symbols("square inner gap", real=True)
        start = self.combine(2 * (square - inner), gap)
        step = Step(sympy.S.Zero, VARIANCE, {"total": 2 * (square - inner), "mean": gap})

        def coordinates(x: Any, y: Any, **_: Any) -> dict[str, Any]:
            inner = (x * y).sum(axis=-1).mean(axis=-1)
            return {"square": np.ones_like(inner), "inner": inner, "gap": self.gap(x, y)}

        return Proof(start, (), (step,), coordinates)

    @abstractmethod
    def combine(self, alignment: Any, gap: Any) -> Any:
        """Margin from L_ATP and the squared gap of the means."""

    def margin(self, n: Any, h: Any, x: Any, y: Any) -> Any:
        """Margin of paired clouds."""
        return self.combine(self.alignment(x, y), self.gap(x, y))

    def alignment(self, x: Any, y: Any) -> Any:
        """L_ATP = 2 (1 − mean cosine of the true pairs)."""
        return 2 * (1 - (x * y).sum(axis=-1).mean(axis=-1))

    def gap(self, x: Any, y: Any) -> Any:
        """‖mean x − mean y‖²."""
        return ((x.mean(axis=-2) - y.mean(axis=-2)) ** 2).sum(axis=-1)


class _Smaller(Control, _Clouds):
    id = "G.3/constant-.95"
    statement = r"\|\bar x - \bar y\|^2 \le 0.95\, L_{ATP}"
    near = "the constant 1 replaced by .95"

    def combine(self, alignment: Any, gap: Any) -> Any:
        return 0.95 * alignment - gap


class _Half(Control, _Clouds):
    id = "G.3/half"
    statement = r"\|\bar x - \bar y\|^2 \le \tfrac12 L_{ATP}"

    def combine(self, alignment: Any, gap: Any) -> Any:
        return 0.5 * alignment - gap


class _Reversed(Control, _Clouds):
    id = "G.3/reversed"
    statement = r"\|\bar x - \bar y\|^2 \ge L_{ATP}"

    def combine(self, alignment: Any, gap: Any) -> Any:
        return gap - alignment


@register
class AlignmentBoundsGap(_Clouds):
    r"""The squared gap of the means is at most L_ATP [Grassucci2026].

    With d_i = x_i − y_i the difference is the variance ``mean ‖d_i − mean d‖² ≥ 0``, so equality
    holds iff all pairs differ by the same vector.
    """

    id = "G.3"
    statement = (
        r"\|\bar x - \bar y\|^2 \le L_{ATP} = "
        r"2\Big(1 - \tfrac1N\sum_i x_i \cdot y_i\Big)"
    )
    source = ("Grassucci2026", "bound on the gap by L_ATP")
    hypotheses = ("two modalities", "unit rows")
    beyond = "For rows that are not unit, L_ATP is mean ‖x_i − y_i‖², which still bounds the gap."
    expected = "proved"
    controls = (_Smaller, _Half, _Reversed)

    def combine(self, alignment: Any, gap: Any) -> Any:
        """L_ATP minus the squared gap."""
        return alignment - gap
