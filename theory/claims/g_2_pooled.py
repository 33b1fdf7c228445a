"""G.2|pooled: what a gap adds to the scatter about the pooled class centroid."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Control, register
from theory.claims.scatter_shift import PooledClass, pooled_growth

__all__ = ["PooledScatterGrowth"]


class _Off(Control, PooledClass):
    id = "G.2|pooled/constant-1.02"
    statement = r"S_W \text{ grows by } 1.02\,\pi(1-\pi)(\|m+\delta\|^2-\|m\|^2)"
    near = "the constant 1 replaced by 1.02"

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        return 1.02 * pooled_growth(share, shift, inner)


class _NoMean(Control, PooledClass):
    id = "G.2|pooled/without-m"
    statement = r"S_W \text{ grows by } \pi(1-\pi)\|\delta\|^2"

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        return share * (1 - share) * shift


@register
class PooledScatterGrowth(PooledClass):
    r"""About the pooled centroid the scatter grows by π(1−π)(‖m+δ‖² − ‖m‖²) [Grassucci2026].

    The constant of the published ‖δ‖² is π(1−π), ¼ when balanced, and only if m = 0.
    """

    id = "G.2|pooled"
    statement = r"S_W(x+\delta, y) - S_W(x, y) = \pi(1-\pi)(\|m+\delta\|^2-\|m\|^2)"
    source = ("Grassucci2026", "effect of the gap on the within-class scatter, with its constant")
    hypotheses = (
        "rows of any length before renormalisation, shares π and 1 − π of the class",
        "m is the mean of the shifted rows minus the mean of the others, before the shift",
    )
    beyond = "After renormalisation the growth is bounded by 1, the largest scatter of unit rows."
    expected = "proved"
    controls = (_Off, _NoMean)

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        """π(1−π)(‖δ‖² + 2 m·δ)."""
        return pooled_growth(share, shift, inner)
