"""S.1|aligned: the aligned simplex is claimed optimal for the sigmoid loss, gap 0."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Control, register
from theory.claims.s_1 import SigmoidClouds, sigmoid_at_gap

__all__ = ["SigmoidHasNoGap"]


class _Half(Control, SigmoidClouds):
    id = "S.1|aligned/within-5-percent"
    statement = r"L_\sigma \ge 0.95\,\Phi(0)"
    near = "the constant 1 replaced by .95"

    def combine(self, loss: Any, n: Any, beta: Any, bias: Any) -> Any:
        return loss - 0.95 * sigmoid_at_gap(0.0, n, beta, bias)


class _Maximum(Control, SigmoidClouds):
    id = "S.1|aligned/maximum"
    statement = r"L_\sigma \le \Phi(0)"

    def combine(self, loss: Any, n: Any, beta: Any, bias: Any) -> Any:
        return sigmoid_at_gap(0.0, n, beta, bias) - loss


@register
class SigmoidHasNoGap(SigmoidClouds):
    r"""No configuration is claimed to be below the aligned simplex, as for InfoNCE [Lee2024].

    False: where the wrong pairs weigh more than the true ones, moving the two means apart lowers
    all their logits at once. S.1 has the optimum and the condition.
    """

    id = "S.1|aligned"
    statement = r"L_\sigma \ge \Phi(0) = \log(1+e^{-\beta-b})+(N-1)\log(1+e^{b-\beta/(N-1)})"
    source = ("Lee2024", "optima of the sigmoid loss, read for any β and bias")
    hypotheses = ("β > 0 and the bias b are fixed", "N ≥ 2 pairs of unit rows")
    beyond = "It holds iff (N−2) s(b − β/(N−1)) ≤ 2 s(−b − β), s the logistic function."
    expected = "refuted"
    controls = (_Half, _Maximum)

    def combine(self, loss: Any, n: Any, beta: Any, bias: Any) -> Any:
        """Loss minus its value at the aligned simplex."""
        return loss - sigmoid_at_gap(0.0, n, beta, bias)
