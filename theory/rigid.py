"""Rigid vMF clouds: the flow of the angle between them, exact for many particles."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad, solve_ivp
from scipy.special import roots_jacobi

from theory.bessel import ratio
from theory.errors import InputError
from theory.validation import check_integer, check_number

__all__ = ["angle_after", "closing_rate", "halving_time", "rigid_slope"]

NODES = 160
"""Of the quadrature along the axis: near the pole they are 1/NODES² apart, which resolves a
cloud of concentration κ as long as κ is far below NODES²."""

ACROSS = 48
"""Of the quadrature across it."""


def rigid_slope(theta: float, kappa: float, h: int, tau: float) -> float:
    r"""Slope ``F′(θ)`` of the full loss of ``x ~ vMF(c, κ)``, ``y = R_θ x``.

    ``F = −2β E[x·Rx] + E log(f_ν(M)/f_ν(κ)) · 2`` with R in the plane of the centres c, e and
    ``M² = κ² + β² + 2κβ(cos θ x_c + sin θ x_e)``, hence

    ``F′ = 2β sin θ E[x_c² + x_e²] + 2κβ E[A_h(M)/M (cos θ x_e − sin θ x_c)]``.

    Parameters
    ----------
    theta : float
        Angle between the centres in radians.
    kappa : float
        Concentration of both clouds, positive.
    h : int
        Dimension, at least 3.
    tau : float
        Temperature.

    Examples
    --------
    >>> limit = 2 * 2 * math.sin(1.0) * (1 + 2 * math.cos(1.0)) / 1000  # N.5: κ ≫ h, β
    >>> round(rigid_slope(1.0, 1000.0, 4, 0.5) / limit, 2)
    1.0
    """
    along, across, weight = _cloud(kappa, h)
    beta = 1 / tau
    cosine, sine = math.cos(theta), math.sin(theta)
    length = np.sqrt(kappa**2 + beta**2 + 2 * kappa * beta * (cosine * along + sine * across))
    pull = ratio(h / 2 - 1, length) / length
    turned = cosine * across - sine * along
    own = 2 * beta * sine * (weight * (along**2 + across**2)).sum()
    return float(own + 2 * kappa * beta * (weight * pull * turned).sum())


def closing_rate(kappa: float, h: int, tau: float) -> float:
    """Rate at which a small gap of rigid clouds closes, ``2 F″(0)``: both clouds turn.

    N.5's ``4β(1 + β)/κ`` for κ ≫ h, β; here for every κ.

    Examples
    --------
    >>> round(closing_rate(1000.0, 4, 0.5) / (4 * 2 * 3 / 1000), 2)
    0.99
    """
    step = SMALL_ANGLE
    return 2 * rigid_slope(step, kappa, h, tau) / step


def halving_time(start: float, kappa: float, h: int, tau: float) -> float:
    """Time in which two rigid clouds halve the angle between them, for many particles.

    ``θ̇ = −2 F′(θ)`` (`rigid_slope`), integrated from `start` to half of it; N.5's
    ``F′ → 2β sin θ (1 + β cos θ)/κ`` for κ ≫ h, β.

    Parameters
    ----------
    start : float
        Angle in radians, from which the gap must close.
    kappa : float
    h : int
    tau : float

    Examples
    --------
    >>> small = halving_time(1e-3, 1000.0, 4, 0.5)  # exponential there, at the rate 4β(1 + β)/κ
    >>> round(small * 4 * 2 * 3 / 1000 / math.log(2), 2)
    1.01
    """
    if not 0 < start < math.pi or rigid_slope(start, kappa, h, tau) <= 0:
        raise InputError(
            f"start is {math.degrees(start):g}°; clouds of κ = {kappa:g} are pushed apart there, "
            "give a smaller angle."
        )
    inverse, _ = quad(lambda a: 0.5 / rigid_slope(a, kappa, h, tau), start / 2, start, epsrel=1e-6)
    return float(inverse)


def angle_after(
    time: NDArray[np.float64], start: float, kappa: float, h: int, tau: float
) -> NDArray[np.float64]:
    """Angle between the clouds at the given times: ``θ̇ = −2 F′(θ)`` from `start`."""
    found = solve_ivp(
        lambda _, theta: [-2 * rigid_slope(float(theta[0]), kappa, h, tau)],
        (0.0, float(time[-1])),
        [start],
        t_eval=time,
        rtol=1e-7,
        atol=1e-9,
    )
    return np.asarray(found.y[0])


SMALL_ANGLE = 1e-3
"""Radians: F′ is odd, so that its chord has a relative error of about the square."""


@functools.lru_cache(maxsize=64)
def _cloud(
    kappa: float, h: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Nodes x_c, x_e and weights of vMF(c, κ): Gauss–Jacobi along and across the axis."""
    check_integer("h", h, 3)
    check_number("kappa", kappa, 0, open_low=True)
    if kappa > NODES**2 / 8:
        raise InputError(f"kappa is {kappa:g}; the quadrature resolves up to {NODES**2 / 8:g}.")
    order = (h - 3) / 2
    t, weight = roots_jacobi(NODES, order, order)
    s, share = roots_jacobi(ACROSS, order - 0.5, order - 0.5)
    weight = weight * np.exp(kappa * (t - 1))
    weight, share = weight / weight.sum(), share / share.sum()
    along = np.repeat(t, ACROSS)
    across = np.outer(np.sqrt(1 - t**2), s).ravel()
    return along, across, np.outer(weight, share).ravel()
