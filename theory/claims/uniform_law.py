"""The paired uniform law by quadrature: its points, weights and gradient fields."""

from __future__ import annotations

import functools

import numpy as np
from scipy.special import eval_legendre

from theory.claims.base import Array
from theory.claims.variation import second_variation

__all__ = ["TAUS", "gradient_field", "points", "rate"]

#: Temperatures at which the quadrature is exact to 1e-9 (β ≤ 5).
TAUS = (0.5, 0.2, 0.3, 1.0, 2.0)


@functools.cache
def points(h: int) -> tuple[Array, Array]:
    """Points and weights that integrate low degrees on the circle and the sphere exactly.

    Equally spaced angles for h = 2; Gauss-Legendre times equally spaced for h = 3. Degrees
    that alias are those beyond 23 less the field's own, where e^{βx·y} has no weight for β ≤ 5.
    """
    if h == 2:
        angle = 2 * np.pi * np.arange(48) / 48
        return np.column_stack([np.cos(angle), np.sin(angle)]), np.full(48, 1 / 48)
    height, weight = np.polynomial.legendre.leggauss(14)
    angle = 2 * np.pi * np.arange(24) / 24
    radius = np.sqrt(1 - height**2)
    rows = np.stack(
        [
            np.repeat(height, 24),
            np.outer(radius, np.cos(angle)).ravel(),
            np.outer(radius, np.sin(angle)).ravel(),
        ],
        axis=-1,
    )
    return rows, np.repeat(weight / 2, 24) / 24


def gradient_field(h: int, degree: int) -> Array:
    """Gradient of the zonal harmonic of a degree about the first axis, at the points.

    By rotation invariance every harmonic of the degree has the rate of this one.
    """
    rows, _ = points(h)
    z = rows[:, 0]
    axis = np.eye(h)[0]
    if h == 2:
        angle = np.arctan2(rows[:, 1], z)
        return -degree * np.sin(degree * angle)[:, None] * np.stack([-rows[:, 1], z], axis=-1)
    before = eval_legendre(degree - 1, z)
    slope = degree * (before - z * eval_legendre(degree, z)) / (1 - z * z)
    return np.asarray(slope[:, None] * (axis - z[:, None] * rows))


@functools.cache
def rate(h: int, tau: float, degree: int, sign: int) -> float:
    """Decay rate of the displacement (v, sign·v), v the gradient field, under ẋ = −N∇L.

    The second variation of the loss over the mean square of the displacement.
    """
    rows, weights = points(h)
    v = gradient_field(h, degree)
    curvature = second_variation(rows, rows, v, sign * v, 1 / tau, weights)
    return float(curvature / (2 * (v * v).sum(axis=-1) @ weights))
