"""Clustered latents: items of several classes, the same for every view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Constraint
from sim.starts.base import Start, register
from theory.sphere import normalize, sample_uniform
from theory.validation import check_integer, check_number

__all__ = ["Clusters", "class_of"]


def class_of(n: int, classes: int) -> NDArray[np.int64]:
    """Class (n,) of every item of `Clusters`: the index modulo the number of classes."""
    return np.arange(n) % classes


@register("clusters")
class Clusters(Start):
    """Classes around uniform centres; every view begins at the same latent.

    ``z_i = (c_k + spread · g_i/√h)/|…|``, g_i standard normal, k the class of item i
    (`class_of`): spread is the length of the noise beside a centre of length 1.

    Parameters
    ----------
    classes : int
        Number of classes.
    spread : float
        Noise within a class.
    """

    def __init__(self, *, classes: int = 8, spread: float = 0.5) -> None:
        self.classes = check_integer("classes", classes, 1)
        self.spread = check_number("spread", spread, 0)

    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw centres, then items."""
        centres = sample_uniform(self.classes, room.h, rng)[class_of(n, self.classes)]
        noise = rng.standard_normal((n, room.h)) * self.spread / np.sqrt(room.h)
        return (normalize(centres + noise),) * room.modalities
