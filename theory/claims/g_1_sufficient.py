"""G.1|sufficient: a shift orthogonal to all differences of keys changes no cosine ranking."""

from __future__ import annotations

from typing import Any

import sympy

from theory.claims.base import Control, register
from theory.claims.batches import square
from theory.claims.proof import Proof, Step
from theory.claims.rankings import ShiftedGallery, unit
from theory.claims.simulation_check import Prediction

__all__ = ["OrthogonalShift"]


def without(delta: Any, difference: Any, share: float = 1.0) -> Any:
    """δ less a share of its component along the difference of the keys."""
    length = square(difference)[..., None]
    along = (delta * difference).sum(axis=-1, keepdims=True)
    return delta - share * along / (length + (length == 0)) * difference


class _Partly(Control, ShiftedGallery):
    id = "G.1|sufficient/projected-by-.95"
    statement = r"\delta - 0.95\,P\delta,\ P \text{ onto } a-b, \text{ changes no cosine ranking}"
    near = "the constant 1 replaced by .95"

    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        moved = without(delta, a - b, 0.95)
        return unit(a + moved), unit(b + moved)


class _AnyShift(Control, ShiftedGallery):
    id = "G.1|sufficient/any-shift"
    statement = r"\text{no } \delta \text{ changes a cosine ranking}"

    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        return unit(a + delta), unit(b + delta)


@register
class OrthogonalShift(ShiftedGallery):
    r"""With δ·y constant over a unit gallery all shifted keys are equally long [Grassucci2026].

    ‖y + δ‖² = 1 + 2 δ·y + ‖δ‖², so the cosine is the inner product over one constant. The same
    condition is enough for shifted queries, whose scores all gain δ·y.
    """

    id = "G.1|sufficient"
    statement = (
        r"\delta\cdot(a-b)=0 \Rightarrow "
        r"\big(\cos(q, a+\delta) \ge \cos(q, b+\delta) \iff q\cdot a \ge q\cdot b\big)"
    )
    source = ("Grassucci2026", "retrieval under a shift of one modality, with its condition")
    hypotheses = ("unit keys", "δ ⊥ a − b for every two keys of the gallery")
    beyond = (
        "Not necessary for two keys (G.1|necessary); for all queries at once and three distinct "
        "unit keys or more it is."
    )
    expected = "proved"
    simulation = (Prediction("offset", "R@1", "orthogonal", rtol=0.01),)
    controls = (_Partly, _AnyShift)

    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        """Both keys shifted by what of δ is orthogonal to their difference, renormalised."""
        moved = without(delta, a - b)
        return unit(a + moved), unit(b + moved)

    def proof(self) -> Proof:
        """The product is a square over the common length."""
        score_a, score_b, gain = sympy.symbols("score_a score_b gain", real=True)
        inverse = sympy.Symbol("inverse", nonnegative=True)
        start = (score_a - score_b) * ((score_a + gain) - (score_b + gain)) * inverse

        def coordinates(query: Any, a: Any, b: Any, **rest: Any) -> dict[str, Any]:
            moved = without(rest["length"][..., None] * rest["direction"], a - b)
            length = (square(a + moved) ** 0.5 + square(b + moved) ** 0.5) / 2
            return {
                "score_a": (query * a).sum(axis=-1),
                "score_b": (query * b).sum(axis=-1),
                "gain": (query * moved).sum(axis=-1),
                "inverse": 1 / (length + (length < 1e-12)),
            }

        return Proof(start, (), (Step(sympy.S.Zero),), coordinates)
