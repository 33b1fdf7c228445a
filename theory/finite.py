"""What a finite number of pairs changes, beside the limits of infinitely many."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theory.limits import log_partition

__all__ = ["own_share", "simplex_infonce"]


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
    """Weight ``e^β/(N Z(β))`` of a pair's own term in its softmax over many uniform pairs.

    Where it is small the sums over pairs are integrals; it is the criterion for N. The rate λ of
    N.2, measured for h from 3 to 16, τ from .1 to .5 and N from 64 to 4096, was too small by .5
    to 1.6 times this share: for 3 % let it be below .02.

    Examples
    --------
    >>> own_share(4096, 16, 0.2) < 0.02 < 0.2 < own_share(4096, 16, 0.1)
    True
    """
    beta = 1 / tau
    return math.exp(beta - float(log_partition(beta, h))) / n
