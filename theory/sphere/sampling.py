"""Uniform laws: points on the sphere, rotations in SO(h)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from theory.validation import check_integer

__all__ = ["gaussian_chunks", "random_rotation", "sample_uniform"]

# Entries per block of Gaussians: it is drawn, scaled and turned while it is in the cache.
CACHE_ENTRIES = 1 << 16


def gaussian_chunks(
    out: NDArray[np.float64], rng: np.random.Generator
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Fill `out`, shape (n, h), with standard normals block by block: (first row, block)."""
    step = max(1, CACHE_ENTRIES // out.shape[1])
    for start in range(0, len(out), step):
        block = out[start : start + step]
        rng.standard_normal(out=block)
        yield start, block


def sample_uniform(n: int, h: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw `n` independent points from the uniform law on the unit sphere in R^h.

    Parameters
    ----------
    n : int
        Number of points, at least 0.
    h : int
        Dimension, at least 1 (where the sphere is ``{−1, 1}``).
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, h)

    Raises
    ------
    TypeError, InputError
        If `n` or `h` is not such an integer.

    Examples
    --------
    >>> sample_uniform(2, 3, np.random.default_rng(0)).shape
    (2, 3)
    """
    n, h = check_integer("n", n, 0), check_integer("h", h, 1)
    points = np.empty((n, h))
    for _, block in gaussian_chunks(points, rng):
        block /= np.sqrt(np.einsum("ij,ij->i", block, block))[:, None]
    return points


def random_rotation(h: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a rotation from the uniform (Haar) law on SO(h).

    The QR factor of a Gaussian matrix, with signs fixed so that it is Haar, and one column
    flipped where the determinant is −1.

    Parameters
    ----------
    h : int
        Dimension, at least 1.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (h, h)

    Raises
    ------
    TypeError, InputError
        If `h` is not such an integer.
    """
    h = check_integer("h", h, 1)
    q, r = np.linalg.qr(rng.standard_normal((h, h)))
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    if np.linalg.slogdet(q)[0] < 0:
        q[:, 0] *= -1.0
    return q
