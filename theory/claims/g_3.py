"""G.3: the alignment loss bounds the gap between the means."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.spaces import Integer
from theory.claims.structured import UnitRows

__all__ = ["AlignmentBoundsGap"]


class _Clouds(Claim):
    """Paired clouds of unit rows."""

    domain = Domain(n=Integer(1, 12), h=Integer(1, 8), x=UnitRows("n", "h"), y=UnitRows("n", "h"))

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

    def margin(self, n: Any, h: Any, x: Any, y: Any) -> Any:
        return 0.95 * self.alignment(x, y) - self.gap(x, y)


class _Root(Control, _Clouds):
    id = "G.3/half"
    statement = r"\|\bar x - \bar y\|^2 \le \tfrac12 L_{ATP}"

    def margin(self, n: Any, h: Any, x: Any, y: Any) -> Any:
        return 0.5 * self.alignment(x, y) - self.gap(x, y)


class _Reversed(Control, _Clouds):
    id = "G.3/reversed"
    statement = r"\|\bar x - \bar y\|^2 \ge L_{ATP}"

    def margin(self, n: Any, h: Any, x: Any, y: Any) -> Any:
        return self.gap(x, y) - self.alignment(x, y)


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
    expected = "supported"
    controls = (_Smaller, _Root, _Reversed)

    def margin(self, n: Any, h: Any, x: Any, y: Any) -> Any:
        """L_ATP minus the squared gap."""
        return self.alignment(x, y) - self.gap(x, y)
