r"""Exact coefficients of the uniform (Debye) expansion of :math:`\log I_\nu`.

With :math:`s=\sqrt{\nu^2+z^2}` and :math:`p=\nu/s`,

.. math:: \log I_\nu(z) = s - \nu\log\frac{\nu+s}{z} - \tfrac12\log(2\pi s)
          + \sum_{k\ge1} \frac{L_k(p)}{\nu^k}.

Taking the logarithm of the classical series (DLMF 10.41) turns its recurrence into one for the
derivatives :math:`\ell_k = L_k'`, in which no integral is left:

.. math:: \ell_1 = \tfrac18(1-5p^2),\qquad
          \ell_{k+1} = \tfrac12\Big[(q\ell_k)' + q\sum_{i+j=k}\ell_i\ell_j\Big],
          \qquad q = p^2(1-p^2).

The ratio of neighbouring orders follows from the same polynomials by differentiation, so one
polynomial gives the logarithm and one the ratio:
:math:`I_{\nu+1}/I_\nu = z/(s+\nu) - zT/s^2`, :math:`T=\tfrac12+\sum_k p\,\ell_k(p)/\nu^k`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAR", "LARGE", "TERMS", "Coefficients", "Series", "far_series", "uniform_series"]

TERMS = 14
"""Terms kept; the next one of log I is below 3e-17 from `LARGE` on, 4e-17 from `FAR` on."""

LARGE = 20.0
"""Order from which the expansion is used at every argument."""

FAR = 32.0
"""Argument from which small orders use the expansion directly."""

_NEGLIGIBLE = 2.0**-57

Coefficients = list[Any]
"""Of a polynomial, from the constant upwards: floats, or arrays for an array of orders."""


@dataclass(frozen=True)
class Series:
    r"""The polynomials of one order (or of an array of orders).

    Attributes
    ----------
    scale : float or ndarray
        The variable of all is ``scale / s``: the order (`uniform_series`) or 1.
    whole : list
        :math:`\sum L_k/\nu^k`.
    quotient : list
        Q with :math:`\sum(L_k(p)-L_k(1))/\nu^k=-(1-p)Q(p)`; empty in `far_series`.
    slope : list
        :math:`T`.
    curvature : list
        :math:`2T + t\,\mathrm{d}T/\mathrm{d}t`.
    """

    scale: Any
    whole: Coefficients
    quotient: Coefficients
    slope: Coefficients
    curvature: Coefficients


@cache
def _derivatives(terms: int = TERMS) -> list[dict[int, Fraction]]:
    """Polynomials ℓ_1 … ℓ_terms as {power: coefficient}."""

    def times(a: dict[int, Fraction], b: dict[int, Fraction]) -> dict[int, Fraction]:
        out: dict[int, Fraction] = {}
        for i, x in a.items():
            for j, y in b.items():
                out[i + j] = out.get(i + j, Fraction(0)) + x * y
        return out

    q = {2: Fraction(1), 4: Fraction(-1)}
    ell = [{0: Fraction(1, 8), 2: Fraction(-5, 8)}]
    for k in range(1, terms):
        pairs: dict[int, Fraction] = {}
        for i in range(k - 1):
            for power, c in times(ell[i], ell[k - 2 - i]).items():
                pairs[power] = pairs.get(power, Fraction(0)) + c
        new = times(q, pairs)
        for power, c in times(q, ell[-1]).items():
            new[power - 1] = new.get(power - 1, Fraction(0)) + power * c
        ell.append({power: c / 2 for power, c in new.items() if c})
    return ell


@cache
def _table() -> NDArray[np.float64]:
    """Coefficient of p^i in p·ℓ_k, as an array [i, k − 1]."""
    table = np.zeros((3 * TERMS + 1, TERMS))
    for k, polynomial in enumerate(_derivatives()):
        for power, c in polynomial.items():
            table[power + 1, k] = float(c)
    return table


def _trim(coefficients: NDArray[Any], largest: float = 1.0) -> Coefficients:
    """Drop the highest powers while all of them together stay negligible up to `largest`."""
    sizes = np.abs(coefficients) * largest ** np.arange(len(coefficients))
    tails = np.cumsum(sizes[::-1])[::-1]
    kept = max(int(np.count_nonzero(tails > _NEGLIGIBLE)), 1)
    return [float(c) for c in coefficients[:kept]]


def _integrated(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients of ∫ a(u)/u du for a(0) = 0, by rows."""
    whole = slope.copy()
    whole[1:] = (slope[1:].T / np.arange(1, len(slope))).T
    return whole


def _uniform(nu: Any) -> Series:
    slope = _table() @ np.power.outer(1.0 / np.asarray(nu, dtype=float), np.arange(1, TERMS + 1)).T
    whole = _integrated(slope)
    quotient = np.cumsum(whole[:0:-1], axis=0)[::-1]
    slope[0] += 0.5
    curvature = (slope.T * np.arange(2, len(slope) + 2)).T
    lists = [whole, quotient, slope, curvature]
    return Series(nu, *(_trim(x) if slope.ndim == 1 else list(x) for x in lists))


def _far(nu: Any) -> Series:
    table = _table()
    order = np.asarray(nu, dtype=float)
    slope = np.zeros((len(table), *order.shape))
    for i, k in zip(*np.nonzero(table), strict=True):
        slope[i] += table[i, k] * order ** float(i - (k + 1))
    whole = _integrated(slope)
    slope[0] += 0.5
    curvature = (slope.T * np.arange(2, len(slope) + 2)).T
    if slope.ndim > 1:
        return Series(1.0, list(whole), [], list(slope), list(curvature))
    return Series(1.0, _trim(whole, 1 / FAR), [], *(_trim(x, 1 / FAR) for x in (slope, curvature)))


@lru_cache(maxsize=512)
def _uniform_scalar(nu: float) -> Series:
    return _uniform(nu)


@lru_cache(maxsize=512)
def _far_scalar(nu: float) -> Series:
    return _far(nu)


def uniform_series(nu: float | NDArray[np.float64]) -> Series:
    """Polynomials in p = ν/s for ν ≥ `LARGE` and every z ≥ 0 (cached for a scalar order)."""
    return _uniform(nu) if isinstance(nu, np.ndarray) else _uniform_scalar(nu)


def far_series(nu: float | NDArray[np.float64]) -> Series:
    """Polynomials in t = 1/s for −½ ≤ ν < `LARGE` and large z (cached for a scalar order)."""
    return _far(nu) if isinstance(nu, np.ndarray) else _far_scalar(nu)
