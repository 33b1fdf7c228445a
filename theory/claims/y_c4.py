"""Y.C4: what shared space projection leaves between the directions of a pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Real
from theory.claims.structured import UnitVector

__all__ = ["SharedProjection"]


class _Projected(Claim):
    """A pair with equal coordinates on three kept principal pairs of cosines c_j = 1 − ε r_j."""

    #: Share of ε that is claimed to count.
    share: Any = 1
    domain = Domain(
        epsilon=Real(1e-4, 0.5, log=True),
        a=UnitVector(3),
        r1=(0.0, 1.0),
        r2=(0.0, 1.0),
        r3=(0.0, 1.0),
    )

    def margin(self, epsilon: Any, a: Any, r1: Any, r2: Any, r3: Any) -> Any:
        """(1 + m)² (Px·Py)² − 4m |Px|²|Py|² from the vectors in R⁶."""
        c = 1 - epsilon[:, None] * np.stack([r1, r2, r3], axis=-1)
        x = np.concatenate([a, np.zeros_like(a)], axis=-1)
        y = np.concatenate([a * c, a * np.sqrt((1 - c) * (1 + c))], axis=-1)
        shared = np.eye(6)[:, :3]  # B_X U_G: the principal vectors of X
        px, py = x @ shared, y @ shared
        s0, s1, s2 = ((p * q).sum(axis=-1) for p, q in ((px, px), (px, py), (py, py)))
        m = 1 - float(self.share) * epsilon
        return (1 + m) ** 2 * s1**2 - 4 * m * s0 * s2

    def scale(self, **_: Any) -> Any:
        """Four times a product of squared lengths."""
        return 4.0

    def proof(self) -> Proof:
        """With f = (1+m)S₁ − mS₀ − S₂ ≥ 0: the margin is f² + 2f(mS₀ + S₂) + (mS₀ − S₂)².

        f = Σ a_j² (1 − c_j)(c_j − m), whose terms are ≥ 0 (the aside): every kept singular value
        c_j lies in [m, 1], m = 1 − ε.
        """
        m, s0, s2 = sympy.symbols("m s0 s2", nonnegative=True)
        s1, part, c = sympy.symbols("s1 part c", real=True)
        claimed = 1 - self.share * (1 - m)
        start = (1 + claimed) ** 2 * s1**2 - 4 * claimed * s0 * s2
        kept = (1 + m) * s1 - m * s0 - s2
        form = kept**2 + 2 * kept * (m * s0 + s2) + (m * s0 - s2) ** 2

        def coordinates(epsilon: Any, a: Any, r1: Any, r2: Any, r3: Any) -> dict[str, Any]:
            c = 1 - epsilon[:, None] * np.stack([r1, r2, r3], axis=-1)
            sums = [(a * a * c**power).sum(axis=-1) for power in range(3)]
            first = {"m": 1 - epsilon, "part": a[:, 0], "c": c[:, 0]}
            return {**first, **{f"s{k}": v for k, v in enumerate(sums)}}

        facts, term = (kept, 1 - c, c - m), part**2 * (1 - c) * (c - m)
        return Proof(start, facts, (Step(sympy.S.Zero, forms=(form,)),), coordinates, (term,))


class _Less(Control, _Projected):
    id = "Y.C4/.95"
    statement = r"\varepsilon \text{ replaced by } .95\,\varepsilon"
    near = "the constant ε replaced by .95 ε"
    share = sympy.Rational(19, 20)


class _Exact(Control, _Projected):
    id = "Y.C4/exact"
    statement = r"P x_i/|P x_i| = P y_i/|P y_i| \text{ for any } \varepsilon"
    share = sympy.S.Zero


@register
class SharedProjection(_Projected):
    r"""Shared space projection aligns pairs up to the angle that its threshold ε admits [Yi2025].

    Coordinates a_j on the principal pairs become a_j and a_j c_j, and Kantorovich's inequality
    bounds their cosine by ``2√(1−ε)/(2−ε)``: exactly 1 for directions truly shared (ε = 0), and
    at most 0.029° away for the published ε = 10⁻³.
    """

    id = "Y.C4"
    statement = (
        r"\cos\angle(Px_i, Py_i) \ge \frac{2\sqrt{1-\varepsilon}}{2-\varepsilon}"
        r"\quad(\text{singular values kept} \ge 1-\varepsilon)"
    )
    source = ("Yi2025", "corollary on shared space projection")
    hypotheses = (
        "x = Σ a_j p_j and y = Σ a_j q_j on principal pairs (p_j, q_j), cosines c_j ∈ [1 − ε, 1]",
        "P projects on the kept principal vectors of X",
    )
    beyond = "Undefined where Px = 0. Coordinates that differ between the views are not aligned."
    expected = "proved"
    controls = (_Less, _Exact)
