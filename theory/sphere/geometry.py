"""Geometry of the unit sphere, on the last axis of NumPy arrays and of torch tensors.

Points and tangent vectors have shape ``(..., h)``; leading axes broadcast.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError, InputTypeError
from theory.validation import as_array, check_views, is_tensor, row_chunks

__all__ = [
    "distance",
    "exponential_map",
    "mean_direction",
    "mean_row",
    "normalize",
    "project_tangent",
    "retract",
]

# A mean of n rounded unit rows is known to about this many units of the rows' rounding; a
# shorter one has no direction.
VANISHING_MEAN = 4.0

Array = Any  # NDArray[np.floating] or torch.Tensor; every function returns what it was given


def _namespace(x: Array) -> Any:
    return sys.modules["torch"] if is_tensor(x) else np


def _dot(x: Array, y: Array) -> Array:
    return (x * y).sum(-1)[..., None]


def normalize(x: Array) -> Array:
    """Scale rows to unit length: ``x / |x|``, without overflow or underflow.

    Parameters
    ----------
    x : ndarray or torch.Tensor, shape (..., h)

    Returns
    -------
    ndarray or torch.Tensor, shape (..., h)
        Same kind and dtype; tensors keep their graph.

    Raises
    ------
    TypeError
        If `x` does not hold floating-point numbers.
    InputError
        If a row is zero or not finite: it has no direction.

    Examples
    --------
    >>> normalize(np.array([3.0, 4.0]))
    array([0.6, 0.8])
    """
    xp = _namespace(x)
    if xp is np:
        x = np.asarray(x)
        if not np.issubdtype(x.dtype, np.floating):
            raise InputTypeError(f"x must hold floating-point numbers, not {x.dtype}.")
    if x.ndim == 0 or x.shape[-1] == 0:
        raise InputError(f"x has shape {tuple(x.shape)}; give rows of at least one entry.")
    tiny = xp.finfo(x.dtype).tiny
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        squared = _dot(x, x)
        if not bool(((squared > tiny / xp.finfo(x.dtype).eps) & (squared < xp.inf)).all()):
            x = _rescale(x, xp)
            squared = _dot(x, x)
        return x / xp.sqrt(squared)


def _rescale(x: Array, xp: Any) -> Array:
    """Divide each row by its largest entry, so that its squares neither over- nor underflow."""
    largest = xp.amax(xp.abs(x), -1)[..., None]
    bad = as_array(~((largest > 0) & (largest < xp.inf)))[..., 0]
    if bad.any():
        row = np.unravel_index(int(bad.argmax()), bad.shape)
        place = f"row {', '.join(map(str, row))} of x" if row else "x"
        raise InputError(f"{place} is zero or not finite and has no direction; remove it.")
    return x / largest


def project_tangent(x: Array, v: Array) -> Array:
    """Project `v` onto the tangent space at the unit vector `x`: ``v − (x·v) x``."""
    return v - _dot(x, v) * x


def exponential_map(x: Array, v: Array) -> Array:
    """Follow the geodesic from the unit vector `x` along the tangent vector `v` for ``|v|``.

    ``exp_x(v) = cos|v| x + sin|v| v/|v|``, smooth at ``v = 0``.

    Examples
    --------
    >>> exponential_map(np.array([1.0, 0.0]), np.array([0.0, np.pi / 2])).round(12)
    array([0., 1.])
    """
    xp = _namespace(x)
    length = xp.sqrt(_dot(v, v))
    return xp.cos(length) * x + xp.sinc(length / np.pi) * v


def retract(x: Array, v: Array) -> Array:
    """Step from the unit vector `x` along the tangent vector `v` and renormalise.

    ``(x + v)/|x + v|`` agrees with `exponential_map` to second order in ``|v|`` and costs less.
    """
    return normalize(x + v)


def distance(x: Array, y: Array) -> Array:
    """Geodesic distance (the angle, in radians) between unit vectors.

    ``2 atan2(|x − y|, |x + y|)``, accurate at every angle; ``arccos(x·y)`` loses half the
    digits near 0 and π.

    Parameters
    ----------
    x, y : ndarray or torch.Tensor, shape (..., h)

    Returns
    -------
    ndarray or torch.Tensor, shape (...)

    Examples
    --------
    >>> float(distance(np.array([1.0, 0.0]), np.array([1.0, 1e-9])))
    1e-09
    """
    xp = _namespace(x)
    apart, along = x - y, x + y
    return 2 * xp.arctan2(xp.sqrt((apart * apart).sum(-1)), xp.sqrt((along * along).sum(-1)))


def mean_direction(x: Any) -> tuple[NDArray[np.float64], float]:
    """Direction and length of the mean row.

    Parameters
    ----------
    x : array_like or torch.Tensor, shape (n, h)
        Unit rows.

    Returns
    -------
    direction : ndarray, shape (h,)
        The normalised mean in float64; NaN where the mean vanishes to within the rounding of
        the rows, since it has no direction there.
    length : float
        ``|mean x|``, between 0 (spread) and 1 (one point).

    Raises
    ------
    TypeError, InputError
        As `theory.validation.check_views`.

    Examples
    --------
    >>> direction, length = mean_direction(np.array([[1.0, 0.0], [0.6, 0.8]]))
    >>> direction.round(4), round(length, 4)
    (array([0.8944, 0.4472]), 0.8944)
    """
    (rows,) = check_views(x, names=["x"])
    mean = mean_row(rows)
    length = float(np.sqrt(mean @ mean))
    if length <= VANISHING_MEAN * np.finfo(rows.dtype).eps:
        return np.full(mean.shape, np.nan), length
    return mean / length, length


def mean_row(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Mean of the rows of a checked ``(n, h)`` array, accumulated in float64, shape (h,)."""
    total = np.zeros(rows.shape[1])
    for chunk in row_chunks(rows):
        total += chunk.sum(axis=0, dtype=np.float64)
    return total / len(rows)
