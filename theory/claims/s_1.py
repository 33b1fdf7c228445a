"""S.1: the least value of the sigmoid loss at fixed β and bias, and the gap that attains it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy
from scipy.special import expit

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import loss_values, partner
from theory.claims.domain import Domain
from theory.claims.proof import Lemma, Proof, Step
from theory.claims.spaces import Integer, Real
from theory.claims.structured import UnitRows

__all__ = ["SigmoidClouds", "SigmoidOptimum", "best_gap", "sigmoid_at_gap", "sigmoid_loss"]

#: Halvings of [0, 1] in the search of the best gap.
HALVINGS = 34

_LOSS, _COUNT, _S, _T = sympy.symbols("loss count s t", real=True)

#: Both kinds of pairs, averaged by convexity.
SOFTPLUS_JENSEN = Lemma(
    name="jensen",
    statement=r"L_\sigma \ge \log(1+e^{-\beta a-b})+(N-1)\log(1+e^{\beta c+b})",
    reason=(
        "by claim E.2 log(1 + e^s) lies above its tangents: N true pairs have mean cosine a, "
        "N(N−1) wrong ones c = (N x̄·ȳ − a)/(N−1)"
    ),
    expression=_LOSS - sympy.log(1 + sympy.exp(_S)) - _COUNT * sympy.log(1 + sympy.exp(_T)),
    premises=(_COUNT,),
    claim="E.2",
)

#: The softplus increases.
SOFTPLUS_RISES = Lemma(
    name="monotone",
    statement=r"s \ge t,\ c \ge 0 \Rightarrow c\log(1+e^s) \ge c\log(1+e^t)",
    reason="by claim E.2 log(1 + e^s) lies above its tangent at t, whose slope is ≥ 0",
    expression=_COUNT * (sympy.log(1 + sympy.exp(_S)) - sympy.log(1 + sympy.exp(_T))),
    premises=(_COUNT, _S - _T),
    claim="E.2",
)


def sigmoid_loss(x: Any, y: Any, beta: Any, bias: Any) -> Array:
    """Registered sigmoid loss of every cloud of a batch, each with its own bias.

    The bias enters as one more coordinate, √|b/β| and its signed twin.
    """
    part = np.sqrt(np.abs(bias) / beta)
    column = np.broadcast_to(part[:, None, None], (*x.shape[:-1], 1))
    sign = np.sign(bias)[:, None, None]
    more_x = np.concatenate([x, column], axis=-1)
    more_y = np.concatenate([y, sign * column], axis=-1)
    return loss_values("sigmoid", more_x, more_y, beta=beta, bias=0.0)


def sigmoid_at_gap(gap: Any, n: Any, beta: Any, bias: Any) -> Any:
    r"""Φ(g): loss of simplices √(1−g) u ± √g e, whose means are 2√g apart.

    True pairs have cosine 1 − 2g, the others ``c = −(1 + (N−2) g)/(N−1)``:
    ``Φ = log(1 + e^{−β(1−2g)−b}) + (N−1) log(1 + e^{βc+b})``, convex in g.
    """
    others = -(1 + (n - 2) * gap) / (n - 1)
    if isinstance(beta, sympy.Basic):
        right = sympy.log(1 + sympy.exp(-beta * (1 - 2 * gap) - bias))
        return right + (n - 1) * sympy.log(1 + sympy.exp(beta * others + bias))
    right = np.logaddexp(0, -beta * (1 - 2 * gap) - bias)
    return right + (n - 1) * np.logaddexp(0, beta * others + bias)


def best_gap(n: Any, beta: Any, bias: Any) -> Array:
    """Minimiser of Φ on [0, 1], by halving on the sign of its slope."""
    low, high = np.zeros(np.shape(beta)), np.ones(np.shape(beta))
    for _ in range(HALVINGS):
        gap = (low + high) / 2
        others = -(1 + (n - 2) * gap) / (n - 1)
        slope = 2 * expit(-beta * (1 - 2 * gap) - bias) - (n - 2) * expit(beta * others + bias)
        low, high = np.where(slope < 0, gap, low), np.where(slope < 0, high, gap)
    return np.where(low == 0, 0.0, high)


class SigmoidClouds(Claim):
    """Paired clouds of any size under the sigmoid loss."""

    domain = Domain(
        n=Integer(2, 5),
        h=Integer(1, 4),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
        beta=Real(0.1, 30, log=True),
        bias=(-12.0, 6.0),
    )

    @abstractmethod
    def combine(self, loss: Any, n: Any, beta: Any, bias: Any) -> Any:
        """Margin from the loss, the number of pairs, β and the bias."""

    def margin(self, n: Any, h: Any, x: Any, towards: Any, step: Any, beta: Any, bias: Any) -> Any:
        """Margin of paired clouds."""
        loss = sigmoid_loss(x, partner(x, towards, step), beta, bias)
        return self.combine(loss, n, beta, bias)

    def scale(self, n: Any, beta: Any, bias: Any, **_: Any) -> Any:
        """Logits, one per row and key."""
        return n * (1 + beta + np.abs(bias))

    def proof(self) -> Proof:
        """Jensen, then both logits by a ≤ 1 − 2g and m ≥ −g with g = max(0, −m)."""
        n, beta = sympy.symbols("n beta", positive=True)
        bias, loss, gap, low, high = sympy.symbols("bias loss gap low high", real=True)
        a, m = 1 - 2 * gap - low, high - gap
        others = (n * m - a) / (n - 1)
        best = -(1 + (n - 2) * gap) / (n - 1)
        logits = (-beta * a - bias, beta * others + bias)
        least_logits = (-beta * (1 - 2 * gap) - bias, beta * best + bias)
        start = self.combine(loss, n, beta, bias)
        soft = [sympy.log(1 + sympy.exp(s)) for s in (*logits, *least_logits)]
        one = start - loss + soft[0] + (n - 1) * soft[1]
        two = one - soft[0] + soft[2]
        three = two - (n - 1) * soft[1] + (n - 1) * soft[3]
        rises = [
            {"count": count, "s": s, "t": t}
            for count, s, t in zip((sympy.S.One, n - 1), logits, least_logits, strict=True)
        ]
        steps = (
            Step(
                one, SOFTPLUS_JENSEN, {"loss": loss, "count": n - 1, "s": logits[0], "t": logits[1]}
            ),
            Step(two, SOFTPLUS_RISES, rises[0]),
            Step(
                three, SOFTPLUS_RISES, rises[1], (beta * n * high / (n - 1) + beta * low / (n - 1),)
            ),
            Step(sympy.S.Zero),
        )
        minimal = sigmoid_at_gap(gap, n, beta, bias) - sympy.Symbol("least", real=True)
        # low is half of spread + ‖x̄ ∓ ȳ‖², and Φ(g) is no less than its minimum
        facts = (n - 1, low, high, minimal)
        return Proof(start, facts, steps, self._coordinates)

    def _coordinates(
        self, n: Any, x: Any, towards: Any, step: Any, beta: Any, bias: Any, **_: Any
    ) -> dict[str, Any]:
        y = partner(x, towards, step)
        mean_cosine = (x * y).sum(axis=-1).mean(axis=-1)
        inner = (x.mean(axis=-2) * y.mean(axis=-2)).sum(axis=-1)
        gap = np.maximum(0.0, -inner)
        return {
            "n": n,
            "beta": beta,
            "bias": bias,
            "loss": sigmoid_loss(x, y, beta, bias),
            "gap": gap,
            "low": 1 - 2 * gap - mean_cosine,
            "high": inner + gap,
            "least": least(n, beta, bias),
        }


def least(n: Any, beta: Any, bias: Any) -> Any:
    """Φ at its minimiser; as a symbol, ``least``."""
    if isinstance(beta, sympy.Basic):
        return sympy.Symbol("least", real=True)
    return sigmoid_at_gap(best_gap(n, beta, bias), n, beta, bias)


class _Larger(Control, SigmoidClouds):
    id = "S.1/minimum-times-1.03"
    statement = r"L_\sigma \ge 1.03\,\min_g \Phi(g)"
    near = "the constant 1 replaced by 1.03"

    def combine(self, loss: Any, n: Any, beta: Any, bias: Any) -> Any:
        return loss - 1.03 * least(n, beta, bias)


class _Antipodal(Control, SigmoidClouds):
    id = "S.1/antipodal"
    statement = r"L_\sigma \ge \Phi(1)"

    def combine(self, loss: Any, n: Any, beta: Any, bias: Any) -> Any:
        return loss - sigmoid_at_gap(1, n, beta, bias)


@register
class SigmoidOptimum(SigmoidClouds):
    r"""At fixed β and bias the sigmoid loss is at least ``min_g Φ(g)`` [Lee2024].

    Jensen over true and over wrong pairs, then ``a ≤ 1 + m − |m|`` for the mean cosine a of true
    pairs and m = x̄·ȳ: the best m is −g ≤ 0, with opposite means √g apart from 0. Attained for
    N ≤ h. The gap is optimal iff ``(N−2) s(b − β/(N−1)) > 2 s(−b − β)``, s the logistic function.
    """

    id = "S.1"
    statement = (
        r"L_\sigma \ge \min_{0\le g\le1}\Phi(g),\quad \Phi(g)=\log(1+e^{-\beta(1-2g)-b})"
        r"+(N-1)\log(1+e^{b-\beta\frac{1+(N-2)g}{N-1}})"
    )
    source = ("Lee2024", "optima of the sigmoid loss, with opposite means made explicit")
    hypotheses = ("β > 0 and the bias b are fixed", "N ≥ 2 pairs of unit rows")
    beyond = (
        "Attained for N ≤ h (a simplex and one dimension for the gap); with β and b learnt every "
        "gap below 1 ties (S.1|ties)."
    )
    expected = "proved"
    controls = (_Larger, _Antipodal)

    def combine(self, loss: Any, n: Any, beta: Any, bias: Any) -> Any:
        """Loss minus the least value of Φ."""
        return loss - least(n, beta, bias)
