"""Y.D1, rankings: the gap does not enter retrieval, whatever its size."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice
from theory.claims.structured import UnitVector

__all__ = ["GapLeavesRankings"]

#: A few roundings of quantities of size one.
TOLERANCE = 1e-14


class _SharedAndConstant(Claim):
    """x = √(1−g) s + √g e_x and y_j = √(1−g) t_j + √g e_y, e_x·e_y = cos γ, both ⊥ s, t_j."""

    constant = 1.0
    domain = Domain(
        d=Choice([2, 3, 8]),
        s=UnitVector("d"),
        t1=UnitVector("d"),
        t2=UnitVector("d"),
        g=(0.0, 0.99),
        gamma=(0.0, float(np.pi)),
    )

    def margin(self, s: Any, t1: Any, t2: Any, g: Any, gamma: Any, **_: Any) -> Any:
        """Tolerance minus the error of the formula for the difference of two scores."""
        zero = np.zeros_like(gamma)
        x = _embed(s, g, zero)
        scores = [(x * _embed(t, g, gamma)).sum(axis=-1) for t in (t1, t2)]
        shared = [(s * t).sum(axis=-1) for t in (t1, t2)]
        claimed = self.constant * (1 - g) * (shared[0] - shared[1])
        return TOLERANCE - np.abs(scores[0] - scores[1] - claimed)

    def proof(self) -> Proof:
        """The constant parts add g cos γ to every score."""
        p, q, g, c = sympy.symbols("p q g c", real=True)
        tolerance = sympy.Float(TOLERANCE)
        scores = [(1 - g) * inner + g * c for inner in (p, q)]
        error = scores[0] - scores[1] - self.constant * (1 - g) * (p - q)
        start = tolerance - sympy.Abs(error)

        def coordinates(s: Any, t1: Any, t2: Any, g: Any, gamma: Any, **_: Any) -> dict[str, Any]:
            inner = [(s * t).sum(axis=-1) for t in (t1, t2)]
            return {"p": inner[0], "q": inner[1], "g": g, "c": np.cos(gamma)}

        return Proof(start, (), (Step(tolerance), Step(sympy.S.Zero)), coordinates)


def _embed(s: Any, g: Any, angle: Any) -> Any:
    own = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return np.concatenate([np.sqrt(1 - g)[:, None] * s, np.sqrt(g)[:, None] * own], axis=-1)


class _Near(Control, _SharedAndConstant):
    id = "Y.D1|gap/1.05"
    statement = r"x\cdot y_j - x\cdot y_k = 1.05\,(1-g)(s\cdot t_j - s\cdot t_k)"
    near = "the constant 1 replaced by 1.05"
    constant = 1.05


class _Reversed(Control, _SharedAndConstant):
    id = "Y.D1|gap/reversed"
    statement = r"\text{the gap reverses rankings}"
    constant = -1.0


@register
class GapLeavesRankings(_SharedAndConstant):
    r"""Constant parts of the modalities change the gap and no ranking [Yi2025].

    The squared gap is ``(1−g)‖s̄ − t̄‖² + 2g(1 − cos γ)``: with g and γ it takes any size at one
    shared residual, while every difference of scores is scaled by 1 − g > 0.
    """

    id = "Y.D1|gap"
    statement = r"x\cdot y_j - x\cdot y_k = (1-g)(s\cdot t_j - s\cdot t_k)"
    source = ("Yi2025", "what downstream performance follows")
    hypotheses = (
        "x = √(1−g) s + √g e_x, y = √(1−g) t + √g e_y with constant e_x, e_y ⊥ the shared space",
    )
    beyond = "Specific parts that vary from row to row add noise to the scores; g = 1 leaves ties."
    expected = "proved"
    simulation = (Prediction("offset", "R@1", "orthogonal", rtol=0.01),)
    controls = (_Near, _Reversed)
