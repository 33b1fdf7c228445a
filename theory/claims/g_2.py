"""G.2 as published: a gap is claimed to add its squared length to the scatter."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Control, register
from theory.claims.scatter_shift import PooledClass, pooled_growth

__all__ = ["ScatterGrowth"]


class _Off(Control, PooledClass):
    id = "G.2/1.02-times-the-growth"
    statement = r"S_W \text{ grows by } 1.02\,\pi(1-\pi)(\|m+\delta\|^2-\|m\|^2)"
    near = "the constant 1 replaced by 1.02"

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        return 1.02 * pooled_growth(share, shift, inner)


class _Quarter(Control, PooledClass):
    id = "G.2/quarter"
    statement = r"S_W \text{ grows by } \tfrac14\|\delta\|^2"

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        return shift / 4


@register
class ScatterGrowth(PooledClass):
    r"""A gap δ is claimed to add ‖δ‖² to the within-class scatter [Grassucci2026].

    False about the pooled class centroid: see G.2|pooled for the constant, at most ¼ when the
    classes coincided before.
    """

    id = "G.2"
    statement = r"S_W(x+\delta, y) - S_W(x, y) = \|\delta\|^2"
    source = ("Grassucci2026", "effect of the gap on the within-class scatter")
    hypotheses = ("scatter about the pooled class centroid, before renormalisation",)
    beyond = "False for every share 0 < π < 1 with δ ≠ 0; G.2|pooled has the growth."
    expected = "refuted"
    controls = (_Off, _Quarter)

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        """‖δ‖²."""
        return shift
