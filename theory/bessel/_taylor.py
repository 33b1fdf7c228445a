r"""Taylor polynomials of :math:`\log F`, :math:`F={}_0F_1(;\nu+1;w)`, :math:`w=z^2/4`.

The logarithmic derivative :math:`u=F'/F` solves :math:`w(u'+u^2)+(\nu+1)u=1`, which gives its
coefficients one after the other,

.. math:: u_0=\frac1{\nu+1},\qquad u_k=-\frac1{\nu+1+k}\sum_{i+j=k-1}u_iu_j,

of alternating signs, so that nothing cancels in their sums. They fall off as
:math:`(4/j_{\nu,1}^2)^k`, and :math:`j_{\nu,1}^2>4(\nu+1)\sqrt{\nu+2}` (Rayleigh's sum of the
:math:`j_{\nu,n}^{-4}`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.bessel._debye import Coefficients

__all__ = ["Taylor", "near", "taylor"]

SHARE = 0.1
"""Of the radius of convergence, for which `TERMS` leave an error below 2⁻⁵⁷."""

TERMS = 19


@dataclass(frozen=True)
class Taylor:
    r"""Polynomials in w of one order (or of an array of orders).

    Attributes
    ----------
    log : list
        :math:`\log F/w`.
    rho : list
        :math:`\rho=(\nu+1)u`.
    derivative : list
        :math:`(I_{\nu+1}/I_\nu)'=\tfrac12(u+2wu')`.
    """

    log: Coefficients
    rho: Coefficients
    derivative: Coefficients


def near(nu: Any) -> Any:
    """Largest z for which the polynomials hold."""
    return 2.0 * np.sqrt(SHARE * (nu + 1.0) * np.sqrt(nu + 2.0))


def _taylor(nu: Any) -> Taylor:
    u = [1.0 / (nu + 1.0)]
    for k in range(1, TERMS):
        u.append(sum(u[i] * u[k - 1 - i] for i in range(k)) / -(nu + 1.0 + k))
    return Taylor(
        [c / (k + 1.0) for k, c in enumerate(u)],
        [c * (nu + 1.0) for c in u],
        [c * (k + 0.5) for k, c in enumerate(u)],
    )


_taylor_scalar = lru_cache(maxsize=512)(_taylor)


def taylor(nu: float | NDArray[np.float64]) -> Taylor:
    """Polynomials for ν ≥ −½ and z ≤ `near` (cached for a scalar order)."""
    return _taylor(nu) if isinstance(nu, np.ndarray) else _taylor_scalar(nu)
