"""One cloud in the coordinates of every subspace: what Y.T4 and the rotation repair assume."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Constraint
from sim.starts.base import Start, register
from theory.sphere import random_rotation, sample_vmf
from theory.subspaces import orthonormal_basis
from theory.validation import check_number

__all__ = ["Twins"]


@register("twins")
class Twins(Start):
    """The same vMF cloud in every subspace, about the first direction that is not shared.

    With ``x_i = B_A u_i`` and ``y_i = B_B u_i`` the intra-modal isometry of Y.T4 holds, the
    centres meet at the first non-zero principal angle, and the rotation of B onto A aligns every
    pair [Yi2025]. (Without subspaces of their own, all clouds are one.)

    Parameters
    ----------
    kappa : float
        Concentration of the cloud.
    rolled : bool
        Roll every cloud at random around its centre, which hides the pairs.
    """

    def __init__(self, *, kappa: float = 5.0, rolled: bool = False) -> None:
        self.kappa = check_number("kappa", kappa, 0)
        self.rolled = rolled

    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw the cloud, and put it into the subspaces."""
        width = min(basis.shape[1] for basis in room.subspaces)
        shared = room.shared_basis.shape[1]
        axis = np.eye(width)[shared if shared < width else 0]
        cloud = sample_vmf(axis, self.kappa, n, rng) if width > 1 else np.ones((n, 1))
        views = []
        for basis in room.subspaces:
            turn = _around(axis, rng) if self.rolled else np.eye(width)
            views.append(cloud @ turn.T @ basis[:, :width].T)
        return tuple(views)


def _around(axis: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Random rotation that fixes `axis`."""
    frame = orthonormal_basis(np.column_stack([axis, np.eye(len(axis))]))
    turn = np.eye(len(axis))
    if len(axis) > 2:
        turn[1:, 1:] = random_rotation(len(axis) - 1, rng)
    return np.asarray(frame @ turn @ frame.T)
