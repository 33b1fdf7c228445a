"""Riemannian gradient steps: downhill along the slope, where parameters have one.

Every space retracts an ambient step onto itself (`Space.along`), so that differences along the
ambient coordinates give the gradient in the tangent space: rows stay unit, bases orthonormal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from theory.claims.domain import Domain, Points

__all__ = ["MAX_COORDINATES", "downhill", "gradient"]

Array = NDArray[np.float64]
#: Points with more ambient coordinates are left to random moves.
MAX_COORDINATES = 160
#: Step of the forward differences: the root of the rounding of one evaluation.
DIFFERENCE = 1e-7


def downhill(domain: Domain, points: Points, slopes: Points, length: Array) -> Points:
    """Move every point by `length` against its slopes."""
    shape = domain.shape_of(points)
    moved = dict(points)
    for name, slope in slopes.items():
        delta = -length.reshape(-1, *(1,) * (slope.ndim - 1)) * slope
        moved[name] = domain.spaces[name].along(points[name], delta, shape)
    return moved


def gradient(
    domain: Domain, points: Points, values: Array, function: Callable[[Points], Array]
) -> Points:
    """Unit gradients of a function at points, by forward differences.

    Parameters
    ----------
    domain : Domain
    points : dict of arrays
        One shape, batch axis first.
    values : (size,) array
        The function there.
    function : callable

    Returns
    -------
    dict of arrays
        Slopes of the parameters that can move, of joint length one (zero where all is flat);
        empty if there are too many coordinates.
    """
    shape, size = domain.shape_of(points), len(values)
    smooth = [n for n in points if n not in domain.shape_names and domain.spaces[n].smooth]
    widths = [int(np.prod(points[name].shape[1:], dtype=int)) for name in smooth]
    total = sum(widths)
    if not 0 < total <= MAX_COORDINATES:
        return {}
    raised = {name: np.repeat(value, total, axis=0) for name, value in points.items()}
    first = 0
    for name, width in zip(smooth, widths, strict=True):
        delta = np.zeros((size, total, width))
        delta[:, np.arange(first, first + width), np.arange(width)] = DIFFERENCE
        first += width
        ambient = delta.reshape(size * total, *points[name].shape[1:])
        raised[name] = domain.spaces[name].along(raised[name], ambient, shape)
    slopes = (function(raised).reshape(size, total) - values[:, None]) / DIFFERENCE
    length = np.linalg.norm(slopes, axis=1, keepdims=True)
    slopes = slopes / np.where(length > 0, length, 1.0)
    parts = np.split(slopes, np.cumsum(widths)[:-1], axis=1)
    return {
        name: part.reshape(points[name].shape) for name, part in zip(smooth, parts, strict=True)
    }
