"""The functions of the theory for arrays and, with the same call, for balls and symbols.

A margin written with these (and NumPy's own functions, which work on balls) gets a rigorous
certificate as well as floating-point evidence, and may be the first line of a symbolic proof.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from flint import arb, ctx

from theory import bessel
from theory.claims.dual import Dual
from theory.claims.jet import ORDER, Jet
from theory.claims.proof import LogF, Ratio
from theory.claims.resting import uses

__all__ = [
    "acos",
    "cos",
    "log_f",
    "log_f_difference",
    "log_iv",
    "ratio",
    "ratio_over",
    "sqrt",
    "unit_part",
]


def log_iv(nu: Any, z: Any) -> Any:
    """Return log I_ν(z), z > 0 for balls."""
    if _has_duals(z) or _has_jets(z):
        return log_f(nu, z) + z.log() * arb(nu)
    if not _has_balls(nu, z):
        return bessel.log_iv(nu, z)
    return log_f(nu, z) + arb(nu) * arb(z).log()


def log_f(nu: Any, z: Any) -> Any:
    """Return log f_ν(z) with f_ν(z) = I_ν(z)/z^ν, smooth at z = 0.

    As balls: f_ν(z) = 2^(−ν) ₀F₁(; ν+1; z²/4)/Γ(ν+1), whose logarithm increases in z ≥ 0, so the
    two end points enclose it over an interval.
    """
    if _has_symbols(nu, z):
        return LogF(nu, z)
    if _has_duals(z):
        return z.chain(log_f(nu, z.value), ratio(nu, z.value))
    if _has_jets(z):
        return z.integrate(ratio(nu, z), log_f(nu, z.value))
    if not _has_balls(nu, z):
        return bessel.log_f(nu, z)
    order = arb(nu)
    low, high = _ends(z)
    body = _log_0f1(order, low).union(_log_0f1(order, high))
    return body - order * arb(2).log() - (order + 1).lgamma()


def log_f_difference(nu: Any, a: Any, b: Any) -> Any:
    """Return log f_ν(a) − log f_ν(b).

    As balls also enclosed by the mean value theorem, (log f)′ = A: of use where a and b are close.
    """
    if _has_symbols(nu, a, b):
        return LogF(nu, a) - LogF(nu, b)
    if not (_has_balls(nu, a, b) or _has_duals(a, b) or _has_jets(a, b)):
        at = log_f(nu, np.stack(np.broadcast_arrays(a, b)))
        return at[0] - at[1]
    moving = _has_duals(a, b) or _has_jets(a, b)
    # A float's rounding is not enclosed.
    a, b = (z if _has_duals(z) or _has_jets(z) else arb(z) for z in (a, b))
    difference = log_f(nu, a) - log_f(nu, b)
    if moving:
        return difference
    uses("B.2")
    return difference.intersection((a - b) * ratio(nu, a.union(b)))


def ratio(nu: Any, z: Any) -> Any:
    """Return A = I_{ν+1}(z)/I_ν(z), increasing in z ≥ 0, in [0, 1)."""
    if _has_symbols(nu, z):
        return Ratio(nu, z)
    if _has_duals(z):
        value = ratio(nu, z.value)
        return z.chain(value, _ratio_slope(arb(nu), z.value, value))
    if _has_jets(z):
        return _ratio_jet(arb(nu), z)
    if not _has_balls(nu, z):
        return bessel.ratio(nu, z)
    order = arb(nu)
    low, high = _ends(z)
    uses("B.2")
    return _ratio_at(order, low).union(_ratio_at(order, high))


def ratio_over(nu: Any, z: Any) -> Any:
    """Return A(z)/z, decreasing in z ≥ 0 from 1/(2(ν+1)), smooth at 0."""
    if _has_symbols(nu, z):
        return Ratio(nu, z) / z
    if _has_duals(z):
        value, at = ratio_over(nu, z.value), ratio(nu, z.value)
        # (A/z)′ = (1 − A² − 2(ν+1) A/z)/z ≤ 0
        falls = (1 - at * at - 2 * (arb(nu) + 1) * value) / z.value
        return z.chain(value, -((-falls).nonnegative_part() if falls.is_finite() else -falls))
    if _has_jets(z):
        return _ratio_jet(arb(nu), z) / z
    if not _has_balls(nu, z):
        return np.where(z > 0, bessel.ratio(nu, z) / np.where(z > 0, z, 1), 0.5 / (nu + 1))
    low, high = _ends(z)
    uses("B.3|lower")
    return _ratio_over_z(arb(nu), low).union(_ratio_over_z(arb(nu), high))


def cos(x: Any) -> Any:
    """Cosine."""
    if _has_symbols(x):
        return sympy.cos(x)
    return x.cos() if isinstance(x, (arb, Dual, Jet)) else np.cos(x)


def _ratio_slope(order: arb, z: arb, value: arb) -> arb:
    """A′ = 1 − A² − (2ν+1) A/z, in [0, 1/(2(ν+1))]; A/z decreases, so its end points enclose it.

    A/z decreases because its slope is A (A_{h+2} − A_h)/z, and 0 ≤ A′ ≤ A/z.
    """
    uses("B.2", "B.3|lower")
    low, high = _ends(z)
    over_z = _ratio_over_z(order, low).union(_ratio_over_z(order, high))
    slope = 1 - value * value - (2 * order + 1) * over_z
    return slope.intersection(arb(0).union(1 / (2 * (order + 1))))


def _ratio_jet(order: arb, z: Jet) -> Jet:
    """A along a line, enclosed twice.

    The series of ₀F₁, whose derivatives are ₀F₁ of higher order, is sharp where z is small, and
    that of the differential equation, coefficient after coefficient, where z is large.
    """
    quarter = z * z / 4
    above = z * _hypergeometric(order + 2, quarter)
    return (above / (2 * (order + 1) * _hypergeometric(order + 1, quarter))).intersect(
        _ratio_equation(order, z)
    )


def _ratio_equation(order: arb, z: Jet) -> Jet:
    """A along a line by A′ = 1 − A² − (2ν+1) A/z."""
    inverse, speed = (1 / z).coefficients(), [k * c for k, c in enumerate(z.coefficients())][1:]
    known = [ratio(order, z.value)]
    rates = [_ratio_slope(order, z.value, known[0])]
    for k in range(ORDER):
        if k:
            square = sum((known[j] * known[k - j] for j in range(k + 1)), arb(0))
            over_z = sum((known[j] * inverse[k - j] for j in range(k + 1)), arb(0))
            rates.append(-square - (2 * order + 1) * over_z)
        moved = sum((speed[j] * rates[k - j] for j in range(k + 1)), arb(0))
        known.append(moved / (k + 1))
    return Jet.of(known)


def _hypergeometric(b: arb, q: Jet) -> Jet:
    """Φ_b = ₀F₁(; b; q) along a line: Φ_b′ = Φ_{b+1}/b, and every Φ increases in q ≥ 0."""
    low, high = _ends(q.value)
    derivatives = [x.union(y) for x, y in zip(_tower(b, low), _tower(b, high), strict=True)]
    moved = q.at_start(arb(0))
    scale, slopes = arb(1), []
    for k, derivative in enumerate(derivatives):
        slopes.append(derivative / scale)
        scale *= (b + k) * (k + 1)
    total = moved * 0 + slopes[-1]
    for slope in slopes[-2::-1]:
        total = total * moved + slope
    return total


def _tower(b: arb, q: arb) -> list[arb]:
    """Φ_b, …, Φ_{b+ORDER} at a point q ≥ 0, downwards by Φ_b = Φ_{b+1} + q Φ_{b+2}/(b(b+1))."""
    tower = [
        _sharp(lambda: q.hypgeom_0f1(b + ORDER)),
        _sharp(lambda: q.hypgeom_0f1(b + ORDER - 1)),
    ]
    for k in range(ORDER - 2, -1, -1):
        tower.append(tower[-1] + q * tower[-2] / ((b + k) * (b + k + 1)))
    return tower[::-1]


def acos(x: Any) -> Any:
    """Arc cosine."""
    if _has_symbols(x):
        return sympy.acos(x)
    return x.acos() if isinstance(x, (arb, Dual, Jet)) else np.arccos(x)


def unit_part(x: Any) -> Any:
    """A quantity that lies in [0, 1] by its meaning; what balls or rounding add is cut off."""
    if _has_duals(x):
        return Dual(unit_part(x.value), x.gradient)
    if _has_jets(x):
        return x.at_start(unit_part(x.value))
    if _has_symbols(x):
        return x
    if not isinstance(x, arb):
        return np.clip(x, 0.0, 1.0)
    unit = arb(0).union(1)
    return unit.intersection(x) if x.is_finite() else unit


def sqrt(x: Any) -> Any:
    """Square root of a quantity that is ≥ 0 by its meaning; rounding below 0 is cut off."""
    if _has_duals(x):
        value = sqrt(x.value)
        return x.chain(value, 1 / (2 * value))
    if _has_jets(x):
        return x.at_start(x.value.nonnegative_part()).sqrt()
    if isinstance(x, arb):
        return x.nonnegative_part().sqrt()
    if _has_symbols(x):
        return sympy.sqrt(x)
    return np.sqrt(np.maximum(x, 0.0))


def _has_balls(*values: Any) -> bool:
    return any(isinstance(v, arb) for v in values)


def _has_duals(*values: Any) -> bool:
    return any(isinstance(v, Dual) for v in values)


def _has_jets(*values: Any) -> bool:
    return any(isinstance(v, Jet) for v in values)


def _has_symbols(*values: Any) -> bool:
    return any(isinstance(v, sympy.Basic) for v in values)


def _ends(z: Any) -> tuple[arb, arb]:
    """End points of a ball of values ≥ 0, as exact balls."""
    ball = arb(z).nonnegative_part()
    return arb(ball.lower()).nonnegative_part(), arb(ball.upper())


def _log_0f1(order: arb, z: arb) -> arb:
    return _sharp(lambda: (z * z / 4).hypgeom_0f1(order + 1).log())


def _ratio_at(order: arb, z: arb) -> arb:
    return z * _ratio_over_z(order, z)


def _ratio_over_z(order: arb, z: arb) -> arb:
    """A(z)/z, smooth at 0; z a point."""

    def quotient() -> arb:
        quarter = z * z / 4
        return quarter.hypgeom_0f1(order + 2) / quarter.hypgeom_0f1(order + 1) / (2 * (order + 1))

    return _sharp(quotient)


def _sharp(compute: Callable[[], arb]) -> arb:
    """Recompute with more bits while the ball says nothing: large orders cancel many."""
    kept = ctx.prec
    try:
        for doubling in range(6):
            ctx.prec = kept << doubling
            ball = compute()
            if ball.is_finite() and ball.rel_accuracy_bits() > min(kept, 53) - 10:
                break
        return ball
    finally:
        ctx.prec = kept
