"""Aligned uniform pairs, displaced along one mode of the linearised flow."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import eval_gegenbauer

from sim.constraints import Constraint
from sim.starts.base import Start, register
from theory.sphere import sample_uniform
from theory.validation import check_choice, check_integer, check_number

__all__ = ["Disturbed"]


@register("disturbed")
class Disturbed(Start):
    """The optimum of Y.T1, with x and y moved along the gradient of a zonal harmonic (N.2).

    The field is ``∇C_l(u·e)`` about the first axis e, scaled to the root mean square `size`.

    Parameters
    ----------
    degree : int
        Degree l of the harmonic, at least 1 (1 is the gap between the centres).
    size : float
        Root mean square of the displacements in radians; its sign is that of the displacement
        of x.
    moves : {"apart", "together"}
        Whether y moves against x (antisymmetric mode) or with it (symmetric mode).
    """

    def __init__(self, *, degree: int = 1, size: float = 1e-3, moves: str = "apart") -> None:
        self.degree = check_integer("degree", degree, 1)
        self.size = check_number("size", size, -math.pi, math.pi)
        self.moves = check_choice("moves", moves, ("apart", "together"))

    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw the pairs in antipodal twos, so that odd moments vanish, and displace them."""
        half = sample_uniform((n + 1) // 2, room.h, rng)
        points = np.concatenate([half, -half])[:n]
        field = eval_gegenbauer(self.degree - 1, room.h / 2, points[:, :1]) * (
            np.eye(room.h)[0] - points[:, :1] * points
        )
        field *= self.size / math.sqrt((field**2).sum(-1).mean())
        signs = [1.0] + [-1.0 if self.moves == "apart" else 1.0] * (room.modalities - 1)
        return tuple(_along(points, sign * field) for sign in signs)


def _along(points: NDArray[np.float64], field: NDArray[np.float64]) -> NDArray[np.float64]:
    """Follow the geodesics of the tangent vectors `field`."""
    length = np.linalg.norm(field, axis=1, keepdims=True)
    return np.asarray(np.cos(length) * points + np.sinc(length / math.pi) * field)
