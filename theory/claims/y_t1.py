"""Y.T1: without constraint no law of pairs is below the aligned uniform one."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from scipy.special import logsumexp

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import partner
from theory.claims.domain import Domain
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Integer, Real
from theory.claims.structured import UnitRows, UnitVector
from theory.claims.uniform import optimum

__all__ = ["UnconstrainedOptimum", "functional", "masses"]


def functional(x: Any, y: Any, weights: Any, beta: Any) -> Array:
    """F[π] of the law with mass `weights` on the pairs (x_i, y_i), the limit of L − 2 log N."""
    scores = beta[:, None, None] * (x @ np.swapaxes(y, -1, -2))
    positive = np.diagonal(scores, axis1=-2, axis2=-1)
    forward = logsumexp(scores, axis=-1, b=weights[:, None, :])
    backward = logsumexp(scores, axis=-2, b=weights[:, :, None])
    return np.asarray((weights * (forward + backward - 2 * positive)).sum(axis=-1))


def masses(root: Any) -> Array:
    """Masses of the atoms from a unit vector, none of them 0."""
    weights = root**2 + 1e-12
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


class _Laws(Claim):
    """Laws of pairs with finitely many atoms of any mass, at any temperature."""

    domain = Domain(
        n=Integer(1, 5),
        h=Choice([2, 3, 16]),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
        root=UnitVector("n"),
        beta=Real(1e-2, 100, log=True),
    )

    @abstractmethod
    def combine(self, value: Any, least: Any) -> Any:
        """Margin from F[π] and K."""

    def margin(
        self, h: Any, x: Any, towards: Any, step: Any, root: Any, beta: Any, **_: Any
    ) -> Any:
        """Margin of laws with masses root²."""
        value = functional(x, partner(x, towards, step), masses(root), beta)
        return self.combine(value, optimum(h, beta))

    def scale(self, beta: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * beta


class _Larger(Control, _Laws):
    id = "Y.T1/K-times-.95"
    statement = r"F[\pi] \ge 0.95\,K"
    near = "the constant K replaced by .95 K"

    def combine(self, value: Any, least: Any) -> Any:
        return value - 0.95 * least


class _Half(Control, _Laws):
    id = "Y.T1/half"
    statement = r"F[\pi] \ge \tfrac12 K"

    def combine(self, value: Any, least: Any) -> Any:
        return value - least / 2


@register
class UnconstrainedOptimum(_Laws):
    r"""``lim L − 2 log N = F[π] ≥ K``, so the gap converges to 0 [Yi2025].

    Every finite N is a law with N equal masses. Proved for β ≤ β_c(h) (Y.T1|warm) and for aligned
    pairs at every β (W.1); here for any pairs and any β.
    """

    id = "Y.T1"
    statement = (
        r"F[\pi] = -2\beta E[x\cdot y] + E_x\log E_y e^{\beta x\cdot y} + "
        r"E_y\log E_x e^{\beta x\cdot y} \ge K = -2\beta + 2\log Z(\beta)"
    )
    source = ("Yi2025", "theorem without constraint")
    hypotheses = ("any law π of pairs of unit vectors, h ≥ 2", "any β > 0")
    beyond = (
        "The two log terms cannot be bounded one by one: at antipodal point masses each is below "
        "its uniform value. For β > β_c it is not proved."
    )
    expected = "supported"
    simulation = (
        Prediction("free", "centroid gap at the end"),
        Prediction("free", "loss − 2 log N at the end", rtol=2e-3),
    )
    controls = (_Larger, _Half)

    def combine(self, value: Any, least: Any) -> Any:
        """Functional minus K."""
        return value - least
