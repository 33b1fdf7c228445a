r"""The von Mises–Fisher law in one number each: concentration, normaliser, entropy.

The density of vMF(c, κ) on the unit sphere of :math:`\mathbb R^h`, with respect to its surface
measure, is :math:`C_h(\kappa)\,e^{\kappa c\cdot x}`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from theory.bessel._arguments import check_order
from theory.bessel.functions import (
    log_f,
    log_growth,
    ratio,
    ratio_complement,
    ratio_derivative,
)
from theory.ranges import check_least, check_real, refuse
from theory.validation import is_tensor

__all__ = ["inverse_ratio", "vmf_entropy", "vmf_log_normalizer"]

Array = NDArray[np.float64]

_STEPS = 60
"""Newton needs 3 to 6 steps from its starting bound; this only guards against a cycle."""


def inverse_ratio(nu: Any, r: Any) -> Any:
    r"""Solve :math:`I_{\nu+1}(\kappa)/I_\nu(\kappa) = r`: :math:`\hat\kappa` of a mean length.

    The residual is taken in 1 − r where that is the small one, so the result is as accurate as
    the number `r` itself allows, close to 1 as well. Starts at Amos's upper bound [Amos1974].

    Parameters
    ----------
    nu : array_like
        Order, at least −½; :math:`h/2-1` on the sphere of :math:`\mathbb R^h`.
    r : array_like or Tensor
        Mean length, in [0, 1).

    Returns
    -------
    float, ndarray or Tensor
        The concentration κ ≥ 0; a tensor is differentiable in `r` to any order.

    Raises
    ------
    InputError
        If `r` is negative or not below 1.

    Examples
    --------
    >>> round(float(inverse_ratio(255.0, ratio(255.0, 100.0))), 9)
    100.0
    """
    order = check_order(nu)
    length = check_real(r, "r")
    outside = (length < 0.0) | (length >= 1.0)
    refuse(outside, length, "r", "a mean length that a finite kappa explains lies in [0, 1)")
    if is_tensor(r):
        from theory.bessel import _torch

        return _torch.invert(order, r, _solve)
    kappa = _solve(order, length)
    return kappa if kappa.ndim else np.float64(kappa)


def _solve(nu: Array, r: Array) -> Array:
    shape = np.broadcast_shapes(nu.shape, r.shape)
    nu, r = (np.ravel(np.broadcast_to(x, shape)) for x in (nu, r))
    line = nu == -0.5
    rest = (1.0 - r) * (1.0 + r)
    half, gap = nu + 0.5, 2.0 * nu + 2.0
    kappa = r * (half + np.sqrt(half * half + rest * gap)) / rest
    kappa = np.where(line, np.arctanh(r), kappa)
    active = ~line & (r > 0.0)
    for _ in range(_STEPS):
        if not active.any():
            break
        order, target, now = nu[active], r[active], kappa[active]
        near = target > 0.5
        error = np.where(
            near, (1.0 - target) - ratio_complement(order, now), ratio(order, now) - target
        )
        change = error / ratio_derivative(order, now)
        new = np.maximum(now - change, 0.25 * now)
        kappa[active] = new
        active[active] = np.abs(new - now) > 4.0 * np.finfo(float).eps * now
    return kappa.reshape(shape)


def _like(constant: Any, value: Any) -> Any:
    return value.new_tensor(constant) if is_tensor(value) else constant


def vmf_log_normalizer(kappa: Any, h: Any) -> Any:
    r"""Logarithm of the vMF normaliser :math:`C_h(\kappa)`.

    Parameters
    ----------
    kappa : array_like or Tensor
        Concentration, at least 0.
    h : array_like
        Dimension of the ambient space, at least 1.

    Returns
    -------
    float, ndarray or Tensor
        :math:`-\tfrac h2\log2\pi-\log f_{h/2-1}(\kappa)`; minus the log surface area at κ = 0.

    Examples
    --------
    >>> round(float(vmf_log_normalizer(0.0, 3)), 6)  # −log 4π
    -2.531024
    """
    dimension = check_least(h, "h", 1.0)
    constant = 0.5 * dimension * math.log(2.0 * math.pi)
    value = log_f(0.5 * dimension - 1.0, kappa)
    return -value - _like(constant, value)


def vmf_entropy(kappa: Any, h: Any) -> Any:
    r"""Differential entropy of vMF(c, κ) with respect to the surface measure, in nats.

    Parameters
    ----------
    kappa : array_like or Tensor
        Concentration, at least 0.
    h : array_like
        Dimension of the ambient space, at least 1.

    Returns
    -------
    float, ndarray or Tensor
        :math:`-\log C_h(\kappa)-\kappa A_h(\kappa)`, evaluated without cancelling κ.

    Examples
    --------
    >>> round(float(vmf_entropy(0.0, 3)), 6)  # log 4π
    2.531024
    """
    dimension = check_least(h, "h", 1.0)
    nu = 0.5 * dimension - 1.0
    area = math.log(2.0) + 0.5 * dimension * math.log(math.pi) - gammaln(0.5 * dimension)
    lost = log_growth(nu, kappa, scaled=True)
    if not is_tensor(kappa):
        kappa = np.asarray(kappa)
    return lost + kappa * ratio_complement(nu, kappa) + _like(area, lost)
