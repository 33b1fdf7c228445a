"""A class of two modalities, one of them shifted: shared by the readings of G.2."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
import sympy

from theory.claims.base import Array, Claim
from theory.claims.batches import square
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitRows, UnitVector

__all__ = ["GapFreeClass", "PooledClass", "ShiftedClass", "gap_free_growth", "pooled_growth"]

#: Rounding of scatters below 100.
TOLERANCE = 1e-11


def pooled_growth(share: Any, shift: Any, inner: Any) -> Any:
    """π(1−π)(‖δ‖² + 2 m·δ) = π(1−π)(‖m+δ‖² − ‖m‖²)."""
    return share * (1 - share) * (shift + 2 * inner)


def gap_free_growth(share: Any, shift: Any, inner: Any) -> Any:
    """π(‖δ‖² + 2(1−π) m·δ)."""
    return share * (shift + 2 * (1 - share) * inner)


class ShiftedClass(Claim):
    """One class: rows `x` of the modality shifted by δ = length · direction, rows `y` of the other.

    Attributes
    ----------
    recentre : bool
        Whether the scatter after the shift is about the class centroid after it.
    """

    domain = Domain(
        n=Integer(1, 5),
        m=Integer(1, 5),
        h=Integer(1, 4),
        x=UnitRows("n", "h"),
        y=UnitRows("m", "h"),
        direction=UnitVector("h"),
        length=(0.0, 3.0),
    )
    recentre: ClassVar[bool] = True

    @abstractmethod
    def growth(self, share: Any, shift: Any, inner: Any) -> Any:
        """Growth claimed, from the share π, ‖δ‖² and m·δ, m the difference of the means."""

    def measured(self, x: Any, y: Any, delta: Any) -> Array:
        """Within-class scatter after the shift minus before it."""
        before = np.concatenate([x, y], axis=-2)
        after = np.concatenate([x + delta[..., None, :], y], axis=-2)
        old = before.mean(axis=-2, keepdims=True)
        new = after.mean(axis=-2, keepdims=True) if self.recentre else old
        gained = square(after - new).mean(axis=-1) - square(before - old).mean(axis=-1)
        return np.asarray(gained)

    def margin(self, x: Any, y: Any, direction: Any, length: Any, **_: Any) -> Any:
        """Tolerance minus the distance from the growth claimed."""
        delta = length[..., None] * direction
        inner = ((x.mean(axis=-2) - y.mean(axis=-2)) * delta).sum(axis=-1)
        share = x.shape[-2] / (x.shape[-2] + y.shape[-2])
        residual = self.measured(x, y, delta) - self.growth(share, length**2, inner)
        return TOLERANCE - np.abs(residual)

    def scale(self, length: Any, **_: Any) -> Any:
        """Squared lengths."""
        return (2 + length) ** 2

    def proof(self) -> Proof:
        """Scatter is mean ‖z‖² − 2 c·mean z + ‖c‖²; everything else cancels."""
        share, shift = sympy.symbols("share shift", nonnegative=True)
        along_x, along_y = sympy.symbols("along_x along_y", real=True)
        centre = share * along_x + (1 - share) * along_y
        moved = 2 * share * centre + share**2 * shift if self.recentre else 2 * share * centre
        measured = share * (2 * along_x + shift) - moved
        claimed = self.growth(share, shift, along_x - along_y)
        start = sympy.Float(TOLERANCE) - sympy.Abs(measured - claimed)

        def coordinates(x: Any, y: Any, direction: Any, length: Any, **_: Any) -> dict[str, Any]:
            delta = length[..., None] * direction
            return {
                "share": np.full(len(x), x.shape[-2] / (x.shape[-2] + y.shape[-2])),
                "shift": length**2,
                "along_x": (x.mean(axis=-2) * delta).sum(axis=-1),
                "along_y": (y.mean(axis=-2) * delta).sum(axis=-1),
            }

        return Proof(start, (), (Step(sympy.S.Zero),), coordinates)


class PooledClass(ShiftedClass):
    """Scatter about the class centroid of the moment."""

    recentre = True


class GapFreeClass(ShiftedClass):
    """Scatter about the class centroid before the shift."""

    recentre = False
