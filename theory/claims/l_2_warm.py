"""L.2, warm: at a larger temperature no gap is best, with mismatched pairs or without."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.l_2 import toy_loss
from theory.claims.spaces import Choice, Real

__all__ = ["WarmthClosesTheGap"]


class _Warm(Claim):
    sign = 1.0
    domain = Domain(
        swapped=Choice([1, 0], fixed=True),
        tau=Real(0.13, 2.0, log=True),
        delta=(-float(np.pi), float(np.pi)),
    )

    def margin(self, swapped: Any, tau: Any, delta: Any) -> Any:
        """Loss at δ minus loss at 0."""
        swap = bool(swapped[0])
        return self.sign * (toy_loss(delta, tau, swap) - toy_loss(0 * delta, tau, swap))

    def scale(self, tau: Any, **_: Any) -> Any:
        """Size of the scores."""
        return 2 / tau


class _Colder(Control, _Warm):
    id = "L.2|warm/.1"
    statement = r"L(\delta) \ge L(0) \text{ for } .1 \le \tau \le 2"
    near = "the same down to τ = .1; false below .13 for small δ"
    domain = Domain(**{**_Warm.domain.spaces, "tau": Real(0.1, 2.0, log=True)})


class _Opposite(Control, _Warm):
    id = "L.2|warm/opposite"
    statement = r"L(\delta) \le L(0)"
    sign = -1.0


@register
class WarmthClosesTheGap(_Warm):
    """The toy with two of six pairs swapped, or none, has its minimum without a gap [Liang2022]."""

    id = "L.2|warm"
    statement = r"L(\delta) \ge L(0) \text{ for } .13 \le \tau \le 2"
    source = ("Liang2022", "toy landscapes under temperature")
    hypotheses = (
        "six pairs on a cone of half-angle 1 rad on the sphere, two of them swapped or none",
        "y turned by δ as a whole",
    )
    beyond = "For τ ≤ .08 and mismatched pairs a gap of .25 rad is better: L.2|cold."
    expected = "supported"
    controls = (_Colder, _Opposite)
