"""The von Mises-Fisher law vMF(c, κ), density proportional to ``exp(κ c·x)``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import dger

from theory import bessel
from theory.errors import InputError
from theory.sphere.geometry import mean_direction as mean_of
from theory.sphere.sampling import gaussian_chunks
from theory.validation import as_array, check_integer, check_number

__all__ = ["fit_vmf", "sample_vmf"]

# How far |c|² may be from 1: float32 directions pass, a forgotten normalisation does not.
UNIT_TOLERANCE = 1e-5


def sample_vmf(
    mean_direction: Any, kappa: float, n: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw `n` independent points from vMF(c, κ), in any dimension and at any concentration.

    The cosine to `c` by rejection [Wood1994]_, written so that nothing cancels as κ grows; the
    rest is uniform around it. Draws are made about the first axis and reflected onto `c`, which
    keeps rows unit to rounding.

    Parameters
    ----------
    mean_direction : array_like, shape (h,)
        Unit vector `c`.
    kappa : float
        Concentration, at least 0 (uniform).
    n : int
        Number of points.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, h)

    Raises
    ------
    TypeError, InputError
        If `c` is not a unit vector, `kappa` is negative or not finite, or `n` is negative.

    Examples
    --------
    >>> x = sample_vmf([0.0, 1.0], 50.0, 1000, np.random.default_rng(0))
    >>> bool(x[:, 1].mean() > 0.98)
    True
    """
    center = _unit_vector(mean_direction)
    kappa, n = check_number("kappa", kappa, 0), check_integer("n", n, 0)
    cosine, sine = _latitude(kappa, center.size, n, rng)
    # H = I − 2vvᵀ maps the first axis to −c or c, whichever is further from it.
    flip = -1.0 if center[0] >= 0 else 1.0
    cosine *= flip
    v = center * -flip
    v[0] += 1.0
    v /= np.linalg.norm(v)
    points = np.empty((n, center.size))
    for start, block in gaussian_chunks(points, rng):
        rows = slice(start, start + len(block))
        block[:, 0] = 0.0
        length = np.sqrt(np.einsum("ij,ij->i", block, block))
        block *= np.divide(sine[rows], length, out=np.zeros_like(length), where=length > 0)[:, None]
        block[:, 0] = cosine[rows]
        # In place: the transpose of a C block is the Fortran matrix that BLAS wants.
        dger(-2.0, v, block @ v, a=block.T, overwrite_x=0, overwrite_y=0, overwrite_a=1)
    return points


def _unit_vector(value: Any) -> NDArray[np.float64]:
    center = np.array(as_array(value), dtype=np.float64)
    if center.ndim != 1 or center.size == 0:
        raise InputError(f"mean_direction has shape {center.shape}; give one vector (h,).")
    squared = float(center @ center)
    if not abs(squared - 1) <= UNIT_TOLERANCE:
        raise InputError(
            f"mean_direction has length {np.sqrt(squared):g}; normalise it to length 1."
        )
    return center / np.sqrt(squared)


def _latitude(
    kappa: float, h: int, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw cosines and sines of the angle to the mean direction."""
    if h == 1:
        same_side = rng.random(n) < 1 / (1 + np.exp(-2 * kappa))
        return np.where(same_side, 1.0, -1.0), np.zeros(n)
    m = h - 1
    # The envelope t = (1 − (1+b)z)/(1 − (1−b)z), z ~ Beta(m/2, m/2), touches at x0 = (1−b)/(1+b).
    # It is written in 1 − t and 1 − x0, which keep their digits when both are tiny.
    b = m / (np.hypot(2 * kappa, m) + 2 * kappa)
    gap0 = 2 * b / (1 + b)
    cosine, sine = np.empty(n), np.empty(n)
    filled = 0
    while filled < n:
        count = int(1.6 * (n - filled)) + 16
        z = rng.beta(m / 2, m / 2, count)
        bottom = 1 - (1 - b) * z
        gap = 2 * b * z / bottom
        log_ratio = np.log((1 + b) * (1 + (1 - b) / (2 * b) * gap) / 2)
        accepted = kappa * (gap0 - gap) + m * log_ratio >= -rng.standard_exponential(count)
        kept = np.flatnonzero(accepted)[: n - filled]
        rows = slice(filled, filled + kept.size)
        cosine[rows] = 1 - gap[kept]
        sine[rows] = 2 * np.sqrt(b * z[kept] * (1 - z[kept])) / bottom[kept]
        filled += kept.size
    return cosine, sine


def fit_vmf(x: Any) -> tuple[NDArray[np.float64], float]:
    """Fit vMF(c, κ) to unit rows by maximum likelihood.

    ``c`` is the direction of the mean and κ̂ solves ``A_h(κ) = |mean x|`` [MardiaJupp2000]_.

    Parameters
    ----------
    x : array_like or torch.Tensor, shape (n, h)
        Unit rows.

    Returns
    -------
    mean_direction : ndarray, shape (h,)
        NaN where the mean vanishes.
    kappa : float
        0 where the mean vanishes, infinite where all rows are equal.

    Raises
    ------
    TypeError, InputError
        As `theory.validation.check_views`.
    """
    direction, length = mean_of(x)
    if np.isnan(direction).any():
        return direction, 0.0
    if length >= 1.0:
        return direction, float("inf")
    return direction, float(bessel.inverse_ratio(direction.size / 2 - 1, length))
