"""Aligned pairs with a constant gap between them: nothing differs but the modality."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Constraint
from sim.starts.base import Start, register
from theory.errors import InputError
from theory.sphere import random_rotation, sample_uniform
from theory.validation import check_choice, check_number

__all__ = ["Lifted", "simplex"]


def simplex(n: int) -> NDArray[np.float64]:
    """Vertices (n, n − 1) of the regular simplex, as unit rows.

    Examples
    --------
    >>> (simplex(3) @ simplex(3).T).round(6)
    array([[ 1. , -0.5, -0.5],
           [-0.5,  1. , -0.5],
           [-0.5, -0.5,  1. ]])
    """
    centred = np.eye(n) - 1 / n
    vectors = np.linalg.eigh(centred)[1][:, 1:]
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@register("lifted")
class Lifted(Start):
    """``x_i = (cos θ u_i, sin θ e_m)``: the same ``u_i`` in all views, and an own part e_m.

    The ``e_m`` are the vertices of a simplex in M − 1 dimensions of their own (±1 for two
    modalities, whose gap is then ``2 sin θ``).

    Parameters
    ----------
    tilt : float
        θ in radians, in [0, π/2].
    points : {"uniform", "simplex"}
        Law of the ``u_i``: uniform, or a regular simplex (N ≤ h − M + 2), randomly turned.
    """

    def __init__(self, *, tilt: float = 0.8, points: str = "uniform") -> None:
        self.tilt = check_number("tilt", tilt, 0, math.pi / 2)
        self.points = check_choice("points", points, ("uniform", "simplex"))

    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw the common part, and set the modalities apart."""
        own = simplex(room.modalities)
        d = room.h - own.shape[1]
        if d < 1 or (self.points == "simplex" and n > d + 1):
            raise InputError(
                f"h is {room.h}; {self.points} points of {n} pairs and a gap between "
                f"{room.modalities} modalities need more dimensions."
            )
        if self.points == "uniform":
            common = sample_uniform(n, d, rng)
        else:
            common = np.zeros((n, d))
            common[:, : n - 1] = simplex(n)
            common = common @ random_rotation(d, rng).T
        inside = math.cos(self.tilt) * common
        return tuple(
            np.hstack([inside, np.tile(math.sin(self.tilt) * vertex, (n, 1))]) for vertex in own
        )
