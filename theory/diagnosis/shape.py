"""Whether a view is the von Mises-Fisher cloud that the cone theorems speak of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from theory.errors import InputError

__all__ = ["height_misfit", "transverse_isotropy"]

_GRID = 20_001


def height_misfit(heights: NDArray[np.float64], kappa: float, h: int) -> float:
    """Kolmogorov-Smirnov distance of heights ``x·c`` from their law under vMF(c, κ).

    The angle to c has density ∝ ``sin^{h−2} θ e^{κ cos θ}`` [MardiaJupp2000]_. With κ fitted to
    the same rows, n rows of a vMF cloud stay below about ``0.9/√n``.

    Parameters
    ----------
    heights : ndarray, shape (n,)
        In [−1, 1].
    kappa : float
        Concentration, finite.
    h : int
        Dimension, at least 2.

    Returns
    -------
    float
        Largest difference of the two distribution functions, in [0, 1].

    Raises
    ------
    InputError
        If `h` is below 2.
    """
    if h < 2:
        raise InputError(f"h is {h}; a height has a density from dimension 2 on.")
    # Nodes dense where the mass is, and both poles.
    mode = np.arctan2(np.sqrt(max(h - 2, 0.5)), np.sqrt(kappa)) if kappa > 0 else np.pi / 2
    width = min(1.0, 20.0 / np.sqrt(kappa + h))
    theta = np.union1d(
        np.linspace(0.0, np.pi, _GRID),
        np.clip(mode + width * np.linspace(-1, 1, _GRID), 0.0, np.pi),
    )
    with np.errstate(divide="ignore"):
        log_density = (h - 2) * np.log(np.sin(theta)) if h > 2 else np.zeros_like(theta)
    log_density = log_density + kappa * (np.cos(theta) - 1)
    density = np.exp(log_density - logsumexp(log_density))
    area = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) * np.diff(theta))])
    angles = np.sort(np.arccos(np.clip(heights, -1.0, 1.0)))
    law = np.interp(angles, theta, area / area[-1])
    steps = np.arange(len(angles) + 1) / len(angles)
    return float(max((steps[1:] - law).max(), (law - steps[:-1]).max()))


def transverse_isotropy(
    covariance: NDArray[np.float64], direction: NDArray[np.float64], n: int
) -> float:
    """How round a view is about its mean: participation of the directions orthogonal to it.

    ``(tr S)²/tr S²`` over h − 1, S the covariance without the mean direction, times
    ``1 + (h − 1)/n``, which is what n rows of a round cloud lose: 1 for a vMF cloud, towards
    1/(h − 1) for a single ridge. nan where the mean vanishes or nothing varies.
    """
    if np.isnan(direction).any() or len(direction) < 2:
        return float("nan")
    along = covariance @ direction
    height = float(direction @ along)
    trace = float(np.trace(covariance)) - height
    squares = float(np.square(covariance).sum()) - 2 * float(along @ along) + height**2
    if trace < np.finfo(np.float64).eps or squares <= 0:
        return float("nan")
    others = len(direction) - 1
    return trace**2 / squares / others * (1 + others / n)
