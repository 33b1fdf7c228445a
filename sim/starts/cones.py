"""Clouds around centres that lie apart: how real towers start."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Constraint
from sim.starts.base import Start, register
from theory.errors import InputError
from theory.sphere import sample_vmf
from theory.validation import check_number

__all__ = ["Antipodal", "Cones"]


class Clouds(Start):
    """vMF(c_m, κ_m) clouds whose centres meet that of the first at one angle.

    Centre m ≥ 1 is turned from ``c_0`` towards a new axis, so that every further modality needs
    a dimension of its own.
    """

    def __init__(self, kappa: float | Sequence[float], gap: float, paired: bool) -> None:
        kappas = kappa if isinstance(kappa, Sequence) else [kappa]
        self.kappas = [check_number("kappa", value, 0) for value in kappas]
        self.gap = check_number("gap", gap, 0, math.pi)
        self.paired = paired

    def sample(
        self, n: int, room: Constraint, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], ...]:
        """Draw the clouds about the first axis, then turn them apart."""
        if len(self.kappas) not in (1, room.modalities):
            raise InputError(
                f"kappa has {len(self.kappas)} entries for {room.modalities} modalities; "
                "give one, or one per modality."
            )
        if room.h < room.modalities:
            raise InputError(
                f"h is {room.h}; {room.modalities} centres apart need at least that many axes."
            )
        kappas = self.kappas * (room.modalities // len(self.kappas))
        axis = np.eye(room.h)[0]
        clouds = [sample_vmf(axis, kappas[0], n, rng)]
        for m, kappa in enumerate(kappas[1:], start=1):
            same = self.paired and kappa == kappas[0]
            cloud = clouds[0] if same else sample_vmf(axis, kappa, n, rng)
            if self.paired and not same:
                cloud = _couple(clouds[0], cloud)
            clouds.append(_turn(cloud, m, self.gap))
        return tuple(clouds)


def _couple(cloud: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give `cloud` the latitudes of `other`, in the same order: its law, paired with `cloud`."""
    latitude = np.empty(len(cloud))
    latitude[np.argsort(cloud[:, 0])] = np.sort(other[:, 0])
    rest = cloud[:, 1:]
    radius = np.sqrt(np.clip(1 - latitude**2, 0, None))
    rest = rest * (radius / np.linalg.norm(rest, axis=1))[:, None]
    return np.column_stack([latitude, rest])


def _turn(cloud: NDArray[np.float64], axis: int, angle: float) -> NDArray[np.float64]:
    """Turn the first axis by `angle` towards another axis."""
    turned = cloud.copy()
    turned[:, 0] = math.cos(angle) * cloud[:, 0] - math.sin(angle) * cloud[:, axis]
    turned[:, axis] = math.sin(angle) * cloud[:, 0] + math.cos(angle) * cloud[:, axis]
    return turned


@register("cones")
class Cones(Clouds):
    """vMF clouds of given concentration, a given angle apart (Y.T2, N.4, N.5) [Yi2025].

    Parameters
    ----------
    kappa : float or sequence of float
        Concentration κ ≥ 0, for all modalities or one each.
    gap : float
        Angle between the centres in radians, in [0, π].
    paired : bool
        Pair ``y = R_gap x`` (latitudes matched by rank where the κ differ), else at random.
    """

    def __init__(
        self, *, kappa: float | Sequence[float] = 20.0, gap: float = 1.0, paired: bool = True
    ) -> None:
        super().__init__(kappa, gap, paired)


@register("antipodal")
class Antipodal(Clouds):
    """Two opposite clouds, paired at random: the widest gap there is.

    Pairs drawn independently, because exact mirror images stay mirror images for ever.

    Parameters
    ----------
    kappa : float or sequence of float
        Concentration of the clouds; 0 is the uniform law, which has no gap.
    """

    def __init__(self, *, kappa: float | Sequence[float] = 5.0) -> None:
        super().__init__(kappa, math.pi, paired=False)
