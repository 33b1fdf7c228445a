"""N.T3′, the angle: no centre projects longer than the first principal vector."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy

from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Integer
from theory.claims.structured import SubspacePair, UnitVector

__all__ = ["ProjectedCentre", "overlap"]

#: Largest dimension of the subspaces.
LARGEST = 4


def overlap(bases: Any, d_a: Any) -> Array:
    """Matrix AᵀB of two bases side by side; its singular values are the cosines of the angles."""
    split = int(d_a[0])
    return np.asarray(np.swapaxes(bases[..., :split], -1, -2) @ bases[..., split:])


class _Projected(Claim):
    """A unit vector c of A, by its coordinates in the basis of A."""

    share: ClassVar[Any] = 1
    domain = Domain(
        h=Choice([4, 6, 12]),
        d_a=Integer(1, LARGEST),
        d_b=Integer(1, LARGEST),
        bases=SubspacePair("h", "d_a", "d_b"),
        a=UnitVector("d_a"),
    )

    def margin(self, bases: Any, d_a: Any, a: Any, **_: Any) -> Any:
        """Share · cos²φ_1 − |P_B c|²."""
        matrix = overlap(bases, d_a)
        projected = np.einsum("...ij,...i->...j", matrix, a)
        first = np.linalg.svd(matrix, compute_uv=False)[..., 0]
        return float(self.share) * first**2 - (projected**2).sum(axis=-1)

    def proof(self) -> Proof:
        """|P_B c|² = Σ α_j² cos²φ_j, α the coordinates of c on the principal vectors of A."""
        parts = sympy.symbols(f"alpha:{LARGEST}", real=True)
        cosines = sympy.symbols(f"cos:{LARGEST}", nonnegative=True)
        first = cosines[0]
        size = sum(p**2 for p in parts)
        start = self.share * first**2 * size
        start -= sum(p**2 * c**2 for p, c in zip(parts, cosines, strict=True))
        form = sum(
            p**2 * (first - c) * (first + c) for p, c in zip(parts[1:], cosines[1:], strict=True)
        )
        facts = tuple(first - c for c in cosines[1:])  # sorted by definition
        return Proof(start, facts, (Step(sympy.S.Zero, forms=(form,)),), _coordinates)


def _coordinates(bases: Any, d_a: Any, a: Any, **_: Any) -> dict[str, Any]:
    matrix = overlap(bases, d_a)
    u, cosines = np.linalg.svd(matrix, full_matrices=True)[:2]
    parts = np.einsum("...ij,...i->...j", u, a)
    values: dict[str, Any] = {}
    for name, known in (("alpha", parts), ("cos", cosines)):
        for j in range(LARGEST):
            there = j < known.shape[-1]
            values[f"{name}{j}"] = known[..., j] if there else np.zeros(len(known))
    return values


class _Less(Control, _Projected):
    id = "N.T3′|angle/.95"
    statement = r"|P_B c|^2 \le 0.95\cos^2\varphi_1"
    near = "the constant 1 replaced by .95"
    share = sympy.Rational(19, 20)


class _Half(Control, _Projected):
    id = "N.T3′|angle/half"
    statement = r"|P_B c|^2 \le \tfrac12\cos^2\varphi_1"
    share = sympy.Rational(1, 2)


@register
class ProjectedCentre(_Projected):
    """|P_B c| ≤ cos φ_1 for every unit c of A: the definition of φ_1, by its SVD.

    By Cauchy-Schwarz (E.4) |c_x·c_y| = |P_B c_x · c_y| ≤ |P_B c_x|, so that every centre pair has
    |w| ≤ t ≤ cos φ_1 [BjorckGolub1973].
    """

    id = "N.T3′|angle"
    statement = r"c \in A,\ |c| = 1 \Rightarrow |P_B c| \le \cos\varphi_1"
    source = ("BjorckGolub1973", "principal angles as singular values")
    hypotheses = (
        "A and B are any subspaces, cos φ_j the singular values of AᵀB",
        "proved for dimensions up to four; each further one is one more term of the same kind",
    )
    beyond = "Equality iff c lies in the span of the principal vectors at φ_1."
    expected = "proved"
    controls = (_Less, _Half)
