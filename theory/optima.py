"""Optima under the three constraints in three dimensions, as points to look at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.limits import center_loss, subspace_center_loss
from theory.sphere import sample_vmf
from theory.validation import check_integer, check_number

__all__ = ["Optimum", "cone_optimum", "free_optimum", "plane_optimum"]

Array = NDArray[np.float64]


class Optimum(NamedTuple):
    """Two clouds on the sphere in R³ whose centres are a minimum, and the loss of the centres.

    Attributes
    ----------
    x, y : ndarray (n, 3)
        Unit rows.
    centers : ndarray (2, 3)
        Unit centres of both clouds; zero where the mean vanishes.
    loss : float
        Centre-pair loss per direction; NaN where there are no centres.
    """

    x: Array
    y: Array
    centers: Array
    loss: float


def free_optimum(n: int) -> Optimum:
    """Y.T1: aligned pairs with uniform marginals [Yi2025]_, on the points of a Fibonacci spiral.

    Parameters
    ----------
    n : int
        Pairs, at least 1.

    Examples
    --------
    >>> found = free_optimum(100)
    >>> bool((found.x == found.y).all()), float(np.abs(found.x.mean(0)).max()) < 0.01
    (True, True)
    """
    rank = np.arange(check_integer("n", n, 1)) + 0.5
    height = 1 - 2 * rank / n
    turn = np.pi * (1 + np.sqrt(5)) * rank
    radius = np.sqrt(1 - height**2)
    points = np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)
    return Optimum(points, points, np.zeros((2, 3)), float("nan"))


def cone_optimum(n: int, kappa: float, tau: float, rng: np.random.Generator) -> Optimum:
    """Y.T2: two vMF clouds of concentration κ with one centre, whatever κ [Yi2025]_.

    Parameters
    ----------
    n : int
        Points of each cloud.
    kappa, tau : float
        Concentration and temperature.
    rng : numpy.random.Generator
    """
    center = np.array([1.0, 0.0, 0.0])
    x, y = (sample_vmf(center, kappa, n, rng) for _ in range(2))
    return Optimum(x, y, np.array([center, center]), float(center_loss(1.0, kappa, 3, tau)))


def plane_optimum(
    n: int, kappa: float, phi: float, tau: float, rng: np.random.Generator, *, inside: bool
) -> Optimum:
    """Y.T3 in R³: clouds on two great circles whose planes meet at the dihedral angle φ.

    The planes meet in the line C along the first axis; A rises by φ/2 from the second axis, B
    falls by φ/2. Over all centres the minimum is inside C, with gap 0 (N.T3′); among centres
    orthogonal to C (A6) it has the gap φ and the higher loss [Yi2025]_.

    Parameters
    ----------
    n : int
        Points of each cloud.
    kappa, tau : float
        Concentration and temperature.
    phi : float
        Dihedral angle in radians, in (0, π/2).
    rng : numpy.random.Generator
    inside : bool
        Whether the centres are inside C, or orthogonal to it.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> best, given = (plane_optimum(9, 8.0, 1.0, 0.5, rng, inside=i) for i in (True, False))
    >>> best.loss < given.loss
    True
    """
    angle = check_number("phi", phi, 0.0, np.pi / 2, open_low=True)
    clouds, centers = [], []
    for half in (0.5 * angle, -0.5 * angle):
        frame = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(half), np.sin(half)]])
        center = np.array([1.0, 0.0] if inside else [0.0, 1.0])
        clouds.append(sample_vmf(center, kappa, n, rng) @ frame)
        centers.append(center @ frame)
    w = float(centers[0] @ centers[1])
    loss = float(subspace_center_loss(w, abs(w), kappa, 3, tau))
    return Optimum(clouds[0], clouds[1], np.array(centers), loss)
