"""N.T3′: for any two subspaces the gap converges to their smallest principal angle."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, TAU, excess, order, terms
from theory.claims.domain import Domain
from theory.claims.spaces import Choice, Integer, Real
from theory.claims.structured import SubspacePair, UnitVector

__all__ = ["SmallestPrincipalAngle"]


class _AnyPair(Claim):
    """Two subspaces in any position, a centre in each."""

    domain = Domain(
        h=Choice([4, 6, 12]),
        d_a=Integer(1, 4),
        d_b=Integer(1, 4),
        bases=SubspacePair("h", "d_a", "d_b"),
        a=UnitVector("d_a"),
        b=UnitVector("d_b"),
        kappa_x=Real(*KAPPA, log=True),
        kappa_y=Real(*KAPPA, log=True),
        tau=Real(*TAU, log=True),
    )

    def scale(self, kappa_x: Any, kappa_y: Any, tau: Any, **_: Any) -> Any:
        """Sum of the concentrations and the inverse temperature."""
        return terms(kappa_x + kappa_y, 1 / tau)

    def above(self, angle: Any, **params: Any) -> Any:
        """Loss of the centre pair minus that of an optimal pair at `angle`."""
        overlap = self.overlap(**params)
        a, b = params["a"], params["b"]
        seen_a = np.einsum("...ij,...i->...j", overlap, a)
        t_x = np.linalg.norm(seen_a, axis=-1)
        t_y = np.linalg.norm(np.einsum("...ij,...j->...i", overlap, b), axis=-1)
        w = (seen_a * b).sum(axis=-1)
        best, beta = np.cos(angle), 1 / params["tau"]
        directions = (
            (t_x, params["kappa_y"], order(params["d_b"])),
            (t_y, params["kappa_x"], order(params["d_a"])),
        )
        return sum(excess(w, t, best, best, kappa, beta, nu) for t, kappa, nu in directions)

    def overlap(self, bases: Any, d_a: Any, **_: Any) -> Any:
        """Matrix AᵀB of the two bases."""
        split = int(d_a[0])
        return np.swapaxes(bases[..., :split], -1, -2) @ bases[..., split:]

    def angles(self, **params: Any) -> Any:
        """Principal angles, ascending."""
        cosines = np.linalg.svd(self.overlap(**params), compute_uv=False)
        return np.arccos(np.clip(cosines, 0.0, 1.0))


class _SecondAngle(Control, _AnyPair):
    id = "N.T3'/last-angle"
    statement = r"\Delta\theta = \varphi_{\max}"

    def margin(self, **params: Any) -> Any:
        return self.above(self.angles(**params)[..., -1], **params)


class _LargerAngle(Control, _AnyPair):
    id = "N.T3'/angle-off-by-3-percent"
    statement = r"\Delta\theta = 1.03\,\varphi_1"
    near = "the constant 1 replaced by 1.03"

    def margin(self, **params: Any) -> Any:
        return self.above(1.03 * self.angles(**params)[..., 0], **params)


@register
class SmallestPrincipalAngle(_AnyPair):
    r"""The centre-pair loss of any two subspaces is smallest at the first principal pair.

    With ``w ≤ t ≤ cos φ_1`` and ``J̃(w, t) ≥ J̃(t, t) ≥ J̃(cos φ_1, cos φ_1)`` in each
    direction [gaplab]; it repairs the theorem on the subspace constraint of [Yi2025].
    """

    id = "N.T3'"
    statement = (
        r"\tilde J(c_x, c_y) \ge \tilde J(\cos\varphi_1, \cos\varphi_1)"
        r"\quad\text{for all } c_x \in A,\ c_y \in B"
    )
    source = ("gaplab", "N.T3′")
    hypotheses = (
        "A and B are any subspaces with smallest principal angle φ_1",
        "x ~ vMF(c_x, κ_x) in A and y ~ vMF(c_y, κ_y) in B with fixed κ_x, κ_y > 0",
    )
    beyond = (
        "At φ_1 = π/2 every centre pair ties; the minimiser is unique up to a joint sign iff φ_1 "
        "is simple. A statement about centre pairs, not about the optimum of the full loss."
    )
    expected = "supported"
    controls = (_SecondAngle, _LargerAngle)

    def margin(self, **params: Any) -> Any:
        """Loss of the centre pair minus that of the first principal pair."""
        return self.above(self.angles(**params)[..., 0], **params)
