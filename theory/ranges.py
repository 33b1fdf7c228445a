"""Ranges of numeric arguments that may be arrays: checked elementwise, NaN let through."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError, InputTypeError
from theory.validation import as_array, is_tensor

__all__ = ["check_least", "check_real", "inverse_temperature", "refuse"]

Array = NDArray[np.float64]


def check_real(value: Any, name: str) -> Array:
    """Give `value` as float64 (integers are converted).

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    """
    array = as_array(value)
    if array.dtype.kind not in "fiu":
        raise InputTypeError(f"{name} must hold real numbers, got dtype {array.dtype}.")
    return np.asarray(array, dtype=np.float64)


def refuse(bad: Any, array: Array, name: str, remedy: str) -> None:
    """Raise an `InputError` naming the first value of `array` that is `bad`, if any is."""
    if np.any(bad):
        first = np.ravel(array[bad])[0]
        raise InputError(f"{name} is {first:g}; {remedy}.")


def check_least(value: Any, name: str, least: float) -> Array:
    """Give `value` as float64; it must be finite and at least `least`."""
    array = check_real(value, name)
    if array.size and array.min() >= least and array.max() < np.inf:
        return array
    bad = (array < least) | np.isinf(array)
    refuse(bad, array, name, f"it must be finite and at least {least:g}")
    return array


def inverse_temperature(tau: Any) -> Any:
    """β = 1/τ, as an array or, for a tensor, a tensor; τ must be finite and positive."""
    array = check_real(tau, "tau")
    refuse((array <= 0.0) | np.isinf(array), array, "tau", "it must be finite and positive")
    return 1.0 / tau if is_tensor(tau) else np.asarray(1.0 / array)
