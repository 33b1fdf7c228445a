"""Two rigid vMF cones at an angle: the full loss by quadrature, for arrays of parameters."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from theory import bessel
from theory.claims.base import Array

__all__ = ["Cone", "above", "cone", "convexity_bound", "slope"]

#: Nodes along and across the axis of a cone.
ALONG, ACROSS = 16, 4
#: Half-width of the window around the mode, in standard deviations.
WINDOW = 6.0


class Cone(NamedTuple):
    """x ~ vMF(c, κ) in the plane of c and a unit vector e ⊥ c.

    Attributes
    ----------
    along, across : ndarray, shape (..., nodes)
        x·c and x·e.
    weights : ndarray, shape (..., nodes)
        Of sum 1 along the last axis.
    """

    along: Array
    across: Array
    weights: Array

    def mean(self, values: Any) -> Array:
        """Mean over the cone of values at the nodes."""
        return np.asarray((self.weights * values).sum(axis=-1))


def cone(h: int, kappa: Array) -> Cone:
    """Nodes and weights for vMF(c, κ) on the sphere of R^h, h ≥ 3.

    The angle to c has density ∝ e^{κ cos ω} sin^{h−2} ω, integrated by Gauss-Legendre on a window
    around its mode; given it, x·e = sin ω · v with v ∝ (1 − v²)^{(h−4)/2}, by Gauss-Gegenbauer.
    """
    k = np.asarray(kappa, dtype=np.float64)[..., None]
    power = h - 2
    # mode: κ sin²ω = (h − 2) cos ω
    cosine = 2 * k / (power + np.sqrt(power**2 + 4 * k * k))
    mode = np.arccos(cosine)
    width = 1 / np.sqrt(k * cosine + power / np.sin(mode) ** 2)
    low, high = np.maximum(mode - WINDOW * width, 0), np.minimum(mode + WINDOW * width, np.pi)
    node, weight = np.polynomial.legendre.leggauss(ALONG)
    omega = (low + high) / 2 + (high - low) / 2 * node
    log_density = k * np.cos(omega) + power * np.log(np.sin(omega))
    density = weight * np.exp(log_density - log_density.max(axis=-1, keepdims=True))
    density /= density.sum(axis=-1, keepdims=True)
    side, share = _across(h)
    along = np.repeat(np.cos(omega), ACROSS, axis=-1)
    across = (np.sin(omega)[..., None] * side).reshape(along.shape)
    return Cone(along, across, (density[..., None] * share).reshape(along.shape))


def above(h: int, kappa: Array, beta: Array, theta: Array) -> Array:
    """Full loss of y = R_θ x above that at θ = 0, both directions."""
    at = cone(h, kappa)
    k, b, t = (np.asarray(a)[..., None] for a in (kappa, beta, theta))
    versine = 2 * np.sin(t / 2) ** 2
    turned = at.along - versine * at.along + np.sin(t) * at.across  # Rc·x
    here, there = (_resultant(k, b, inner) for inner in (turned, at.along))
    order = h / 2 - 1
    change = at.mean(bessel.log_f(order, here) - bessel.log_f(order, there))
    plane = at.mean(at.along**2 + at.across**2)
    return np.asarray(2 * beta * versine[..., 0] * plane + 2 * change)


def slope(h: int, kappa: Array, beta: Array, theta: Array) -> Array:
    """Derivative of the full loss in θ, both directions."""
    at = cone(h, kappa)
    k, b, t = (np.asarray(a)[..., None] for a in (kappa, beta, theta))
    turned = np.cos(t) * at.along + np.sin(t) * at.across
    m = _resultant(k, b, turned)
    pull = bessel.ratio(h / 2 - 1, m) / m * k * b
    turning = np.cos(t) * at.across - np.sin(t) * at.along
    plane = at.mean(at.along**2 + at.across**2)
    return np.asarray(2 * beta * np.sin(theta) * plane + 2 * at.mean(pull * turning))


def tangent_means(h: int, kappa: Array, beta: Array) -> dict[str, Array]:
    """E[x_c² + x_e²], E[B (x_c² + x_e²)] and E[B x_c], B = A_h(|a|)/|a|, a = κc + βx."""
    at = cone(h, kappa)
    k, b = (np.asarray(a)[..., None] for a in (kappa, beta))
    m = _resultant(k, b, at.along)
    over = bessel.ratio(h / 2 - 1, m) / m
    plane = at.along**2 + at.across**2
    means = {"plane": plane, "pull_plane": over * plane, "pull_along": over * at.along}
    return {name: at.mean(values) for name, values in means.items()}


def convexity_bound(plane: Any, pull_plane: Any, pull_along: Any, kappa: Any, beta: Any) -> Any:
    """D = E[(1 − βB)(x_c² + x_e²) − κB x_c] from `tangent_means`."""
    return plane - beta * pull_plane - kappa * pull_along


def _resultant(kappa: Array, beta: Array, inner: Array) -> Array:
    square = (kappa - beta) ** 2 + 2 * kappa * beta * (1 + inner)
    return np.asarray(np.sqrt(np.maximum(square, 1e-300)))


def _across(h: int) -> tuple[Array, Array]:
    """Nodes and weights of one coordinate of the uniform law on the sphere of R^{h−1}."""
    # its Jacobi matrix (Gegenbauer of parameter (h − 3)/2), by Golub and Welsch
    k = np.arange(1, ACROSS)
    dim = h - 1
    if dim == 2:
        off = np.where(k == 1, np.sqrt(0.5), 0.5)
    else:
        off = np.sqrt(k * (k + dim - 3) / ((2 * k + dim - 2) * (2 * k + dim - 4)))
    nodes, vectors = np.linalg.eigh(np.diag(off, 1) + np.diag(off, -1))
    return nodes, vectors[0] ** 2
