"""The law that replaces the uniform sphere beyond β_c: a share of the mass goes to the centre.

In the Gaussian potential e^{−β‖z‖²/2} on the unit ball the sphere has energy e = e^{−β}Z(β) and
potential g = e^{−β/2} at the centre, which is the lower of the two once log Z > β/2. A mass
ratio of centre to sphere of ``(e − g)/(1 − g)`` makes both equal.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import sympy
from scipy.optimize import brentq
from sympy import Expr

from theory import dynamics, limits
from theory.claims.base import Array
from theory.claims.centre import order
from theory.claims.functions import log_f
from theory.claims.proof import Lemma, LogF, ProofError

__all__ = [
    "SHELLS",
    "ShellLemma",
    "between",
    "energy_lost",
    "mass_ratio",
    "reserve",
    "surface",
]

#: How far above β_c and below β_2 the claims stay, relative: at both an inequality is an equality.
ABOVE, BELOW = 1e-6, 1e-2

_NU, _BETA, _R, _RATIO = sympy.symbols("nu beta r ratio", real=True)


def _z(beta: Any, nu: Any) -> Any:
    """Z(β) for arrays, balls and symbols."""
    exponent = log_f(nu, beta) - log_f(nu, 0 * beta)
    return sympy.exp(exponent) if isinstance(exponent, sympy.Basic) else np.exp(exponent)


def mass_ratio(beta: Any, nu: Any) -> Any:
    """Mass of the centre over that of the sphere, over g: (Z e^{−β/2} − 1)/(1 − e^{−β/2})."""
    g = np.exp(-beta / 2)
    return (_z(beta, nu) * g - 1) / (1 - g)


def reserve(beta: Any, h: Any) -> Any:
    """(β/h − 1)(1 − g) − (Z g − 1): ≥ 0 as long as two shells are enough, β ≤ β_2(h)."""
    g = np.exp(-beta / 2)
    return (beta / h - 1) * (1 - g) - (_z(beta, order(h)) * g - 1)


@functools.cache
def _range(h: int) -> tuple[float, float]:
    """β_c and the root β_2 > β_c of `reserve`, both inset."""
    low = dynamics.critical_beta(h) * (1 + ABOVE)
    high = low
    while reserve(high, h) > 0:
        high *= 1.01
    return low, float(brentq(reserve, high / 1.01, high, args=(h,))) * (1 - BELOW)


def between(h: Any, u: Any) -> Any:
    """β = β_c + u (β_2 − β_c), inset; for arrays of u, or one ball."""
    if np.ndim(h) == 0:
        low, high = _range(int(h))
        return low + u * (high - low)
    ends = np.array([_range(int(k)) for k in h])
    return ends[:, 0] + u * (ends[:, 1] - ends[:, 0])


def energy_lost(beta: Any, h: Any) -> Array:
    """δ = 2 log(e/E), E the energy of the law on both shells."""
    nu, g = order(h), np.exp(-beta / 2)
    ratio = mass_ratio(beta, nu)
    log_z = np.asarray(limits.log_partition(beta, h))
    return np.asarray(2 * (log_z - beta / 2 + np.log1p(g * ratio) - np.log1p(ratio)))


class ShellLemma(Lemma):
    """A power series whose coefficients change sign once, from + to −.

    In q = r² the coefficients of ``ratio + Z(βr) − (1 + ratio) e^{βr²/2}`` are
    ``x_k (b_k − 1 − ratio)`` for k ≥ 1, with x_k = (β/2)^k/k!, b_k = (β/2)^k/(h/2)_k and
    h = 2ν + 2, and 0 for k = 0. `check` shows that b_{k+1}/b_k falls with k: so if c_1 ≥ 0, then
    c_k ≥ 0 up to some m and c_k ≤ 0 beyond. With d = Σ c_k ≥ 0 and on 0 ≤ q ≤ 1 therefore
    ``Σ c_k q^k = Σ c_k (q^k − q^m) + d q^m ≥ c_1 (q − q^m) ≥ c_1 q(1 − q)`` for m ≥ 2, and for
    m = 1 ``Σ c_k q^k ≥ c_1 q + (d − c_1) q² ≥ c_1 q(1 − q)``.
    """

    def check(self) -> None:
        """Reduce the statements about the coefficients to true."""
        _check_shells(self.expression, self.name)


@functools.lru_cache(maxsize=8)
def _check_shells(expression: Expr, name: str) -> None:
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    half, beta = sympy.Symbol("half", positive=True), sympy.Symbol("beta", positive=True)

    def of_z(j: Any) -> Expr:  # [Watson1944]
        return (beta**2 / 4) ** j / (sympy.factorial(j) * sympy.rf(half, j))

    def of_exp(j: Any) -> Expr:
        return (beta / 2) ** j / sympy.factorial(j)

    growth = sympy.combsimp(of_z(k + 1) / of_z(k) * of_exp(k) / of_exp(k + 1))
    if not sympy.factor(growth - growth.subs(k, k + 1)).is_nonnegative:
        raise ProofError(f"the coefficients of the series {name} may change sign more than once")
    ratio = sympy.Symbol("ratio", real=True)
    first = of_z(1) - (1 + ratio) * of_exp(1)
    claimed = _bound(ratio, beta, half - 1).subs(_R, 1 / sympy.sqrt(2)) * 4
    if sympy.simplify(first - claimed) != 0:
        raise ProofError(f"the first coefficient of the series {name} is another one")
    series = ratio + sympy.exp(LogF(half - 1, _R * beta) - LogF(half - 1, 0))
    series -= (1 + ratio) * sympy.exp(beta * _R**2 / 2)
    own = {s.name: s for s in expression.free_symbols}
    values = {own["nu"]: half - 1, own["beta"]: beta, own["ratio"]: ratio, own["r"]: _R}
    stated = expression.subs(values, simultaneous=True) + _bound(ratio, beta, half - 1)
    if sympy.expand(stated - series) != 0:
        raise ProofError(f"the lemma {name} is about another series")


def _bound(ratio: Any, beta: Any, nu: Any) -> Any:
    """c_1 q(1 − q), c_1 = (β/2)(β/h − 1 − ratio)."""
    return _R**2 * (1 - _R**2) * beta / 2 * (beta / (2 * nu + 2) - 1 - ratio)


def surface(ratio: Any, beta: Any, nu: Any) -> Any:
    """Sum of all coefficients, times f_ν(0): 0 by the choice of the mass ratio."""
    there, centre = sympy.exp(LogF(nu, beta)), sympy.exp(LogF(nu, 0))
    return ratio * centre + there - (1 + ratio) * sympy.exp(beta / 2) * centre


#: The potential of both shells is lowest on them.
SHELLS = ShellLemma(
    name="shells",
    statement=(
        r"\rho + Z(\beta r) - (1+\rho)e^{\beta r^2/2} \ge "
        r"\tfrac\beta2\big(\tfrac\beta h-1-\rho\big)\,r^2(1-r^2)"
    ),
    reason="its power series in r² changes sign once, and its sum at r = 1 is ≥ 0 [Watson1944]",
    expression=(
        _RATIO
        + sympy.exp(LogF(_NU, _R * _BETA) - LogF(_NU, 0))
        - (1 + _RATIO) * sympy.exp(_BETA * _R**2 / 2)
        - _bound(_RATIO, _BETA, _NU)
    ),
    premises=(
        _R,
        1 - _R,
        _BETA / (2 * _NU + 2) - 1 - _RATIO,
        surface(_RATIO, _BETA, _NU),
    ),
)
