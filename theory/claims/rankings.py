"""Rankings of two keys by one query before and after the gallery is shifted: shared by G.1."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from theory.claims.base import Array, Claim
from theory.claims.domain import Domain
from theory.claims.spaces import Integer
from theory.claims.structured import UnitVector

__all__ = ["ShiftedGallery", "SmallShiftByCosine", "unit"]


def unit(vectors: Any) -> Array:
    """Vectors of length one; a zero vector stays."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 1e-12, length, 1.0))


class ShiftedGallery(Claim):
    """A query and two unit keys, to which δ = length · direction is added.

    A ranking is made of pairs of keys, so two are enough: it survives iff the difference of the
    two scores keeps its sign, that is iff the product of both differences is ≥ 0.
    """

    domain = Domain(
        h=Integer(2, 3),
        query=UnitVector("h"),
        a=UnitVector("h"),
        b=UnitVector("h"),
        direction=UnitVector("h"),
        length=(0.0, 3.0),
    )

    @abstractmethod
    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        """Keys after the shift, as the ranking sees them."""

    def margin(self, h: Any, query: Any, a: Any, b: Any, direction: Any, length: Any) -> Any:
        """Product of the score differences before and after the shift."""
        first, second = self.keys(a, b, length[..., None] * direction)
        after = (query * (first - second)).sum(axis=-1)
        return (query * (a - b)).sum(axis=-1) * after

    def scale(self, length: Any, **_: Any) -> Any:
        """Scores."""
        return 4 * (1 + length)


class SmallShiftByCosine(ShiftedGallery):
    """Cosine ranking after a shift of length ≤ .3: it changes only where two keys nearly tie."""

    near = "false only where two keys are nearly tied"

    def keys(self, a: Any, b: Any, delta: Any) -> tuple[Any, Any]:
        """Both keys shifted by a tenth of δ and renormalised."""
        return unit(a + delta / 10), unit(b + delta / 10)
