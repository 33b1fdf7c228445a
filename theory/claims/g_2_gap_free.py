"""G.2|gap-free: what a gap adds to the scatter about the centroid before the gap."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Control, register
from theory.claims.scatter_shift import GapFreeClass, gap_free_growth

__all__ = ["GapFreeScatterGrowth"]


class _Off(Control, GapFreeClass):
    id = "G.2|gap-free/constant-1.02"
    statement = r"S_0 \text{ grows by } 1.02\,\pi(\|\delta\|^2+2(1-\pi)\,m\cdot\delta)"
    near = "the constant 1 replaced by 1.02"

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        return 1.02 * gap_free_growth(share, shift, inner)


class _Whole(Control, GapFreeClass):
    id = "G.2|gap-free/whole-m"
    statement = r"S_0 \text{ grows by } \pi(\|\delta\|^2+2\,m\cdot\delta)"

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        return share * (shift + 2 * inner)


@register
class GapFreeScatterGrowth(GapFreeClass):
    r"""About the gap-free centroid it grows by π(‖δ‖² + 2(1−π) m·δ) [Grassucci2026].

    Over the shifted modality alone that is ‖δ‖² if the modalities agreed before (m = 0), which is
    the reading under which the published constant is right.
    """

    id = "G.2|gap-free"
    statement = r"S_0(x+\delta, y) - S_0(x, y) = \pi(\|\delta\|^2+2(1-\pi)\,m\cdot\delta)"
    source = ("Grassucci2026", "effect of the gap on the within-class scatter, centroid held")
    hypotheses = (
        "rows of any length before renormalisation, shares π and 1 − π of the class",
        "m is the mean of the shifted rows minus the mean of the others, before the shift",
    )
    beyond = "For m = 0 it is ‖δ‖² per shifted row; with m ≠ 0 a gap against m can lower it."
    expected = "proved"
    controls = (_Off, _Whole)

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        """π(‖δ‖² + 2(1−π) m·δ)."""
        return gap_free_growth(share, shift, inner)
