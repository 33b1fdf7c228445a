"""What every start is: a law of paired unit views, drawn from a generator."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Constraint
from theory.registry import Registry

__all__ = ["STARTS", "Start", "create", "names", "register"]

STARTS: Registry[type[Start]] = Registry("start")
register = STARTS.register
names = STARTS.names
create = STARTS.create


class Start(ABC):
    """Where the particles begin; `Constraint.place` then makes it feasible."""

    @abstractmethod
    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw n paired rows per modality.

        Parameters
        ----------
        n : int
            Pairs.
        room : Constraint
            Gives h, the number of modalities and the shared subspace.
        rng : numpy.random.Generator

        Returns
        -------
        tuple of ndarray, each (n, h)
        """
