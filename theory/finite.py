"""What a finite number of pairs changes, beside the limits of infinitely many."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theory.bessel import ratio
from theory.dynamics import gap_decay_rate
from theory.errors import InputError
from theory.limits import log_partition
from theory.validation import check_integer, check_number

__all__ = ["own_share", "pairs_for", "rate_bias", "simplex_infonce"]


def simplex_infonce(n: Any, beta: Any) -> Any:
    """Least L = 2·InfoNCE of N ≤ h + 1 pairs: the aligned simplex [LuSteinerberger2022].

    ``2 log(1 + (N−1) e^{−βN/(N−1)})``, for numbers and arrays.

    Parameters
    ----------
    n : int or array_like
        N, at least 2.
    beta : float or array_like
        β = 1/τ.

    Examples
    --------
    >>> round(float(simplex_infonce(2, 2.0)), 6)
    0.0363
    """
    return 2 * np.log1p((n - 1) * np.exp(-beta * n / (n - 1)))


def own_share(n: int, h: int, tau: float) -> float:
    """Weight ``s = e^β/(N Z(β))`` of a pair's own term in its softmax over many uniform pairs.

    Where it is small the sums over pairs are integrals; where it is not, nothing that is said of
    infinitely many pairs holds. `rate_bias` makes it a criterion for N.

    Examples
    --------
    >>> own_share(4096, 16, 0.2) < 0.02 < 0.2 < own_share(4096, 16, 0.1)
    True
    """
    pairs, dimension, beta = _checked(n, h, tau)
    return math.exp(beta - float(log_partition(beta, dimension))) / pairs


def rate_bias(n: int, h: int, tau: float) -> float:
    r"""Relative bias of the gap's decay rate λ (N.2) that N pairs leave: an order of magnitude.

    Let every softmax give the pair itself its `own_share` s, and spread :math:`1-s` over the
    others as over the uniform law. The gap displaces :math:`x_i` by :math:`a_i`, the part of a
    vector perpendicular to :math:`u_i`, and :math:`y_i` by :math:`-a_i`. To second order the
    pair's own term is :math:`-4\beta s|a_i|^2` in L and has no first order f, so that
    :math:`\mathrm{Var} f=(1-s)\mathrm{Var}_{others}f+s(1-s)(E_{others}f)^2`. With
    :math:`E_{others}f\propto(h-1)A/\beta` this gives

    .. math:: \lambda_N=(1-s)\,(\lambda+s\,(h-1)A^2),\qquad A=A_h(\beta),

    and as :math:`(h-1)A^2<0.18\,\lambda` the bias is nearly :math:`-s`.

    Real pairs repel each other and lie more evenly than independent ones, so that this is an
    upper end: in simulations at h = 3, 8 and 16, τ = .2 and .5 and N up to 8192 the bias was .1 to
    1.1 times what it says wherever that is more than 2 %. Up to 1.2 % of the rate (h = 3, τ = .2)
    were missing besides, whatever N: there the clouds are not quite even when it has to be
    measured. The spread of the softmax weights, :math:`(Z(2\beta)/Z(\beta)^2-1)/N`, is no
    substitute: at h = 16, τ = .1 and N = 4096 it is .006, where a fifth of the rate is missing.

    Parameters
    ----------
    n : int
        Pairs N, at least 2.
    h : int
        Dimension, at least 2.
    tau : float
        Temperature, positive.

    Returns
    -------
    float
        :math:`\lambda_N/\lambda-1`, between −1 and 0; −1 where s is 1 or more, and the limit
        says nothing.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> round(rate_bias(4096, 16, 0.2), 3), round(rate_bias(4096, 16, 0.1), 2)
    (-0.015, -0.31)
    """
    share = min(own_share(n, h, tau), 1.0)
    return (1 - share) * (1 + share * _curl(h, tau)) - 1


def pairs_for(level: float, h: int, tau: float) -> int:
    """Pairs from which `rate_bias` is no more than `level`: the criterion for N.

    It grows as ``e^β/Z(β)``, which in many dimensions is out of reach at small τ.

    Parameters
    ----------
    level : float
        Relative bias that is allowed, in (0, 1).
    h : int
        Dimension, at least 2.
    tau : float
        Temperature, positive.

    Raises
    ------
    InputError
        If an argument is outside its range, or so many pairs have no number.

    Examples
    --------
    >>> pairs_for(0.03, 8, 0.5), pairs_for(0.03, 16, 0.1)
    (176, 40272)
    """
    allowed = check_number("level", level, 0, 1, open_low=True)
    _, dimension, beta = _checked(2, h, tau)
    c = _curl(dimension, tau)
    # s(1 − c) + c s² = level; this form of the root keeps its digits where c is small.
    share = 2 * allowed / (1 - c + math.sqrt((1 - c) ** 2 + 4 * c * allowed))
    exponent = beta - float(log_partition(beta, dimension)) - math.log(share)
    if exponent > LARGEST:
        raise InputError(
            f"tau is {tau:g}; in {h} dimensions that needs e^{exponent:.0f} pairs; raise it."
        )
    return max(2, math.ceil(math.exp(exponent)))


LARGEST = 700.0
"""Logarithm of the largest number of pairs that is a float."""


def _curl(h: int, tau: float) -> float:
    """``(h − 1) A²/λ``."""
    return (h - 1) * float(ratio(0.5 * h - 1, 1 / tau)) ** 2 / float(gap_decay_rate(h, tau))


def _checked(n: int, h: int, tau: float) -> tuple[int, int, float]:
    """N, h and β."""
    temperature = check_number("tau", tau, 0, open_low=True)
    return check_integer("n", n, 2), check_integer("h", h, 2), 1 / temperature
