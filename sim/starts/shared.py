"""Aligned pairs inside the shared subspace, slightly pushed out of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Constraint
from sim.starts.base import Start, register
from theory.errors import InputError
from theory.sphere import normalize, sample_uniform
from theory.validation import check_number

__all__ = ["Shared"]


@register("shared")
class Shared(Start):
    """All pairs aligned and uniform in C = A ∩ B, the collapsed state of N.3.

    Parameters
    ----------
    spread : float
        Standard deviation of the noise, per coordinate, that each view gets in every direction.
    """

    def __init__(self, *, spread: float = 0.01) -> None:
        self.spread = check_number("spread", spread, 0)

    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw the pairs in C and disturb each view."""
        basis = room.shared_basis
        if basis.shape[1] == 0:
            raise InputError(
                "start is 'shared' but the subspaces share no direction; give an angle of 0."
            )
        points = sample_uniform(n, basis.shape[1], rng) @ basis.T
        return tuple(
            normalize(points + self.spread * rng.standard_normal(points.shape))
            for _ in range(room.modalities)
        )
