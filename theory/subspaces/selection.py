"""What the data themselves say: how many directions are signal, how sharply they are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from theory.subspaces.angles import principal_angles
from theory.subspaces.bases import fix_signs
from theory.subspaces.moments import Moments, variance_basis

__all__ = ["angle_resolution", "half_bases", "signal_basis", "signal_dimension"]

# Level that is used where the spectrum has no floor to tell signal from noise: the papers'.
PUBLISHED_LEVEL = 0.99

# What noise must not reach more often than once in a thousand times; and that point of the
# Tracy-Widom law, which its largest eigenvalues follow.
CERTAINTY = 0.999
TRACY_WIDOM = 3.27

# Rows that were scaled to unit length have noise of unequal size, which moves its largest
# eigenvalue up by about one unit of that law.
UNEQUAL_ROWS = 1.0

# Principal angles between two samples of one subspace, small ones, are singular values of a noise
# matrix: their largest over their median is at most that of the quarter-circle law.
SPREAD = 2.48

# Angles that rounding alone can cause, and the widest angle that still calls two directions one.
SMALLEST, LARGEST = 1e-6, np.pi / 4


def signal_dimension(variances: NDArray[np.float64], count: int) -> int:
    """Number of principal directions whose variance noise cannot explain.

    Directions are taken off the top as long as the largest variance left exceeds what isotropic
    noise in the `m` directions left reaches once in a thousand times, ``σ²`` their mean variance
    [KritchmanNadler2009]_: ``σ²/r · [a² + 4.27 a (1/√r + 1/√m)^⅓]`` with ``a = √r + √m``, the
    Marchenko-Pastur edge and its fluctuation [Johnstone2001]_ for the ``r`` degrees of freedom
    that the mean and the directions taken off leave of the rows; one unit of it is for rows that
    were scaled to unit length. Exact zeros leave no room for noise: then it is the rank.

    Parameters
    ----------
    variances : ndarray, shape (d,)
        Descending, of which the smallest are noise (or 0).
    count : int
        Number of rows ``n`` they come from.

    Returns
    -------
    int
        Between 0 (all noise) and d (no floor).

    Examples
    --------
    >>> signal_dimension(np.array([2.0, 1.0, 0.011, 0.01, 0.009]), 1000)
    2
    """
    d = len(variances)
    rank = int((variances > d * np.finfo(np.float64).eps * variances[0]).sum())
    if rank < min(d, count - 1):  # noise would fill the space: there is none
        return rank
    left = d - np.arange(d)
    noise = np.cumsum(variances[::-1])[::-1] / left
    free = np.maximum(count - 1 - np.arange(d), 1)
    a = np.sqrt(free) + np.sqrt(left)
    spread = a * (1 / np.sqrt(free) + 1 / np.sqrt(left)) ** (1 / 3)
    edge = noise / free * (a**2 + (TRACY_WIDOM + UNEQUAL_ROWS) * spread)
    explained = np.flatnonzero(variances <= edge)
    return int(explained[0]) if explained.size else d


def signal_basis(moments: Moments, centered: bool = True, name: str = "x") -> NDArray[np.float64]:
    """Orthonormal basis of the principal directions that stand out of the noise.

    Where less than half of the spectrum is a floor (embeddings whose variances decay to the
    end), or nothing stands out of it, there is no noise level to be read off; then it is the
    basis of 99 % of the variance.

    Parameters
    ----------
    moments : Moments
    centered : bool, default True
        As in `variance_basis`.
    name : str, default "x"
        What messages call the rows.

    Returns
    -------
    ndarray, shape (d, k)

    Raises
    ------
    InputError
        If the rows are all equal.
    """
    by_level = variance_basis(moments, PUBLISHED_LEVEL, centered, name)
    variances, vectors = moments.spectrum(centered)
    dimension = signal_dimension(variances, moments.count)
    if 1 <= dimension <= moments.dimension // 2:
        return fix_signs(vectors[:, :dimension])
    return by_level


def half_bases(
    half: Sequence[Moments], dimensions: Sequence[int], centered: bool = True
) -> list[NDArray[np.float64]]:
    """Leading principal directions of one half of the rows, as many per view as given.

    Empty if the half has too few rows to span them.
    """
    if any(m.count <= k for m, k in zip(half, dimensions, strict=True)):
        return []
    return [m.spectrum(centered)[1][:, :k] for m, k in zip(half, dimensions, strict=True)]


def angle_resolution(
    halves: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> float:
    """Angle below which directions of different views cannot be told from the same one.

    Two halves of one view's rows sample the same subspace, so the principal angles between them
    show what sampling alone does. Halves are twice as noisy (in the square) as the whole, and
    two views add up, which gives ``√(2 · mean over views of (½ · 2.48 · median)²)`` with the
    median over the angles that are not 0 by counting dimensions.

    Parameters
    ----------
    halves : sequence of (ndarray, ndarray), shapes (d, k)
        For each view, orthonormal bases of its subspace from two halves of its rows.

    Returns
    -------
    float
        Radians, at most π/4.
    """
    squares = []
    for one, two in halves:
        d, k = one.shape
        free = max(1, min(k, d - k))
        median = float(np.median(principal_angles(one, two)[-free:]))
        squares.append((SPREAD * median / 2) ** 2)
    return float(np.clip(np.sqrt(2 * np.mean(squares)), SMALLEST, LARGEST))
