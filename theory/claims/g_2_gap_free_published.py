"""G.2|gap-free-published: the growth about the gap-free centroid, claimed for any means."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Control, register
from theory.claims.scatter_shift import GapFreeClass, gap_free_growth

__all__ = ["GapFreeScatterGrowthPublished"]


class _Off(Control, GapFreeClass):
    id = "G.2|gap-free-published/constant-1.02"
    statement = r"S_0 \text{ grows by } 1.02\,\pi(\|\delta\|^2+2(1-\pi)\,m\cdot\delta)"
    near = "the constant 1 replaced by 1.02"

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        return 1.02 * gap_free_growth(share, shift, inner)


class _Whole(Control, GapFreeClass):
    id = "G.2|gap-free-published/all-rows"
    statement = r"S_0 \text{ grows by } \|\delta\|^2"

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        return shift


@register
class GapFreeScatterGrowthPublished(GapFreeClass):
    r"""About the gap-free centroid the shifted modality is claimed to gain ‖δ‖² [Grassucci2026].

    False unless m·δ = 0; G.2|gap-free has the missing term.
    """

    id = "G.2|gap-free-published"
    statement = r"S_0(x+\delta, y) - S_0(x, y) = \pi\|\delta\|^2"
    source = ("Grassucci2026", "effect of the gap on the within-class scatter, centroid held")
    hypotheses = ("scatter about the class centroid before the shift, modalities with any means",)
    beyond = "It holds iff m·δ = 0 or the class has one modality."
    expected = "refuted"
    controls = (_Off, _Whole)

    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        """π‖δ‖²."""
        return share * shift
