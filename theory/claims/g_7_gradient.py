"""G.7|gradient: what InfoNCE asks of a query."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy
import torch
from scipy.special import softmax

from theory import losses
from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.rows import log_sum, pair_scores, score_symbols
from theory.claims.spaces import Integer, Real
from theory.claims.structured import UnitRows

__all__ = ["QueryGradient"]

#: Rounding of a gradient, in units of β.
TOLERANCE = 1e-12
#: Largest number of pairs.
ROWS = 3


class _Gradients(Claim):
    """Paired clouds."""

    domain = Domain(
        n=Integer(1, ROWS),
        h=Integer(1, 4),
        x=UnitRows("n", "h"),
        y=UnitRows("n", "h"),
        beta=Real(0.1, 100, log=True),
    )
    pull: ClassVar[Any] = 1
    both: ClassVar[bool] = True

    def margin(self, x: Any, y: Any, beta: Any, **_: Any) -> Any:
        """Tolerance minus the distance of the registered loss's gradient, in units of β/N."""
        loss = losses.create("infonce", check=False)
        views = (torch.tensor(x), torch.tensor(y))
        gradient = loss.value_and_gradient(*views, logit_scale=torch.tensor(beta))[1][0].numpy()
        scores = beta[:, None, None] * (x @ np.swapaxes(y, -1, -2))
        claimed = softmax(scores, axis=-1) @ y - self.pull * y
        other = softmax(scores, axis=-2) @ y - y if self.both else claimed
        unit = x.shape[-2] / beta[:, None, None]
        residual = np.abs(2 * unit * gradient - claimed - other)
        return TOLERANCE * x.shape[-2] - residual.max(axis=(-2, -1))

    def proof(self) -> Proof:
        """Differentiate both directions as x_1 moves along a coordinate axis."""
        at, step = score_symbols(ROWS), sympy.Symbol("step", real=True)
        keys = sympy.symbols(f"key:{ROWS}", real=True)  # that coordinate of the y_j
        rows = [[s + step * k for s, k in zip(at.score[0], keys, strict=True)], *at.score[1:]]
        forward = log_sum(rows[0], at.present) - rows[0][0]
        backward, other = -rows[0][0], -keys[0]
        for j, here in enumerate(at.present):
            column = [row[j] for row in at.score]
            backward += here * log_sum([row[j] for row in rows], at.present)
            other += here * keys[j] * sympy.exp(column[0] - log_sum(column, at.present))
        claimed = -self.pull * keys[0]
        for s, k, here in zip(at.score[0], keys, at.present, strict=True):
            claimed += here * k * sympy.exp(s - log_sum(at.score[0], at.present))
        found = sympy.diff(forward + backward, step).subs(step, 0)
        residual = found - claimed - (other if self.both else claimed)
        tolerance = sympy.Float(TOLERANCE) * sum(at.present)
        steps = (Step(tolerance), Step(sympy.S.Zero))
        return Proof(tolerance - sympy.Abs(residual), (), steps, _coordinates)


def _coordinates(x: Any, y: Any, beta: Any, **_: Any) -> dict[str, Any]:
    values = pair_scores(beta[:, None, None] * (x @ np.swapaxes(y, -1, -2)), ROWS)
    for j in range(ROWS):
        values[f"key{j}"] = y[:, j, 0] if j < y.shape[1] else 0 * beta
    return values


class _Pull(Control, _Gradients):
    id = "G.7|gradient/pull-.98"
    statement = r"\nabla_{x_i} L_{X\to Y} = \tfrac{\beta}{N}\big(\sum_j p_{ij}y_j - 0.98\,y_i\big)"
    near = "the constant 1 replaced by .98"
    pull = 0.98


class _OneDirection(Control, _Gradients):
    id = "G.7|gradient/same-weights-both-ways"
    statement = r"\nabla_{x_i} L_{Y\to X} = \nabla_{x_i} L_{X\to Y}"
    both = False


@register
class QueryGradient(_Gradients):
    r"""The gradient in a query is its mean key under softmax less its own key [Grassucci2026].

    Both directions of the registered loss are ``(β/N)(Σ_j p_ij y_j − y_i)``, p the softmax over
    the keys of each row for X→Y, over the queries of each key for Y→X.
    """

    id = "G.7|gradient"
    statement = r"\nabla_{x_i} L_{X\to Y} = \tfrac{\beta}{N}\big(\sum_j p_{ij}y_j - y_i\big)"
    source = ("Grassucci2026", "gradient of InfoNCE")
    hypotheses = (
        "the gradient in R^h, before the projection on the tangent space",
        "any number of pairs, shown for up to three",
    )
    beyond = "On the sphere its part along x_i is removed."
    expected = "proved"
    controls = (_Pull, _OneDirection)
