"""LS.1: up to h + 1 pairs the optimum of the contrastive loss is the aligned simplex."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import loss_values, partner, square
from theory.claims.domain import Domain
from theory.claims.proof import Lemma, Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Integer, Real
from theory.claims.structured import UnitRows
from theory.finite import simplex_infonce

__all__ = ["JENSEN", "MONOTONE", "SimplexOptimum", "moments"]

_LOSS, _COUNT, _S, _T = sympy.symbols("loss count s t", real=True)

#: Both directions, averaged by convexity over the wrong keys and over the rows.
JENSEN = Lemma(
    name="jensen",
    statement=r"L \ge 2\log(1+(N-1)e^{s}),\quad s = \tfrac{\beta N}{N-1}(\bar x\cdot\bar y-a)",
    reason=(
        "claim E.2 with r ∝ (1, e^s, …, e^s) bounds log(1 + Σ_j e^{s_ij}) below by its tangent at "
        "s_ij = s, the same for all rows i; s is the mean of s_ij = β(x_i·y_j − x_i·y_i), so that "
        "the linear part has mean 0. a is the mean cosine of true pairs"
    ),
    expression=_LOSS - 2 * sympy.log(1 + _COUNT * sympy.exp(_S)),
    premises=(_COUNT,),
    claim="E.2",
)

#: The softplus increases.
MONOTONE = Lemma(
    name="monotone",
    statement=r"s \ge t,\ c \ge 0 \Rightarrow 2\log(1+ce^{s}) \ge 2\log(1+ce^{t})",
    reason="by claim E.2 log(1 + ce^s) lies above its tangent at t, whose slope is ≥ 0",
    expression=2 * sympy.log(1 + _COUNT * sympy.exp(_S))
    - 2 * sympy.log(1 + _COUNT * sympy.exp(_T)),
    premises=(_COUNT, _S - _T),
    claim="E.2",
)


def moments(x: Any, y: Any) -> dict[str, Any]:
    """Squared lengths of both means, and the spread of the pair differences about theirs.

    For unit rows, mean x·y − x̄·ȳ = 1 − (spread + ‖x̄‖² + ‖ȳ‖²)/2.
    """
    difference = x - y
    centred = difference - difference.mean(axis=-2, keepdims=True)
    return {
        "mean_x": square(x.mean(axis=-2)),
        "mean_y": square(y.mean(axis=-2)),
        "spread": square(centred).mean(axis=-1),
    }


class _PairedClouds(Claim):
    """Paired clouds of any size, aligned ones included."""

    domain = Domain(
        n=Integer(2, 7),
        h=Integer(1, 6),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
        beta=Real(0.1, 100, log=True),
    )

    @abstractmethod
    def combine(self, loss: Any, n: Any, beta: Any) -> Any:
        """Margin from L, the number of pairs and β."""

    def margin(self, n: Any, h: Any, x: Any, towards: Any, step: Any, beta: Any) -> Any:
        """Margin of paired clouds."""
        y = partner(x, towards, step)
        return self.combine(2 * loss_values("infonce", x, y, beta=beta), n, beta)

    def proof(self) -> Proof:
        """Jensen twice, then the mean cosine of true pairs less x̄·ȳ is at most one."""
        n = sympy.Symbol("n", positive=True)
        beta = sympy.Symbol("beta", positive=True)
        loss = sympy.Symbol("loss", real=True)
        mean_x, mean_y, spread = sympy.symbols("mean_x mean_y spread", nonnegative=True)
        least = -beta * n / (n - 1)
        s = least * (1 - (spread + mean_x + mean_y) / 2)
        start = self.combine(loss, n, beta)
        left = start - loss + 2 * sympy.log(1 + (n - 1) * sympy.exp(s))
        steps = (
            Step(left, JENSEN, {"loss": loss, "count": n - 1, "s": s}),
            Step(sympy.S.Zero, MONOTONE, {"count": n - 1, "s": s, "t": least}),
        )

        def coordinates(x: Any, towards: Any, step: Any, **rest: Any) -> dict[str, Any]:
            y = partner(x, towards, step)
            value = 2 * loss_values("infonce", x, y, beta=rest["beta"])
            return {**rest, **moments(x, y), "loss": value}

        return Proof(start, (n - 1,), steps, coordinates)

    def scale(self, beta: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * beta


def _value(n: Any, beta: Any, factor: Any = 1) -> Any:
    """Value at the simplex with its exponent times `factor`, for arrays and symbols."""
    if isinstance(n, sympy.Basic):
        return 2 * sympy.log(1 + (n - 1) * sympy.exp(-factor * beta * n / (n - 1)))
    return simplex_infonce(n, factor * beta)


class _SmallerExponent(Control, _PairedClouds):
    id = "LS.1/exponent-.97"
    statement = r"L \ge 2\log(1+(N-1)e^{-0.97\,\beta N/(N-1)})"
    near = "the constant 1 in the exponent replaced by .97"

    def combine(self, loss: Any, n: Any, beta: Any) -> Any:
        return loss - _value(n, beta, 0.97)


class _Orthogonal(Control, _PairedClouds):
    id = "LS.1/orthogonal"
    statement = r"L \ge 2\log(1+(N-1)e^{-\beta})"

    def combine(self, loss: Any, n: Any, beta: Any) -> Any:
        if _symbolic(n):
            return loss - 2 * sympy.log(1 + (n - 1) * sympy.exp(-beta))
        return loss - 2 * np.log1p((n - 1) * np.exp(-beta))


@register
class SimplexOptimum(_PairedClouds):
    r"""No configuration is below the value of the aligned simplex [LuSteinerberger2022].

    Jensen over wrong keys and rows, then
    ``mean x·y − x̄·ȳ = 1 − ½(spread of differences + ‖x̄‖² + ‖ȳ‖²) ≤ 1``.
    """

    id = "LS.1"
    statement = r"L \ge 2\log\!\big(1+(N-1)e^{-\beta N/(N-1)}\big)"
    source = ("LuSteinerberger2022", "simplex optimum, for two modalities")
    hypotheses = ("N ≥ 2 pairs of unit rows in any dimension",)
    beyond = (
        "The bound holds for every N and h and is attained iff N ≤ h + 1 (LS.1|attained); for "
        "larger N it is strict, and N.1 takes over."
    )
    expected = "proved"
    simulation = (Prediction("finite_n", "loss − 2 log N at the end", "N=9", rtol=1e-3),)
    controls = (_SmallerExponent, _Orthogonal)

    def combine(self, loss: Any, n: Any, beta: Any) -> Any:
        """Loss minus its value at the simplex."""
        return loss - _value(n, beta)


def _symbolic(value: Any) -> bool:
    return isinstance(value, sympy.Basic)
