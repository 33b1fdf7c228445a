"""L.2, cold: with mismatched pairs a small temperature prefers a gap."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.functions import cos
from theory.claims.spaces import Real

__all__ = ["ColdMismatchKeepsAGap", "toy_loss"]

#: Pairs, and their angle from the centre of the cone in radians.
COUNT, ANGLE = 6, 1.0
#: The gap that is tried, in radians.
GAP = 0.25


def toy_loss(delta: Any, tau: Any, swapped: bool = True) -> Any:
    """Registered InfoNCE of the toy: six x evenly on a cone, y the same turned by `delta`.

    x_i = (cos α, sin α cos w_i, sin α sin w_i) with α = 1 and w_i = 2πi/6; y turns in the plane of
    the first and the last axis; `swapped` exchanges the partners of the first two. For arrays and
    balls.
    """
    angle = 2 * np.pi * np.arange(COUNT) / COUNT
    p, q, r = np.full(COUNT, np.cos(ANGLE)), np.sin(ANGLE) * np.sin(angle), np.cos(angle)
    c, s = cos(delta), np.sin(delta)
    order = [1, 0, *range(2, COUNT)] if swapped else list(range(COUNT))
    third = np.sin(ANGLE) ** 2 * np.outer(r, r)
    inner = [
        [
            c * float(p[i] * p[j] + q[i] * q[j])
            + s * float(q[i] * p[j] - p[i] * q[j])
            + float(third[i, j])
            for j in order
        ]
        for i in range(COUNT)
    ]
    beta, total = 1 / tau, 0
    for i in range(COUNT):
        for row in (inner[i], [inner[k][i] for k in range(COUNT)]):
            others = sum(np.exp(beta * (row[j] - row[i])) for j in range(COUNT) if j != i)
            total = total + np.log(1 + others)
    return total / (2 * COUNT)


class _Cold(Claim):
    gap = GAP
    domain = Domain(tau=Real(0.02, 0.08, log=True))
    balls = True

    def margin(self, tau: Any) -> Any:
        """Loss without a gap minus loss at the gap."""
        return toy_loss(0.0, tau) - toy_loss(self.gap, tau)


class _Warmer(Control, _Cold):
    id = "L.2|cold/.115"
    statement = r"L(\delta = .25) < L(0) \text{ for } .02 \le \tau \le .115"
    near = "the same up to τ = .115; false beyond .11"
    domain = Domain(tau=Real(0.02, 0.115, log=True))


class _Large(Control, _Cold):
    id = "L.2|cold/2.5"
    statement = r"L(\delta = 2.5) < L(0)"
    gap = 2.5


@register
class ColdMismatchKeepsAGap(_Cold):
    """Two mismatched pairs of six are enough for a gap to lower the loss at τ ≤ .08 [Liang2022].

    Wrong partners that score higher than the right ones are pushed away, and at small τ they
    decide: a numerical form of the toy landscapes of the paper.
    """

    id = "L.2|cold"
    statement = r"L(\delta = .25) < L(0) \text{ for } .02 \le \tau \le .08"
    source = ("Liang2022", "toy landscapes under temperature")
    hypotheses = (
        "six pairs on a cone of half-angle 1 rad on the sphere, two of them swapped",
        "y turned by δ as a whole",
    )
    beyond = "Without mismatched pairs, or for τ ≥ .13, no gap is best: L.2|warm."
    expected = "certified"
    controls = (_Warmer, _Large)
