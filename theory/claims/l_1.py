"""L.1: a random ReLU layer brings directions together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.dual import Dual

__all__ = ["ConeEffect", "layer_cosine"]


def layer_cosine(theta: Any) -> Any:
    """Cosine after a wide random ReLU layer without bias, for inputs at an angle θ."""
    return (np.sin(theta) + (np.pi - theta) * np.cos(theta)) / np.pi


def rise(theta: Any) -> Any:
    """Sin θ − θ cos θ for θ ∈ [0, π], whose derivative is θ sin θ ≥ 0."""
    if isinstance(theta, Dual):
        at = theta.value
        return theta.chain(at.sin() - at * at.cos(), at * at.sin())
    return np.sin(theta) - theta * np.cos(theta)


class _Layer(Claim):
    domain = Domain(theta=(1e-3, math.pi))
    balls = True


class _Strictly(Control, _Layer):
    id = "L.1/strictly"
    statement = r"\cos' \ge \cos\theta + .0001"
    near = "false only below .1 rad"

    def margin(self, theta: Any) -> Any:
        return rise(theta) / math.pi - 0.0001


class _Apart(Control, _Layer):
    id = "L.1/apart"
    statement = r"\cos' \le \cos\theta"

    def margin(self, theta: Any) -> Any:
        return -rise(theta) / math.pi


@register
class ConeEffect(_Layer):
    r"""A random ReLU layer brings all directions together: depth makes cones [Liang2022].

    ``cos′ − cos θ = (sin θ − θ cos θ)/π``, which is positive for θ > 0: the derivative of
    sin θ − θ cos θ is θ sin θ, so no angle but 0 stays.
    """

    id = "L.1"
    statement = (
        r"\cos' = \tfrac1\pi(\sin\theta + (\pi-\theta)\cos\theta) \ge \cos\theta\quad"
        r"(0 \le \theta \le \pi)"
    )
    source = ("Liang2022", "cone effect")
    hypotheses = (
        "a layer ReLU(Wx) of infinite width, W Gaussian without bias",
        "θ ∈ [.001, π]; at θ = 0 both sides are 1",
    )
    beyond = "At finite width it holds with high probability; a given W may spread directions."
    expected = "certified"
    controls = (_Strictly, _Apart)

    def margin(self, theta: Any) -> Any:
        """(sin θ − θ cos θ)/π."""
        return rise(theta) / math.pi
