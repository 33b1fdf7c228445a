"""G.8: a gap dilutes groups and leaves every cross-modal ranking as it is."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import square
from theory.claims.domain import Domain
from theory.claims.s_1_ties import with_gap
from theory.claims.spaces import Integer
from theory.claims.structured import UnitRows

__all__ = ["GapDilutesGroups", "scatters"]

#: Rounding of scatters and cosines below 2.
TOLERANCE = 1e-13


def scatters(first: Any, second: Any) -> tuple[Array, Array]:
    """Within-class and between-class scatter of two classes of equal size, (size, n, h) each."""
    means = np.stack([first.mean(axis=-2), second.mean(axis=-2)], axis=-2)
    within = [square(c - c.mean(axis=-2, keepdims=True)).mean(axis=-1) for c in (first, second)]
    between = square(means - means.mean(axis=-2, keepdims=True)).mean(axis=-1)
    return np.asarray((within[0] + within[1]) / 2), np.asarray(between)


class _Groups(Claim):
    """Two classes in two modalities, lifted to heights ±s in a new dimension."""

    domain = Domain(
        n=Integer(1, 4),
        h=Integer(1, 4),
        x_first=UnitRows("n", "h"),
        x_second=UnitRows("n", "h"),
        y_first=UnitRows("n", "h"),
        y_second=UnitRows("n", "h"),
        s=(0.0, 0.95),
    )
    added: ClassVar[float] = 1.0

    def margin(
        self, x_first: Any, x_second: Any, y_first: Any, y_second: Any, s: Any, **_: Any
    ) -> Any:
        """Tolerance minus the largest error of the three statements."""
        flat = [np.concatenate(c, axis=-2) for c in ((x_first, y_first), (x_second, y_second))]
        lifted = [
            np.concatenate([with_gap(x, s), with_gap(y, -s)], axis=-2)
            for x, y in ((x_first, y_first), (x_second, y_second))
        ]
        within, between = scatters(*flat)
        within_gap, between_gap = scatters(*lifted)
        kept = 1 - s**2
        cosines = np.einsum("...ih,...jh->...ij", with_gap(x_first, s), with_gap(y_second, -s))
        before = np.einsum("...ih,...jh->...ij", x_first, y_second)
        shifted = kept[:, None, None] * before - s[:, None, None] ** 2
        errors = [
            np.abs(within_gap - kept * within - self.added * s**2),
            np.abs(between_gap - kept * between),
            np.abs(cosines - shifted).max(axis=(-2, -1)),
        ]
        return TOLERANCE - np.max(errors, axis=0)


class _Added(Control, _Groups):
    id = "G.8/added-1.02"
    statement = r"S_W' = (1-s^2) S_W + 1.02\,s^2"
    near = "the constant 1 replaced by 1.02"
    added = 1.02


class _NothingAdded(Control, _Groups):
    id = "G.8/nothing-added"
    statement = r"S_W' = (1-s^2) S_W"
    added = 0.0


@register
class GapDilutesGroups(_Groups):
    r"""A gap orthogonal to the data adds s² to the scatter within groups only [Grassucci2026].

    ``S_W′ = (1−s²) S_W + s²`` and ``S_B′ = (1−s²) S_B``: the ratio that clustering lives on grows
    by ``s²/((1−s²) S_B)``, while every cross-modal cosine becomes ``(1−s²) x·y − s²``, an
    increasing function of what it was, so R@k does not move at all.
    """

    id = "G.8"
    statement = (
        r"S_W' = (1-s^2)S_W+s^2,\quad S_B' = (1-s^2)S_B,\quad x'\cdot y' = (1-s^2)\,x\cdot y - s^2"
    )
    source = ("Grassucci2026", "group-wise metrics move with the gap, instance-wise hardly")
    hypotheses = (
        "x and y lifted to heights ±s orthogonal to both clouds, then unit again",
        "both modalities equally often in every class; two classes of equal size",
    )
    beyond = (
        "A gap with a component inside the span of the data changes rankings (G.1|cosine); how "
        "far V-measure and kNN fall depends on the data."
    )
    expected = "supported"
    controls = (_Added, _NothingAdded)
