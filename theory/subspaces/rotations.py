"""Rotations of R^h that carry one subspace onto another and move nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.subspaces.angles import principal_vectors
from theory.validation import as_array, check_choice

__all__ = ["align_frames", "carry_frame", "direct_rotation", "hyperplane_rotation"]

# Below this cosine an angle is a right angle to within the rounding of the bases, and the two
# ways of turning (clockwise or not) cannot be told apart.
RIGHT_ANGLE = 1e-12


def align_frames(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotate each ``x[:, i]`` onto ``y[:, i]`` in their plane, for frames of principal vectors.

    With ``c_i = x_i·y_i ≥ 0`` and ``x_i·y_j = 0`` for ``i ≠ j``, the product of the planar
    rotations is ``I + 2YXᵀ − (X+Y) diag(1/(1+c)) (X+Y)ᵀ``: no division by a sine, so angles of
    any size, 0 included, keep it orthogonal to rounding.

    Parameters
    ----------
    x, y : ndarray, shape (h, k)
        As in `PrincipalVectors`.

    Returns
    -------
    ndarray, shape (h, h)
        A rotation R with ``R x_i = y_i``; it fixes what is orthogonal to all the planes.
    """
    both = x + y
    cosines = np.einsum("ij,ij->j", x, y)
    return np.eye(len(x)) + 2 * y @ x.T - (both / (1 + cosines)) @ both.T


def direct_rotation(bx: Any, by: Any, *, right_angles: str = "raise") -> NDArray[np.float64]:
    """Rotate the span of `bx` onto the span of `by` by the least motion.

    The direct rotation [DavisKahan1970]_ turns each principal vector of the first subspace onto
    its partner in their common plane, and fixes the intersection and everything orthogonal to
    both. It is the only rotation to do so with positive cosines, as long as all principal
    angles are below π/2.

    Where the dimensions p, q differ, the ``min(p, q)`` principal pairs are turned; the other
    directions of the larger subspace are orthogonal to all of them and stay. So the image of
    the first then lies in the second (p < q) or contains it (p > q).

    Parameters
    ----------
    bx, by : array_like or torch.Tensor, shapes (h, p) and (h, q)
        Columns that span the subspaces.
    right_angles : {"raise", "choose"}
        At a principal angle of π/2 the two senses of rotation are equally short: refuse, or
        choose by the sign rule of `principal_vectors`.

    Returns
    -------
    ndarray, shape (h, h)
        R, to be applied to columns; to rows as ``x @ R.T``.

    Raises
    ------
    InputError
        If an angle is π/2 and `right_angles` is "raise", or as `principal_vectors`.

    Examples
    --------
    >>> direct_rotation([[1.0], [0.0]], [[1.0], [1.0]]).round(4)
    array([[ 0.7071, -0.7071],
           [ 0.7071,  0.7071]])
    """
    check_choice("right_angles", right_angles, ("raise", "choose"))
    pairs = principal_vectors(bx, by)
    if right_angles == "raise" and np.cos(pairs.angles[-1]) < RIGHT_ANGLE:
        raise InputError(
            f"principal angle {pairs.angles.size - 1} is 90°, where the direct rotation is not "
            "unique; pass right_angles='choose' to accept either sense."
        )
    return align_frames(pairs.x, pairs.y)


def carry_frame(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Carry ``source[:, i]`` onto ``target[:, i]``, for any two orthonormal frames.

    A turn within the span of `source`, then the direct rotation of the spans; what is
    orthogonal to both spans stays. The turn may be a reflection, so the result is orthogonal
    but its determinant may be −1.

    Parameters
    ----------
    source, target : ndarray, shape (h, k)
        Orthonormal columns.

    Returns
    -------
    ndarray, shape (h, h)
        Q with ``Q source = target``.
    """
    direct = direct_rotation(source, target, right_angles="choose")
    turn = source.T @ direct.T @ target
    return direct + direct @ source @ (turn - np.eye(turn.shape[0])) @ source.T


def hyperplane_rotation(n_a: Any, n_b: Any) -> NDArray[np.float64]:
    """Rotate the hyperplane with normal `n_a` onto the one with normal `n_b` around their meet.

    ``R = I + (cosφ − 1)(uuᵀ + vvᵀ) + sinφ (vuᵀ − uvᵀ)``, ``u = n_a``,
    ``v = (n_b − cosφ u)/sinφ``, the normals signed so that ``n_a·n_b = cosφ ≥ 0`` [Yi2025]_.
    It is the direct rotation of the hyperplanes, and of their normals.

    Parameters
    ----------
    n_a, n_b : array_like, shape (h,)
        Normals; their lengths and signs do not matter.

    Returns
    -------
    ndarray, shape (h, h)

    Raises
    ------
    InputError
        If the normals are perpendicular: both senses are then equally short.

    Examples
    --------
    >>> R = hyperplane_rotation([0.0, 0.0, 1.0], [0.0, 1.0, 1.0])
    >>> (R @ [1.0, 0.0, 0.0]).round(12)  # the meet stays
    array([1., 0., 0.])
    """
    normals = []
    for name, given in (("n_a", n_a), ("n_b", n_b)):
        normal = np.asarray(as_array(given), dtype=np.float64)
        if normal.ndim != 1:
            raise InputError(f"{name} has shape {normal.shape}; give one normal vector (h,).")
        normals.append(normal[:, None])
    return direct_rotation(*normals)
