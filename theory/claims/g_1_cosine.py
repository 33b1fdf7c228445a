"""G.1|cosine: a shift of the gallery is claimed to leave rankings by cosine unchanged."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Control, register
from theory.claims.rankings import ShiftedGallery, SmallShiftByCosine, unit

__all__ = ["CosineRanking"]


class _Small(SmallShiftByCosine, Control):
    id = "G.1|cosine/shift-below-.3"
    statement = r"\text{the cosine ranking survives } \|\delta\| \le 0.3"


class _Opposite(Control, ShiftedGallery):
    id = "G.1|cosine/reversed"
    statement = r"\text{the cosine ranking is reversed by every } \delta"

    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        return unit(b + delta), unit(a + delta)


@register
class CosineRanking(ShiftedGallery):
    r"""Shifting one modality is claimed to leave cosine retrieval unchanged [Grassucci2026].

    False: ‖y + δ‖ differs from key to key. It holds where δ·y is constant over the gallery
    (G.1|sufficient).
    """

    id = "G.1|cosine"
    statement = r"\cos(q, a+\delta) \ge \cos(q, b+\delta) \iff q\cdot a \ge q\cdot b"
    source = ("Grassucci2026", "retrieval under a shift of one modality, by cosine")
    hypotheses = ("unit keys, any shift δ",)
    beyond = "False as it stands; it holds for δ orthogonal to all differences of keys."
    expected = "refuted"
    controls = (_Small, _Opposite)

    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        """Both keys shifted and renormalised."""
        return unit(a + delta), unit(b + delta)
