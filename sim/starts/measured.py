"""The start of a real run: its means, its spectra, and how its subspaces lie to each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Constraint, Subspace
from sim.starts.base import Start, register
from theory.errors import InputError
from theory.sphere import normalize
from theory.subspaces import subspace_pair
from theory.validation import check_number

__all__ = ["Measured", "subspace_dimension"]

LEVEL = 0.99
"""Share of the second moment that a view's subspace holds, as for the metric."""

SHARED = 1e-6
"""Radians below which a principal angle is 0: it is measured to about the root of rounding."""


def subspace_dimension(spectrum: Sequence[float]) -> int:
    """Directions that hold 99 % of the second moment with these singular values.

    Examples
    --------
    >>> subspace_dimension([0.8, 0.1, 0.1, 0.0])
    3
    """
    energy = np.cumsum(np.square(spectrum))
    return int(np.searchsorted(energy, LEVEL * energy[-1])) + 1


@register("measured")
class Measured(Start):
    """Two Gaussian clouds with measured second moments, scaled to the sphere, paired at random.

    The mean of each lies along its first singular direction. The 99 % subspaces have the
    measured principal angles; in them the means lie as near to the first principal pair as the
    measured angle between them allows. Which of the other directions has which singular value is
    not measured, and random. Under a `Subspace` the clouds lie in its bases.

    Parameters
    ----------
    lengths : pair of float
        Length of each view's mean, in [0, 1].
    gap : float
        Angle between the means in radians, in [0, π].
    spectra : pair of sequence of float
        Singular values of each view's uncentred rows, descending, in any unit; h at most.
    angles : sequence of float
        Principal angles in radians of the subspaces that hold 99 % of the second moments.
    """

    def __init__(
        self,
        *,
        lengths: tuple[float, float] = (0.8, 0.8),
        gap: float = 1.0,
        spectra: tuple[Sequence[float], Sequence[float]] = ((1.0, 0.5), (1.0, 0.5)),
        angles: Sequence[float] = (0.0, 0.0),
    ) -> None:
        self.lengths = [check_number("lengths", length, 0, 1) for length in lengths]
        self.gap = check_number("gap", gap, 0, math.pi)
        self.spectra = [[check_number("spectra", s, 0) for s in values] for values in spectra]
        found = [check_number("angles", angle, 0, math.pi / 2 + SHARED) for angle in angles]
        self.angles = np.array([0.0 if a < SHARED else min(a, math.pi / 2) for a in sorted(found)])
        self.dims = [subspace_dimension(values) for values in self.spectra]
        if len(self.angles) != min(self.dims):
            raise InputError(
                f"angles has {len(self.angles)} entries for subspaces of dimensions "
                f"{self.dims[0]} and {self.dims[1]}; give {min(self.dims)}."
            )

    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw the clouds."""
        if room.modalities != 2 or max(map(len, self.spectra)) > room.h:
            longest = max(map(len, self.spectra))
            raise InputError(
                f"start is 'measured' with spectra of up to {longest} values for "
                f"{room.modalities} modalities and h = {room.h}; it takes two, and at most h "
                "values."
            )
        bases = (
            room.bases
            if isinstance(room, Subspace)
            else subspace_pair(room.h, self.dims[0], self.dims[1], self.angles, rng)
        )
        frames = (self._frame(bases[0], 0.0, rng), self._frame(bases[1], self._turn(), rng))
        return tuple(
            _cloud(n, frame, values, length, rng)
            for frame, values, length in zip(frames, self.spectra, self.lengths, strict=True)
        )

    def _turn(self) -> float:
        """Angle from the second mean to the first principal vector of its subspace."""
        nearest = math.cos(self.angles[0])
        cosine = math.cos(self.gap) / nearest if nearest > 0 else 0.0
        return math.acos(min(1.0, max(-1.0, cosine)))

    @staticmethod
    def _frame(
        basis: NDArray[np.float64], turn: float, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Orthonormal columns (h, h): the mean's direction, the rest of the subspace, the rest."""
        h, d = basis.shape
        mean = basis[:, 0]
        if d > 1:
            mean = math.cos(turn) * mean + math.sin(turn) * basis[:, 1]
        inside = basis @ rng.standard_normal((d, d - 1))
        outside = rng.standard_normal((h, h - d))
        frame, _ = np.linalg.qr(np.column_stack([mean, inside, outside]))
        frame[:, 0] = mean  # QR may turn its sign
        return np.asarray(frame)


def _cloud(
    n: int,
    frame: NDArray[np.float64],
    values: Sequence[float],
    length: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Unit rows with the energies of the singular `values` along the columns of `frame`."""
    energy = np.square(values) / np.square(values).sum()
    spread = energy.copy()
    spread[0] = max(0.0, energy[0] - length**2)
    drawn = rng.standard_normal((n, len(energy))) * np.sqrt(spread)
    drawn[:, 0] += length
    return normalize(drawn @ frame[:, : len(energy)].T)
