"""Y.T3 as published: under the subspace constraint the centres keep the dihedral angle."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory import limits
from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, PHI, TAU, excess, order, terms
from theory.claims.domain import Domain
from theory.claims.spaces import Choice, Real
from theory.claims.structured import UnitVector

__all__ = ["SubspaceConstraint", "above"]


def above(
    best: Any, w: Any, t_x: Any, t_y: Any, h: Any, kappa_x: Any, kappa_y: Any, tau: Any
) -> Any:
    """Centre-pair loss of both directions, clouds in hyperplanes, above that of w = t = best.

    Parameters
    ----------
    w : c_x · c_y
    t_x, t_y : |P_B c_x| and |P_A c_y|
    """
    beta, nu = 1 / tau, order(h - 1)
    directions = ((t_x, kappa_y), (t_y, kappa_x))
    return sum(excess(w, t, best, best, kappa, beta, nu) for t, kappa in directions)


class _AllCentres(Claim):
    """Centres anywhere in two hyperplanes at dihedral angle φ.

    Coordinates: the last of `a` and of `b` is the component orthogonal to C = A ∩ B, the
    others lie in C.
    """

    domain = Domain(
        h=Choice([3, 4, 8, 64, 512]),
        kappa_x=Real(*KAPPA, log=True),
        kappa_y=Real(*KAPPA, log=True),
        tau=Real(*TAU, log=True),
        phi=PHI,
        a=UnitVector("h-1"),
        b=UnitVector("h-1"),
    )

    def scale(self, kappa_x: Any, kappa_y: Any, tau: Any, **_: Any) -> Any:
        """Sum of the concentrations and the inverse temperature."""
        return terms(kappa_x + kappa_y, 1 / tau)

    def above(self, best: Any, phi: Any, a: Any, b: Any, **rest: Any) -> Any:
        """Loss of the centre pair with coordinates `a`, `b` above that of w = t = best."""
        inside = (a[..., :-1] * b[..., :-1]).sum(axis=-1)
        across = a[..., -1] * b[..., -1] * np.cos(phi)
        t_x, t_y = (
            np.sqrt((c[..., :-1] ** 2).sum(axis=-1) + (c[..., -1] * np.cos(phi)) ** 2)
            for c in (a, b)
        )
        return above(best, inside + across, t_x, t_y, **rest)


class _NearlyAligned(Control, _AllCentres):
    id = "Y.T3/aligned-within-5-percent"
    statement = r"\tilde J(c_x, c_y) \ge 0.95\,\min \tilde J"
    near = "the true minimum, attained inside C, times .95"

    def margin(self, **params: Any) -> Any:
        at = {"h": params["h"], "tau": params["tau"]}
        kappas = (params["kappa_x"], params["kappa_y"])
        least = sum(limits.subspace_center_loss(1.0, 1.0, kappa, **at) for kappa in kappas)
        return self.above(1, **params) + 0.05 * least


class _Largest(Control, _AllCentres):
    id = "Y.T3/maximum"
    statement = r"\tilde J(c_x, c_y) \le \tilde J(c_x, c_y \perp C)"

    def margin(self, **params: Any) -> Any:
        return -SubspaceConstraint().margin(**params)


@register
class SubspaceConstraint(_AllCentres):
    r"""Over all centres the pair orthogonal to C = A ∩ B is claimed to be best [Yi2025].

    False: centres inside C (w = t = 1, gap 0) do strictly better. See `y_t3_given_a6` for the
    hypothesis that repairs it, and `n_t3_prime` for the statement that holds for any subspaces.
    """

    id = "Y.T3"
    statement = (
        r"\min_{c_x \in A,\, c_y \in B} \tilde J(c_x, c_y) = "
        r"\tilde J(c_x, c_y)\big|_{c_x, c_y \perp A \cap B},\quad \Delta\theta = \varphi_{\min}"
    )
    source = ("Yi2025", "theorem on the subspace constraint, read over all centres")
    hypotheses = (
        "A and B are hyperplanes at dihedral angle φ ∈ (0, π/2)",
        "x ~ vMF(c_x, κ_x) in A and y ~ vMF(c_y, κ_y) in B with fixed κ_x, κ_y > 0",
    )
    beyond = "As soon as a centre may have a component in A ∩ B; it holds given A6."
    expected = "refuted"
    controls = (_NearlyAligned, _Largest)

    def margin(self, **params: Any) -> Any:
        """Loss of the centre pair minus that of the pair orthogonal to C at its acute angle."""
        return self.above(np.cos(params["phi"]), **params)
