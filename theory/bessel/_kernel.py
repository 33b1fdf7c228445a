r"""Elementwise evaluation in float64 of everything the public functions are made of.

One pass gives, for :math:`F = {}_0F_1(;\nu+1;z^2/4) = f_\nu(z)/f_\nu(0)`,

=========== ============================================================== ============
name        quantity                                                       at z = 0
=========== ============================================================== ============
log         :math:`\log F`                                                 0
log_iv      :math:`\log I_\nu = \log F+\nu\log\frac z2-\log\Gamma(\nu+1)`  −inf, 0, inf
scaled      :math:`\log F - z`                                             0
rho         :math:`\rho=\frac{2(\nu+1)}{z}\frac{I_{\nu+1}}{I_\nu}\in(0,1]` 1
ratio       :math:`I_{\nu+1}/I_\nu`                                        0
complement  :math:`1 - I_{\nu+1}/I_\nu`                                    1
derivative  :math:`(I_{\nu+1}/I_\nu)'`                                     1/(2(ν+1))
=========== ============================================================== ============

All but log_iv are finite and smooth at 0 and keep their *relative* accuracy there and for large
z (complement and derivative: unless −½ < ν < 0). Regimes:

* ν = −½: :math:`F=\cosh z`, the ratio is :math:`\tanh z`;
* ν ≥ `LARGE`: the uniform expansion;
* smaller ν, z ≤ `near`: the power series of :math:`\log F`;
* ν = ½ beyond: :math:`F=\sinh z/z`, the ratio is :math:`\coth z-1/z`;
* smaller ν, z ≥ `FAR`: the uniform expansion, in 1/s;
* otherwise: the uniform expansion at order ν + m ≥ `LARGE`, then m steps down of
  :math:`1/\rho_\nu = 1 + x_\nu`, :math:`x_\nu = \frac{z^2\rho_{\nu+1}}{4(\nu+1)(\nu+2)}`,
  which contracts errors, and :math:`F_\nu = F_{\nu+1}(1+x_\nu)`, in which nothing cancels.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from theory.bessel._debye import FAR, LARGE, Coefficients, Series, far_series, uniform_series
from theory.bessel._taylor import near, taylor

__all__ = ["CHUNK", "evaluate"]

CHUNK = 16384
"""Points a pass works on: its dozen temporaries stay in the second-level cache."""

SMALL_CHUNK = 65536
"""The same at small orders, where every regime takes a share of the points only."""

Array = NDArray[np.float64]
Values = dict[str, Array]
_LOGS = frozenset({"log", "log_iv", "scaled"})
_RATIOS = frozenset({"rho", "ratio", "complement"})

Regime = Callable[[float | Array, Array, tuple[str, ...]], Values]


def evaluate(nu: float | Array, z: Array, wanted: tuple[str, ...]) -> Values:
    """Evaluate the `wanted` quantities at every point.

    Parameters
    ----------
    nu : float or ndarray, shape (n,)
        Orders ≥ −½, one for all points or one each.
    z : ndarray, shape (n,)
        Arguments ≥ 0; NaN gives NaN.
    wanted : tuple of str
        Names from the table above.

    Returns
    -------
    dict of str to ndarray, shape (n,)
    """
    out = {name: np.empty(z.shape) for name in wanted}
    size = SMALL_CHUNK if np.min(nu, initial=LARGE) < LARGE else CHUNK
    for start in range(0, z.size, size):
        part = slice(start, start + size)
        _chunk(nu[part] if isinstance(nu, np.ndarray) else nu, z[part], part, out)
    return out


def _chunk(nu: float | Array, z: Array, part: slice, out: Values) -> None:
    """Send the points of one chunk to their regimes."""
    wanted = tuple(out)
    for regime, chosen in _regimes(nu, z):
        if chosen is None:
            for name, values in regime(nu, z, wanted).items():
                out[name][part] = values
            return
        rows = np.flatnonzero(chosen)  # several times as fast as the mask itself
        if len(rows):
            order = nu[rows] if isinstance(nu, np.ndarray) else nu
            for name, values in regime(order, z[rows], wanted).items():
                out[name][part][rows] = values


def _regimes(nu: float | Array, z: Array) -> list[tuple[Regime, NDArray[np.bool_] | None]]:
    """Regimes with the points where each holds; None for all."""
    if isinstance(nu, np.ndarray):
        line, half, small = nu == -0.5, nu == 0.5, nu < LARGE  # a NaN propagates beyond
        close, far = z <= near(nu), z >= FAR
        rest = small & ~line & ~close
        return [
            (_line, line),
            (_uniform, ~small),
            (_near, small & ~line & close),
            (_half, rest & half),
            (_far, rest & ~half & far),
            (_stepped, rest & ~half & ~far),
        ]
    if nu == -0.5:
        return [(_line, None)]
    if not nu < LARGE:
        return [(_uniform, None)]
    close, far = z <= near(nu), z >= FAR
    if nu == 0.5:
        return [(_near, close), (_half, ~close)]
    return [(_near, close), (_far, far), (_stepped, ~(close | far))]


def _power(nu: float | Array, z: Array) -> Array:
    """ν log(z/2) − log Γ(ν+1), which is 0 for ν = 0 whatever z."""
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.log(0.5 * z) * nu
    power -= gammaln(nu + 1.0)
    return np.where(np.asarray(nu) == 0.0, 0.0, power)


def _log_iv(nu: float | Array, z: Array, s: Array, series: Series) -> Array:
    """The expansion of log I itself: one logarithm fewer than by way of log F."""
    result = _horner(series.whole, series.scale / s)
    result -= 0.5 * math.log(2.0 * math.pi)
    half = np.log(s)
    half *= 0.5
    result -= half
    with np.errstate(divide="ignore"):
        power = np.log(z / (s + nu))
    power *= nu
    result += power
    result += s
    return result


def _horner(coefficients: Coefficients, variable: Array) -> Array:
    if len(coefficients) == 1:
        return np.zeros_like(variable) + coefficients[0]
    result = variable * coefficients[-1]
    for c in coefficients[-2:0:-1]:
        result += c
        result *= variable
    result += coefficients[0]
    return result


def _root(nu: float | Array, z: Array) -> Array:
    """√(ν² + z²), without overflow."""
    if z.size and np.nanmax(z, initial=0.0) > 1e150:
        return np.hypot(nu, z)
    return np.sqrt(z * z + nu * nu)


def _slopes(
    nu: float | Array, z: Array, s: Array, series: Series, wanted: tuple[str, ...]
) -> Values:
    """Those of rho, complement and derivative that are wanted, from the expansion."""
    out: Values = {}
    if not {"rho", "ratio", "complement", "derivative"}.intersection(wanted):
        return out
    inverse = 1.0 / s
    variable = series.scale * inverse
    slope = _horner(series.slope, variable)
    slope *= inverse
    total = s + nu
    if "rho" in wanted or "ratio" in wanted:
        share = 1.0 / total
        share -= slope * inverse
        if "ratio" in wanted:
            out["ratio"] = share * z
        if "rho" in wanted:
            out["rho"] = share * (2.0 * (nu + 1.0))
    if "complement" in wanted:
        out["complement"] = (nu + nu * (nu / (s + z))) / total + z * inverse * slope
    if "derivative" in wanted:
        sine = z * inverse
        second = _horner(series.curvature, variable) * (sine * sine * inverse) - slope
        out["derivative"] = (nu / total + second) * inverse
    return out


def _line(nu: float | Array, z: Array, wanted: tuple[str, ...]) -> Values:
    """Regime ν = −½."""
    twice = np.exp(-2.0 * z)
    small = z < 1.0
    log = np.log1p(2.0 * np.sinh(0.5 * np.where(small, z, 0.0)) ** 2)
    log = np.where(small, log, z + (np.log1p(twice) - math.log(2.0)))
    complement = 2.0 * twice / (1.0 + twice)
    out = {
        "log": log,
        "log_iv": log + _power(nu, z),
        "scaled": np.log1p(0.5 * np.expm1(-2.0 * z)),
        "rho": np.where(z == 0.0, 1.0, np.tanh(z) / np.where(z == 0.0, 1.0, z)),
        "ratio": np.tanh(z),
        "complement": complement,
        "derivative": complement * (2.0 / (1.0 + twice)),
    }
    return {name: out[name] for name in wanted}


def _uniform(nu: float | Array, z: Array, wanted: tuple[str, ...]) -> Values:
    """Regime ν ≥ LARGE."""
    series = uniform_series(nu)
    s = _root(nu, z)
    out = _slopes(nu, z, s, series, wanted)
    if "log_iv" in wanted:
        out["log_iv"] = _log_iv(nu, z, s, series)
    if "log" in wanted or "scaled" in wanted:
        excess = z * (z / (s + nu))  # s − ν
        twice = excess / nu
        rest = _horner(series.quotient, nu / s)
        rest *= excess
        rest /= s
        rest += np.log1p(0.5 * twice) * nu
        rest += 0.5 * np.log1p(twice)
        if "log" in wanted:
            out["log"] = excess - rest
        if "scaled" in wanted:
            out["scaled"] = -nu * ((excess + z) / (s + z)) - rest
    return out


def _far(nu: float | Array, z: Array, wanted: tuple[str, ...]) -> Values:
    """Regime ν < LARGE, z ≥ FAR."""
    series = far_series(nu)
    s = _root(nu, z)
    out = _slopes(nu, z, s, series, wanted)
    if "log_iv" in wanted:
        out["log_iv"] = _log_iv(nu, z, s, series)
    if "log" in wanted or "scaled" in wanted:
        rest = _horner(series.whole, 1.0 / s)
        rest -= nu * np.log(0.5 * (nu + s))
        rest -= 0.5 * np.log(s)
        rest += gammaln(nu + 1.0) - 0.5 * math.log(2.0 * math.pi)
        if "log" in wanted:
            out["log"] = s + rest
        if "scaled" in wanted:
            out["scaled"] = nu * (nu / (s + z)) + rest
    return out


def _half(nu: float | Array, z: Array, wanted: tuple[str, ...]) -> Values:
    """Regime ν = ½, z > `near`: on the sphere in three dimensions all is elementary."""
    decay = np.exp(np.maximum(-2.0 * z, -80.0))  # below, exp is slow, and it shows nowhere
    inverse = 1.0 / z
    miss = decay / (0.5 * (1.0 - decay))  # coth z − 1
    out: Values = {}
    if not _LOGS.isdisjoint(wanted):
        rest, log = np.log1p(-decay), np.log(2.0 * z)
        out["scaled"] = rest - log
        out["log"] = z + out["scaled"]
        out["log_iv"] = z + (rest - 0.5 * (log + math.log(math.pi)))
    if not _RATIOS.isdisjoint(wanted):
        out["complement"] = inverse - miss
        out["ratio"] = 1.0 - out["complement"]
        out["rho"] = out["ratio"] * 3.0 * inverse
    if "derivative" in wanted:
        out["derivative"] = inverse * inverse - miss * (2.0 + miss)
    return {name: out[name] for name in wanted}


def _near(nu: float | Array, z: Array, wanted: tuple[str, ...]) -> Values:
    """Regime ν < LARGE, z ≤ `near`."""
    series, square = taylor(nu), 0.25 * z * z
    found: Values = {}
    if not _LOGS.isdisjoint(wanted):
        found["log"] = _horner(series.log, square)
        found["log"] *= square
    if not _RATIOS.isdisjoint(wanted):
        found["rho"] = _horner(series.rho, square)
    if "derivative" in wanted:
        found["derivative"] = _horner(series.derivative, square)
    return _from_growth(nu, z, found, wanted)


def _stepped(nu: float | Array, z: Array, wanted: tuple[str, ...]) -> Values:
    """Regime ν < LARGE, `near` < z < FAR: from order ν + m down to ν."""
    steps = math.ceil(LARGE - float(np.min(nu)))
    logs, slope = not _LOGS.isdisjoint(wanted), "derivative" in wanted
    start = ("rho", *(["log"] if logs else []), *(["derivative"] if slope else []))
    values = _uniform(nu + steps, z, start)
    quarter = 0.25 * z * z
    rho = values["rho"] * quarter  # ρ z²/4, from one order to the next
    growth, derivative = np.zeros_like(z), values.get("derivative")  # Π(1 + x) − 1
    scratch = np.empty_like(z)
    for order in (nu + k for k in range(steps - 1, -1, -1)):
        rho *= 1.0 / ((order + 1.0) * (order + 2.0))  # now x
        if logs:
            np.add(growth, 1.0, out=scratch)
            scratch *= rho
            growth += scratch
        rho += 1.0
        if derivative is not None:
            bracket = 1.0 - derivative * quarter * (2.0 / (order + 1.0))
            derivative = bracket * (0.5 / (order + 1.0)) / (rho * rho)
        np.divide(quarter, rho, out=rho)
    found = {"rho": rho / quarter}
    if logs:
        found["log"] = values["log"] + np.log1p(growth)
    if derivative is not None:
        found["derivative"] = derivative
    return _from_growth(nu, z, found, wanted)


def _from_growth(nu: float | Array, z: Array, found: Values, wanted: tuple[str, ...]) -> Values:
    """What is wanted, from those of log F, ρ and the derivative that it needs."""
    out: Values = {}
    for name in wanted:
        match name:
            case "log_iv":
                out[name] = found["log"] + _power(nu, z)
            case "scaled":
                out[name] = found["log"] - z
            case "ratio":
                out[name] = found["rho"] * (z * (0.5 / (nu + 1.0)))
            case "complement":
                out[name] = 1.0 - found["rho"] * (z * (0.5 / (nu + 1.0)))
            case _:
                out[name] = found[name]
    return out
