"""G.1: shifting the gallery never changes a ranking by inner product."""

from __future__ import annotations

from typing import Any

import sympy

from theory.claims.base import Control, register
from theory.claims.proof import Proof, Step
from theory.claims.rankings import ShiftedGallery, SmallShiftByCosine

__all__ = ["InnerProductRanking"]


class _SmallCosine(SmallShiftByCosine, Control):
    id = "G.1/cosine-of-a-shift-below-.3"
    statement = r"\text{the cosine ranking survives } \|\delta\| \le 0.3"


class _OneKey(Control, ShiftedGallery):
    id = "G.1/one-key-shifted"
    statement = r"\text{the ranking survives a shift of one key}"

    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        return a + delta, b


@register
class InnerProductRanking(ShiftedGallery):
    r"""q·(y + δ) = q·y + q·δ: every key gains the same, so no ranking changes [Grassucci2026]."""

    id = "G.1"
    statement = r"q\cdot(a+\delta) \ge q\cdot(b+\delta) \iff q\cdot a \ge q\cdot b"
    source = ("Grassucci2026", "retrieval under a shift of one modality, by inner product")
    hypotheses = ("keys are ranked by inner product and not renormalised after the shift",)
    beyond = "By cosine, or once the shifted keys are renormalised, it is false (G.1|cosine)."
    expected = "proved"
    controls = (_SmallCosine, _OneKey)

    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        """Both keys shifted."""
        return a + delta, b + delta

    def proof(self) -> Proof:
        """The product is a square."""
        score_a, score_b, gain = sympy.symbols("score_a score_b gain", real=True)
        start = (score_a - score_b) * ((score_a + gain) - (score_b + gain))

        def coordinates(query: Any, a: Any, b: Any, **rest: Any) -> dict[str, Any]:
            gain = rest["length"] * (query * rest["direction"]).sum(axis=-1)
            scores = {"score_a": (query * a).sum(axis=-1), "score_b": (query * b).sum(axis=-1)}
            return {**scores, "gain": gain}

        return Proof(start, (), (Step(sympy.S.Zero),), coordinates)
