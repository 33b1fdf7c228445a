"""Differences of centre-pair losses, shared by the claims about cones and subspaces.

The losses are those of `theory.limits`; their differences, in which log f(κ) cancels, are also
taken of balls and symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from theory import limits
from theory.claims.functions import log_f, log_f_difference, ratio, sqrt, unit_part
from theory.claims.proof import SLOPE, TANGENT, Step

__all__ = [
    "KAPPA",
    "PHI",
    "TAU",
    "descent",
    "excess",
    "order",
    "reduced",
    "resultant",
    "terms",
    "tie",
]

#: Ranges on which the claims about centres are tested and certified.
KAPPA = (1e-2, 1e3)
TAU = (0.01, 2.0)
#: Dihedral angles, in radians: the open interval (0, π/2) up to 1e-3.
PHI = (1e-3, np.pi / 2 - 1e-3)


def order(dim: Any) -> Any:
    """Order ν = dim/2 − 1 of the Bessel functions of a `dim`-dimensional space."""
    return dim / 2 - 1


def excess(w: Any, t: Any, w_best: Any, t_best: Any, kappa: Any, beta: Any, nu: Any) -> Any:
    r"""Loss of one direction at (w, t) minus that at (w_best, t_best).

    .. math:: β(w_{best} - w) + \log f_ν(M) - \log f_ν(M_{best})

    Parameters
    ----------
    w, w_best : cosine between the two centres
    t, t_best : length of the query's centre projected on the subspace of the keys
    kappa : concentration of the keys
    beta : inverse temperature
    nu : order of the keys' subspace
    """
    here = resultant(w, t, kappa, beta)
    there = resultant(w_best, t_best, kappa, beta)
    return beta * (w_best - w) + log_f_difference(nu, here, there)


def resultant(w: Any, t: Any, kappa: Any, beta: Any) -> Any:
    """M = √(κ² + 2κβw + β²t²)."""
    return sqrt(limits.squared_resultant(w, t, kappa, beta))


def descent(
    start: Any, best: Any, beta: Any, directions: Sequence[tuple[Any, Any, Any, Any]]
) -> tuple[Step, ...]:
    """Steps from a sum of `excess` over directions (w, t, κ, ν) above w = t = best down to 0.

    In each direction, by the slope lemma between M and κ + β·best, and |w| ≤ t ≤ best:
    ``excess ≥ β(best − w) − (κ + β·best − M) = M − (κ + βw) ≥ 0``.
    """
    steps = []
    left = start
    for w, t, kappa, nu in directions:
        m = resultant(w, t, kappa, beta)
        top = kappa + beta * best
        bound = m - (kappa + beta * w)
        left = left - excess(w, t, best, best, kappa, beta, nu) + bound
        forms = (
            2 * kappa * beta * (best - w) + beta**2 * (best - t) * (best + t),
            beta**2 * (t - w) * (t + w),
        )
        steps.append(Step(left, SLOPE, {"nu": nu, "a": m, "b": top}, forms))
        left = left - bound
        steps.append(Step(left, forms=forms))
    return tuple(steps)


def reduced(w: Any, kappa: Any, beta: Any, nu: Any) -> Any:
    r"""Lower bound of `excess` of (w, 1) above (1, 1), divided by β(1−w).

    By the mean value theorem, (κ+β)² − M² = 2κβ(1−w) and A increasing, the quotient is at least

    .. math:: 1 - A(κ+β)\,\frac{2κ}{κ+β+M}, \qquad \frac{2κ}{κ+β+M} \le 1.
    """
    top = kappa + beta
    quotient = 2 / (1 + (beta + resultant(w, 1, kappa, beta)) / kappa)
    return 1 - ratio(nu, top) * unit_part(quotient)


def tie(
    start: Any, scaled: Any, directions: Sequence[tuple[Any, Any, Any]]
) -> tuple[tuple[Step, ...], tuple[Any, ...]]:
    """Steps from margin − factor · `reduced` down to 0 over directions (w, κ, ν), and asides.

    In each direction the tangent of log f_ν at κ + β gives the bound, and the quotient of
    `reduced` is at most 1 because M ≥ κ − β. `scaled` is β.
    """
    steps, left = [], start
    for w, kappa, nu in directions:
        m, top = resultant(w, 1, kappa, scaled), kappa + scaled
        change = log_f(nu, m) - log_f(nu, top) - ratio(nu, top) * (m - top)
        left = left - change
        steps.append(Step(left, TANGENT, {"nu": nu, "a": m, "b": top}))
    steps.append(Step(sympy.S.Zero))
    asides = tuple(resultant(w, 1, k, scaled) + scaled - k for w, k, _ in directions)
    return tuple(steps), asides


def terms(kappa: Any, beta: Any) -> Any:
    """Size of the largest term of a loss."""
    return 1 + kappa + beta
