"""Orthonormal bases of subspaces of R^h, as the columns of ``(h, k)`` arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import InputError
from theory.sphere.sampling import random_rotation
from theory.validation import as_array, check_integer

__all__ = ["fix_signs", "orthonormal_basis", "subspace_pair"]

# Columns whose products are those of a frame to within this many roundings are one.
FRAME = 16.0


def fix_signs(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Flip columns so that the entry of largest magnitude in each is positive.

    Singular vectors are defined up to sign; this makes them the same on every machine.

    Examples
    --------
    >>> fix_signs(np.array([[1.0, 0.5], [0.0, -2.0]]))
    array([[ 1. , -0.5],
           [ 0. ,  2. ]])
    """
    if columns.size == 0:
        return columns
    largest = np.take_along_axis(columns, np.abs(columns).argmax(axis=0)[None], axis=0)[0]
    return columns * np.where(largest < 0, -1.0, 1.0)


def orthonormal_basis(a: Any) -> NDArray[np.float64]:
    """Orthonormal basis of the span of the columns of `a`.

    Where the columns are independent this is their Gram-Schmidt frame (an orthonormal `a` is
    returned as it is, up to rounding); otherwise the leading left singular vectors.

    Parameters
    ----------
    a : array_like or torch.Tensor, shape (h, k)

    Returns
    -------
    ndarray, shape (h, rank)

    Raises
    ------
    InputError
        If `a` is not a matrix of finite numbers, or spans only {0}.

    Examples
    --------
    >>> orthonormal_basis([[3.0, 1.0], [4.0, 3.0]])
    array([[ 0.6, -0.8],
           [ 0.8,  0.6]])
    """
    matrix = np.asarray(as_array(a), dtype=np.float64)
    if matrix.ndim != 2 or matrix.size == 0:
        raise InputError(f"a has shape {matrix.shape}; give the basis as columns, shape (h, k).")
    if not np.isfinite(matrix).all():
        raise InputError("a has entries that are not finite; remove or repair them.")
    eps = np.finfo(np.float64).eps
    if np.abs(matrix.T @ matrix - np.eye(matrix.shape[1])).max() <= FRAME * eps:
        return matrix
    q, r = np.linalg.qr(matrix)
    u, s, _ = np.linalg.svd(r)
    rank = int((s > s[0] * max(matrix.shape) * eps).sum())
    if rank == 0:
        raise InputError("a is zero and spans no direction; give at least one non-zero column.")
    if rank == matrix.shape[1]:
        return q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return fix_signs(q @ u[:, :rank])


def subspace_pair(
    h: int, d_a: int, d_b: int, angles: ArrayLike, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw two subspaces of R^h with prescribed principal angles, uniformly turned.

    Parameters
    ----------
    h : int
        Dimension of the space.
    d_a, d_b : int
        Dimensions of the subspaces.
    angles : array_like, shape (min(d_a, d_b),)
        Principal angles in radians, in [0, π/2].
    rng : numpy.random.Generator

    Returns
    -------
    basis_a : ndarray, shape (h, d_a)
    basis_b : ndarray, shape (h, d_b)
        Column ``i`` of one meets column ``i`` of the other at ``angles[i]``; all other pairs of
        columns are perpendicular.

    Raises
    ------
    TypeError, InputError
        If a dimension or an angle is out of range, or the angles do not fit: every non-zero
        angle needs a direction outside the larger subspace, so their number is at most
        ``h − max(d_a, d_b)``.

    Examples
    --------
    >>> a, b = subspace_pair(5, 2, 3, [0.0, 0.5], np.random.default_rng(0))
    >>> np.abs(np.diag(a.T @ b[:, :2]) - np.cos([0.0, 0.5])).max() < 1e-15
    np.True_
    """
    h = check_integer("h", h, 1)
    d_a, d_b = check_integer("d_a", d_a, 1), check_integer("d_b", d_b, 1)
    theta = np.atleast_1d(np.asarray(angles, dtype=np.float64))
    common, larger = min(d_a, d_b), max(d_a, d_b)
    if larger > h:
        raise InputError(f"a subspace of dimension {larger} does not fit into h = {h}; raise h.")
    if theta.shape != (common,):
        raise InputError(
            f"angles has shape {theta.shape}; give min(d_a, d_b) = {common} principal angles."
        )
    if not ((theta >= 0) & (theta <= np.pi / 2)).all():
        raise InputError(f"angles are {theta.tolist()}; give radians between 0 and π/2.")
    tilted = np.flatnonzero(theta)
    if larger + tilted.size > h:
        raise InputError(
            f"{tilted.size} non-zero angles need {larger + tilted.size} dimensions but h = {h}; "
            "raise h or set more angles to 0."
        )
    frame = random_rotation(h, rng)
    wide = frame[:, :larger]
    narrow = wide[:, :common] * np.cos(theta)
    narrow[:, tilted] += frame[:, larger : larger + tilted.size] * np.sin(theta[tilted])
    return (narrow, wide) if d_a < d_b else (wide, narrow)
