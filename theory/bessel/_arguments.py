"""What every function of this package does with its arguments, once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from theory.bessel._kernel import evaluate
from theory.errors import InputError
from theory.ranges import check_least, check_real, refuse
from theory.validation import is_tensor

__all__ = ["apply", "check_argument", "check_order", "compute"]

Array = NDArray[np.float64]

# Up to this many distinct orders, each with this many points, are taken one order at a time:
# a scalar order has its polynomials cached and trimmed.
_GROUPS = 64
_POINTS_A_GROUP = 256


def check_order(nu: Any) -> Array:
    """Give ν as float64; refuse orders below −½ (NaN passes)."""
    if is_tensor(nu) and nu.requires_grad:
        raise InputError("nu requires a gradient, but only z can be differentiated; detach nu.")
    array = check_real(nu, "nu")
    bad = (array < -0.5) | np.isinf(array)
    refuse(bad, array, "nu", "the order must be finite and at least -1/2, that is h >= 1")
    return array


def check_argument(z: Any) -> Array:
    """Give z as float64; refuse negative and infinite values (NaN passes)."""
    return check_least(z, "z", 0.0)


def apply(name: str, nu: Any, z: Any) -> Any:
    """Evaluate the quantity `name` for NumPy or torch arguments, broadcast.

    Tensors are evaluated in float64 and returned in the dtype and on the device of `z`.
    """
    if is_tensor(nu) or is_tensor(z):
        from theory.bessel import _torch

        return _torch.apply(name, check_order(nu), z)
    result = compute(name, check_order(nu), check_argument(z))
    return result if result.ndim else np.float64(result)


def compute(name: str, nu: Array, z: Array) -> Array:
    """Evaluate `name` on checked arrays: a kernel quantity and what is left to add to it."""
    if name == "log_f":
        return _kernel("log", nu, z) - nu * math.log(2.0) - gammaln(nu + 1.0)
    if name == "log_iv_derivative":
        with np.errstate(divide="ignore", invalid="ignore"):
            return _kernel("ratio", nu, z) + np.where(nu == 0.0, 0.0, nu / z)
    return _kernel(name, nu, z)


def _kernel(name: str, nu: Array, z: Array) -> Array:
    shape = np.broadcast_shapes(nu.shape, z.shape)
    if nu.size == 1:
        return evaluate(float(nu.item()), z.ravel(), (name,))[name].reshape(shape)
    orders = np.unique(nu)
    points = math.prod(shape)
    nu, z = (np.ravel(np.broadcast_to(x, shape)) for x in (nu, z))
    if len(orders) > _GROUPS or len(orders) * _POINTS_A_GROUP > points:
        return evaluate(nu, z, (name,))[name].reshape(shape)
    result = np.empty(points)
    for order in orders:
        chosen = nu == order if order == order else np.isnan(nu)
        result[chosen] = evaluate(float(order), z[chosen], (name,))[name]
    return result.reshape(shape)
