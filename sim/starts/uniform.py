"""Uniform clouds, paired at random or aligned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Constraint
from sim.starts.base import Start, register
from theory.sphere import sample_uniform

__all__ = ["Uniform"]


@register("uniform")
class Uniform(Start):
    """Every view uniform on the sphere.

    Parameters
    ----------
    aligned : bool
        All views equal, Y.T1's optimum for N → ∞ [Yi2025]; else independent of each other.
    """

    def __init__(self, *, aligned: bool = False) -> None:
        self.aligned = aligned

    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw the views."""
        if self.aligned:
            return (sample_uniform(n, room.h, rng),) * room.modalities
        return tuple(sample_uniform(n, room.h, rng) for _ in range(room.modalities))
