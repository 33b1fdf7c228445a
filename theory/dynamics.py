r"""Decay laws and transitions of the gap near the known optima.

All rates are of the flow :math:`\dot x_i=-N\nabla_{x_i}L` on the sphere, L the *sum* of both
directions (twice a registered loss), in the limit of many pairs. :math:`\nu=h/2-1`,
:math:`\beta=1/\tau`, :math:`A_h=I_{h/2}/I_{h/2-1}`. The results of this module are derived in
this project and checked against quadrature and simulation in its tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from theory.bessel import inverse_ratio, log_growth, ratio
from theory.errors import InputError
from theory.ranges import check_real, inverse_temperature, refuse

__all__ = ["collapse_temperature", "critical_beta", "gap_decay_rate", "stability_spectrum"]

Array = NDArray[np.float64]


def _dimension(h: float, least: int) -> int:
    if isinstance(h, bool) or float(h) != math.floor(h) or h < least:
        raise InputError(f"h is {h!r}; it must be a whole number, at least {least}.")
    return int(h)


def stability_spectrum(h: int, tau: Any, degrees: Iterable[int]) -> Array:
    r"""Decay rates of small gradient perturbations of the paired uniform law.

    A displacement of x and y along the gradients of spherical harmonics of degree l decays as
    :math:`e^{-\lambda t}`, with :math:`r_l=I_{\nu+l}(\beta)/I_\nu(\beta)`, :math:`m_l=l(l+h-2)`:

    .. math:: \lambda^-_l = 4\beta - m_l(2r_l + r_l^2), \qquad \lambda^+_l = m_l r_l(2 - r_l)

    when x and y move apart (−) or together (+). Divergence-free fields decay at 4β and 0.

    Parameters
    ----------
    h : int
        Dimension, at least 2.
    tau : array_like
        Temperature, positive.
    degrees : iterable of int
        Degrees l, at least 1.

    Returns
    -------
    ndarray, shape (..., len(degrees), 2)
        Antisymmetric and symmetric rates, positive where the perturbation decays; leading axes
        as `tau`.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> stability_spectrum(3, 0.2, [1, 2, 3]).round(4)
    array([[15.5193,  1.9201],
           [12.1386,  4.6173],
           [12.3347,  5.7817]])
    """
    dimension, beta = _dimension(h, 2), inverse_temperature(tau)
    chosen = list(degrees)
    for degree in chosen:
        if isinstance(degree, bool) or int(degree) != degree or degree < 1:
            raise InputError(f"degrees holds {degree!r}; a degree is a whole number, at least 1.")
    lth = np.array(chosen, dtype=int)
    steps = 0.5 * dimension - 1.0 + np.arange(max(chosen, default=0))
    r = np.cumprod(ratio(steps, beta[..., np.newaxis]), axis=-1)[..., lth - 1]
    eigenvalue = lth * (lth + dimension - 2.0)
    apart = 4.0 * beta[..., np.newaxis] - eigenvalue * r * (2.0 + r)
    return np.stack([apart, eigenvalue * r * (2.0 - r)], axis=-1)


def gap_decay_rate(h: int, tau: Any) -> Any:
    r"""Rate at which the gap between the centres closes near the unconstrained optimum.

    Parameters
    ----------
    h : int
        Dimension, at least 2.
    tau : array_like
        Temperature, positive.

    Returns
    -------
    float or ndarray
        :math:`\lambda=4\beta-(h-1)(2A_h(\beta)+A_h(\beta)^2)`, the antisymmetric rate of degree
        1 in `stability_spectrum`. At small τ it is not the slowest rate of all.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> round(gap_decay_rate(3, 0.2), 4)
    15.5193
    """
    rate = stability_spectrum(h, tau, [1])[..., 0, 0]
    return rate if rate.ndim else float(rate)


def collapse_temperature(h: int, phi: Any) -> Any:
    r"""Temperature above which pairs collapse into the common subspace of two hyperplanes.

    Under the hyperplane constraint at dihedral angle φ, the state with all pairs inside the
    intersection (dimension s = h − 2) is stable for the full loss iff
    :math:`A_s(1/\tau) < 1-\cos\varphi`.

    Parameters
    ----------
    h : int
        Dimension of the whole space, at least 3 (h = 3: the intersection is a line).
    phi : array_like
        Dihedral angle in radians, in (0, π/2).

    Returns
    -------
    float or ndarray
        The root :math:`\tau^*` of :math:`A_{h-2}(1/\tau)=1-\cos\varphi`.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> round(collapse_temperature(6, np.pi / 4), 4)
    0.8033
    """
    dimension = _dimension(h, 3)
    angle = check_real(phi, "phi")
    bad = ~((angle > 0.0) & (angle < 0.5 * math.pi))
    refuse(bad, angle, "phi", "the dihedral angle must lie strictly between 0 and pi/2 radians")
    versine = 2.0 * np.sin(0.5 * angle) ** 2  # 1 − cos φ
    result = 1.0 / inverse_ratio(0.5 * dimension - 2.0, versine)
    return result if np.ndim(result) else float(result)


def critical_beta(h: int) -> float:
    r"""Inverse temperature up to which the uniform optimum is proved for every N.

    Parameters
    ----------
    h : int
        Dimension, at least 2.

    Returns
    -------
    float
        :math:`\beta_c(h)`, the positive root of :math:`\log Z(\beta)=\beta/2`; for
        :math:`\beta\le\beta_c` no finite configuration is below `theory.limits.uniform_optimum`.

    Raises
    ------
    InputError
        If `h` is not a whole number, at least 2.

    Examples
    --------
    >>> round(critical_beta(3), 3)
    4.307
    """
    dimension = _dimension(h, 2)
    nu = 0.5 * dimension - 1.0

    def balance(beta: float) -> float:
        return float(log_growth(nu, beta)) / beta - 0.5

    # log Z(β)/β increases from 0 to 1, and log Z < β²/(2h) puts the root above h.
    low, high = float(dimension), 2.0 * dimension
    while balance(high) <= 0.0:
        high *= 2.0
    return float(brentq(balance, low, high, xtol=1e-14 * high, rtol=1e-14))
