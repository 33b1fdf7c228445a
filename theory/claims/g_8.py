"""G.8: a gap dilutes groups and leaves every cross-modal ranking as it is."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import square
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.s_1_ties import with_gap
from theory.claims.simulation_check import Prediction
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
    added: ClassVar[Any] = 1

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
            np.abs(within_gap - kept * within - float(self.added) * s**2),
            np.abs(between_gap - kept * between),
            np.abs(cosines - shifted).max(axis=(-2, -1)),
        ]
        return TOLERANCE - np.max(errors, axis=0)

    def proof(self) -> Proof:
        """Scatter of unit rows is 1 − ‖class mean‖²; opposite heights leave the means as they are.

        Lifting scales means by √(1−s²), so S_W, S_B and the cosines follow from these lengths.
        """
        s, within_mean, apart, cosine = sympy.symbols("s within_mean apart cosine", real=True)
        kept = 1 - s**2
        errors = (
            (1 - kept * within_mean) - (kept * (1 - within_mean) + self.added * s**2),
            kept * apart - kept * apart,
            (sympy.sqrt(kept) ** 2 * cosine - s**2) - (kept * cosine - s**2),
        )
        tolerance = sympy.Float(TOLERANCE)
        start = tolerance - sympy.Max(*map(sympy.Abs, map(sympy.expand, errors)))
        return Proof(start, (), (Step(tolerance), Step(sympy.S.Zero)), _coordinates)


def _coordinates(x_first: Any, x_second: Any, y_first: Any, y_second: Any, s: Any, **_: Any) -> Any:
    pairs = ((x_first, y_first), (x_second, y_second))
    means = [np.concatenate(c, axis=-2).mean(axis=-2) for c in pairs]
    within_mean = (square(means[0]) + square(means[1])) / 2
    cosine = (x_first[..., 0, :] * y_second[..., 0, :]).sum(axis=-1)
    apart = square(means[0] - means[1]) / 4
    return {"s": s, "within_mean": within_mean, "apart": apart, "cosine": cosine}


class _Added(Control, _Groups):
    id = "G.8/added-1.02"
    statement = r"S_W' = (1-s^2) S_W + 1.02\,s^2"
    near = "the constant 1 replaced by 1.02"
    added = sympy.Rational(51, 50)


class _NothingAdded(Control, _Groups):
    id = "G.8/nothing-added"
    statement = r"S_W' = (1-s^2) S_W"
    added = 0


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
    expected = "proved"
    simulation = (Prediction("offset", "scatter within classes", rtol=0.01),)
    controls = (_Added, _NothingAdded)
