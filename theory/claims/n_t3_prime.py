"""N.T3′: for any two subspaces the gap converges to their smallest principal angle."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, TAU, excess, order, terms
from theory.claims.domain import Domain
from theory.claims.functions import acos, cos
from theory.claims.n_t3_prime_angle import overlap
from theory.claims.n_t3_prime_direction import DIRECTION
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
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

    @abstractmethod
    def claimed(self, first: Any, last: Any) -> Any:
        """Cosine of the angle at which the optimum is claimed, from cos φ_1 and cos φ_max."""

    def margin(self, **params: Any) -> Any:
        """Loss of the centre pair minus that of a pair at the claimed angle."""
        seen = self.seen(**params)
        best = self.claimed(seen["first"], seen["last"])
        return self.above(best, **{**params, **seen})

    def seen(self, a: Any, b: Any, **params: Any) -> dict[str, Any]:
        """What the loss sees: w = c_x·c_y, t_x = |P_B c_x|, t_y = |P_A c_y|, cosines of angles."""
        matrix = overlap(params["bases"], params["d_a"])
        seen_a = np.einsum("...ij,...i->...j", matrix, a)
        seen_b = np.einsum("...ij,...j->...i", matrix, b)
        cosines = np.clip(np.linalg.svd(matrix, compute_uv=False), 0.0, 1.0)
        return {
            "w": (seen_a * b).sum(axis=-1),
            "t_x": np.linalg.norm(seen_a, axis=-1),
            "t_y": np.linalg.norm(seen_b, axis=-1),
            "first": cosines[..., 0],
            "last": cosines[..., -1],
        }

    def above(self, best: Any, **params: Any) -> Any:
        """Loss of the pair minus that of a pair with w = t = best."""
        beta = 1 / params["tau"]
        return sum(
            excess(w, t, best, best, kappa, beta, nu) for w, t, kappa, nu in directions(**params)
        )

    def proof(self) -> Proof:
        """One direction after the other, in the coordinates that the loss sees."""
        d_a, d_b, kappa_x, kappa_y, tau = sympy.symbols(
            "d_a d_b kappa_x kappa_y tau", positive=True
        )
        t_x, t_y, first, last = sympy.symbols("t_x t_y first last", nonnegative=True)
        w = sympy.Symbol("w", real=True)
        at = {"w": w, "t_x": t_x, "t_y": t_y, "d_a": d_a, "d_b": d_b}
        at |= {"kappa_x": kappa_x, "kappa_y": kappa_y, "tau": tau}
        start = left = self.above(self.claimed(first, last), **at)
        steps = []
        for w_, t, kappa, nu in directions(**at):
            values = {"w": w_, "t": t, "best": first, "kappa": kappa, "beta": 1 / tau, "nu": nu}
            left = left - excess(w_, t, first, first, kappa, 1 / tau, nu)
            steps.append(Step(left, DIRECTION, values))
        steps[-1] = replace(steps[-1], expression=sympy.S.Zero)
        # |w| ≤ t by Cauchy-Schwarz and t ≤ cos φ_1 by the definition of φ_1
        facts = (t_x - w, t_x + w, t_y - w, t_y + w, first - t_x, first - t_y)

        def coordinates(**points: Any) -> dict[str, Any]:
            return {**points, **self.seen(**points)}

        return Proof(start, facts, tuple(steps), coordinates, grounds=("E.4", "N.T3′|angle"))


def directions(
    w: Any, t_x: Any, t_y: Any, kappa_x: Any, kappa_y: Any, d_a: Any, d_b: Any, **_: Any
) -> tuple[tuple[Any, Any, Any, Any], ...]:
    """Both directions (w, t, κ, ν), each with the order of its keys' subspace."""
    return (w, t_x, kappa_y, order(d_b)), (w, t_y, kappa_x, order(d_a))


class _LastAngle(Control, _AnyPair):
    id = "N.T3′/last-angle"
    statement = r"\Delta\theta = \varphi_{\max}"

    def claimed(self, first: Any, last: Any) -> Any:
        return last


class _LargerAngle(Control, _AnyPair):
    id = "N.T3′/angle-off-by-3-percent"
    statement = r"\Delta\theta = 1.03\,\varphi_1"
    near = "the constant 1 replaced by 1.03"

    def claimed(self, first: Any, last: Any) -> Any:
        return cos(1.03 * acos(first))


@register
class SmallestPrincipalAngle(_AnyPair):
    r"""The centre-pair loss of any two subspaces is smallest at the first principal pair.

    ``|w| ≤ t ≤ cos φ_1`` (E.4, N.T3′|angle), and so ``J̃(w, t) ≥ J̃(cos φ_1, cos φ_1)`` in each
    direction (N.T3′|direction, certified over the box of its scalars) [gaplab]. It repairs the
    theorem on the subspace constraint of [Yi2025].
    """

    id = "N.T3′"
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
    expected = "proved"
    controls = (_LastAngle, _LargerAngle)
    simulation = (
        Prediction("subspace", "angle between the best centres", "all centres", rtol=1e-3),
        Prediction("subspace", "angle between the best centres", "dims", rtol=1e-3),
        Prediction("subspace", "lowest centre-pair loss", "dims", rtol=1e-3),
    )

    def claimed(self, first: Any, last: Any) -> Any:
        """Cosine of the smallest principal angle."""
        return first
