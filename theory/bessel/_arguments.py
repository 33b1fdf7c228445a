"""What every function of this package does with its arguments, once."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from theory.bessel import _autograd
from theory.bessel._kernel import evaluate
from theory.errors import InputError

__all__ = ["apply", "as_floating", "check_argument", "check_order", "is_tensor"]

Array = NDArray[np.float64]

_GROUPS = 64
_POINTS_A_GROUP = 256


def is_tensor(*values: Any) -> bool:
    """Whether any value is a torch tensor."""
    return any(isinstance(value, torch.Tensor) for value in values)


def as_float64(value: Any, name: str) -> Array:
    """Convert to a float64 array, or say which argument cannot be."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}.")
    return array.astype(np.float64, copy=False)


def as_floating(value: Any) -> torch.Tensor:
    """Convert z to a floating-point tensor; a tensor of one stays itself."""
    if not isinstance(value, torch.Tensor):
        return torch.as_tensor(as_float64(value, "z"))
    if value.is_floating_point():
        return value
    as_float64(value, "z")
    return value.to(torch.get_default_dtype())


def _refuse(bad: NDArray[np.bool_], values: Array, name: str, remedy: str) -> None:
    if bad.any():
        value = float(values[bad].flat[0])
        raise InputError(f"{name} is {value:g}; {remedy}.")


def check_order(nu: Any) -> Array:
    """Return ν as float64; refuse orders below −½ (NaN passes)."""
    if isinstance(nu, torch.Tensor) and nu.requires_grad:
        raise InputError("nu requires a gradient; only z can be differentiated, detach nu.")
    array = as_float64(nu, "nu")
    _refuse(array < -0.5, array, "nu", "the order must be at least -1/2 (h = 1)")
    _refuse(np.isinf(array), array, "nu", "the order must be finite")
    return array


def check_argument(z: Any) -> Array:
    """Return z as float64; refuse negative and infinite values (NaN passes)."""
    array = as_float64(z, "z")
    _refuse(array < 0.0, array, "z", "the argument must be at least 0")
    _refuse(np.isinf(array), array, "z", "the argument must be finite")
    return array


def _evaluate_all(name: str, nu: Array, z: Array) -> Array:
    """One quantity over broadcast arguments; few orders are taken one at a time."""
    wanted = "rho" if name == "ratio" else name
    if nu.size == 1:
        flat = evaluate(float(nu.item()), z.ravel(), (wanted,))[wanted]
        shape = np.broadcast_shapes(nu.shape, z.shape)
        result = flat.reshape(shape)
    else:
        orders = np.unique(nu)
        nu, z = np.broadcast_arrays(nu, z)
        result = np.empty(z.shape)
        if len(orders) <= _GROUPS and len(orders) * _POINTS_A_GROUP <= z.size:
            for order in orders:
                chosen = nu == order if order == order else np.isnan(nu)
                result[chosen] = evaluate(float(order), z[chosen], (wanted,))[wanted]
        else:
            flat = evaluate(np.ascontiguousarray(nu.ravel()), z.ravel(), (wanted,))[wanted]
            result = flat.reshape(z.shape)
    if name == "ratio":
        result *= z
        result /= 2.0 * (nu + 1.0)
    return result


def apply(name: str, nu: Any, z: Any) -> Any:
    """Evaluate the kernel quantity `name` for NumPy or torch arguments.

    Torch tensors are evaluated in float64 and returned in the dtype and on the device of `z`.
    """
    order = check_order(nu)
    if not is_tensor(nu, z):
        result = _evaluate_all(name, order, check_argument(z))
        return result if result.ndim else np.float64(result)
    return _autograd.elementwise(name, order, as_floating(z), _from_torch)


def _from_torch(name: str, nu: Array, z: torch.Tensor) -> torch.Tensor:
    values = _evaluate_all(name, nu, check_argument(z))
    return torch.as_tensor(values, dtype=z.dtype).to(z.device)
