"""Principal angles and vectors between two subspaces [BjorckGolub1973]_ [KnyazevArgentati2002]_."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.subspaces.bases import fix_signs, orthonormal_basis
from theory.validation import as_array

__all__ = ["PrincipalVectors", "principal_angles", "principal_vectors"]


class PrincipalVectors(NamedTuple):
    """The pairs of unit vectors that realise the principal angles, in ascending order.

    Attributes
    ----------
    x, y : ndarray, shape (h, k)
        Orthonormal columns in the first and the second subspace, with
        ``x[:, i]·y[:, j] = cos(angles[i])`` where ``i = j`` and 0 elsewhere.
    angles : ndarray, shape (k,)
        Radians, ascending.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    angles: NDArray[np.float64]


def principal_angles(bx: Any, by: Any) -> NDArray[np.float64]:
    """Principal angles between the column spans of `bx` and `by`.

    The cosines are the singular values of ``B_xᵀB_y``, the sines those of ``B_y − B_x B_xᵀB_y``;
    taken together (atan2) they are exact to rounding near 0 and near π/2 alike. The ``p + q − h``
    that are 0 whatever the subspaces, where that is positive, are exactly 0.

    Parameters
    ----------
    bx, by : array_like or torch.Tensor, shapes (h, p) and (h, q)
        Independent columns; they are orthonormalised here if they are not.

    Returns
    -------
    ndarray, shape (min(p, q),)
        Radians in [0, π/2], ascending.

    Raises
    ------
    InputError
        If the columns are dependent, not finite or of different length.

    Examples
    --------
    >>> principal_angles([[1.0], [0.0]], [[1.0], [1e-9]])
    array([1.e-09])
    """
    wide, narrow, _ = _bases(bx, by)
    cosines = np.linalg.svd(wide.T @ narrow, compute_uv=False)
    sines = np.linalg.svd(_reject(wide, narrow), compute_uv=False)[::-1]
    angles = np.arctan2(sines, cosines)
    angles[: max(0, wide.shape[1] + narrow.shape[1] - len(wide))] = 0.0
    return angles


def principal_vectors(bx: Any, by: Any) -> PrincipalVectors:
    """Principal vectors and angles between the column spans of `bx` and `by`.

    Signs: the largest entry of each vector in the first subspace is positive, and its partner
    lies within π/2 of it. Vectors of equal angles are determined only up to a common rotation.

    Parameters
    ----------
    bx, by : array_like or torch.Tensor, shapes (h, p) and (h, q)
        As in `principal_angles`.

    Returns
    -------
    PrincipalVectors
        With ``k = min(p, q)``.

    Raises
    ------
    InputError
        As `principal_angles`.
    """
    wide, narrow, swapped = _bases(bx, by)
    u, cosines, vt = np.linalg.svd(wide.T @ narrow, full_matrices=False)
    in_wide, in_narrow = wide @ u, narrow @ vt.T
    # Cosines of small angles are all 1 to rounding; their sines still tell them apart.
    near = int((cosines > np.sqrt(0.5)).sum())
    if near:
        block = in_narrow[:, :near]
        _, _, wt = np.linalg.svd(_reject(wide, block), full_matrices=False)
        in_narrow[:, :near] = block @ wt[::-1].T
        # Their partners, kept within the span of the singular vectors they replace.
        onto = u[:, :near].T @ (wide.T @ in_narrow[:, :near])
        in_wide[:, :near] = in_wide[:, :near] @ (onto / np.sqrt(np.einsum("ij,ij->j", onto, onto)))
    sines = np.sqrt(np.einsum("ij,ij->j", *[_reject(wide, in_narrow)] * 2))
    angles = np.arctan2(sines, np.einsum("ij,ij->j", in_wide, in_narrow))
    x, y = (in_narrow, in_wide) if swapped else (in_wide, in_narrow)
    signed = fix_signs(x)
    y = y * np.where(np.einsum("ij,ij->j", signed, x) < 0, -1.0, 1.0)
    return PrincipalVectors(signed, y, angles)


def _bases(bx: Any, by: Any) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Orthonormal bases, the one of larger dimension first, and whether they were swapped."""
    bases = []
    for name, given in (("bx", bx), ("by", by)):
        basis = orthonormal_basis(given)
        columns = as_array(given).shape[1]
        if basis.shape[1] < columns:
            raise InputError(
                f"the {columns} columns of {name} span only {basis.shape[1]} dimensions; "
                "pass orthonormal_basis of them."
            )
        bases.append(basis)
    x, y = bases
    if len(x) != len(y):
        raise InputError(f"bx has {len(x)} rows but by has {len(y)}; both must lie in one R^h.")
    return (y, x, True) if x.shape[1] < y.shape[1] else (x, y, False)


def _reject(basis: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Remove from `vectors` their part in `basis`; twice, so that tiny remainders are clean."""
    for _ in range(2):
        vectors = vectors - basis @ (basis.T @ vectors)
    return vectors
