"""G.6|limit: the combined loss against the uniform optimum, for many samples."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import loss_values, partner, square
from theory.claims.domain import Domain
from theory.claims.g_6 import from_claim
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Real
from theory.claims.structured import UnitRows
from theory.claims.uniform import critical, optimum

__all__ = ["CombinedLimit"]

_INFONCE = from_claim("N.1", r"L \ge K + 2\log N")
_GAP = from_claim("G.3", r"L_{ATP} \ge \|\bar x-\bar y\|^2")
_CENTROIDS = from_claim("G.5|h>=3", r"L_{CU} \ge \log(N e^{-4}Z(4)-1)")


def uniform_centroids(n: Any, h: Any) -> Array:
    """Bound log(N E − 1) of L_CU, E = e^{−4} Z(4) the energy of the uniform sphere."""
    energy = np.exp(optimum(h, np.full(np.shape(h), 4.0)) / 2)
    return np.asarray(np.log(n * energy - 1))


class _Pairs(Claim):
    """More pairs than a simplex holds, at β = u·β_c(h)."""

    domain = Domain(
        n=Choice([17, 24]),
        h=Choice([3, 4]),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
        u=Real(1e-2, 1, log=True),
    )

    @abstractmethod
    def combine(self, loss: Any, optimum: Any, gap: Any) -> Any:
        """Margin from the loss, the uniform optimum and the squared gap."""

    def margin(self, n: Any, h: Any, x: Any, towards: Any, step: Any, u: Any) -> Any:
        """Margin of paired clouds."""
        y, beta = partner(x, towards, step), u * critical(h)
        loss = loss_values("gap_closing", x, y, beta=beta)
        best = optimum(h, beta) / 2 + np.log(n) + uniform_centroids(n, h)
        return self.combine(loss, best, square(x.mean(axis=-2) - y.mean(axis=-2)))

    def proof(self) -> Proof:
        """Each term by a claim of its own."""
        names = ("infonce", "atp", "cu", "best", "spread", "gap")
        infonce, atp, cu, best, spread, gap = sympy.symbols(names, real=True)
        half, one = sympy.Rational(1, 2), sympy.S.One
        start = self.combine(infonce / 2 + atp + cu, best / 2 + spread, gap)
        uses = (
            (_INFONCE, half, infonce, best),
            (_GAP, one, atp, gap),
            (_CENTROIDS, one, cu, spread),
        )
        steps, left = [], start
        for lemma, weight, value, bound in uses:
            left = sympy.expand(left - weight * (value - bound))
            steps.append(Step(left, lemma, {"weight": weight, "value": value, "bound": bound}))
        return Proof(start, (), tuple(steps), self._coordinates)

    def _coordinates(
        self, n: Any, h: Any, x: Any, towards: Any, step: Any, u: Any
    ) -> dict[str, Any]:
        y, beta = partner(x, towards, step), u * critical(h)
        return {
            "infonce": 2 * loss_values("infonce", x, y, beta=beta),
            "atp": loss_values("atp", x, y, beta=beta),
            "cu": loss_values("cu", x, y, beta=beta),
            "best": optimum(h, beta) + 2 * np.log(n),
            "spread": uniform_centroids(n, h),
            "gap": square(x.mean(axis=-2) - y.mean(axis=-2)),
        }

    def scale(self, h: Any, u: Any, **_: Any) -> Any:
        """Logits."""
        return 10 + 2 * u * critical(h)


class _Higher(Control, _Pairs):
    id = "G.6|limit/optimum-plus-.5"
    statement = r"L \ge L^\infty + 0.5"
    near = "false only for nearly aligned and spread clouds at small β"

    def combine(self, loss: Any, optimum: Any, gap: Any) -> Any:
        return loss - optimum - 0.5


class _Reversed(Control, _Pairs):
    id = "G.6|limit/maximum"
    statement = r"L \le L^\infty"

    def combine(self, loss: Any, optimum: Any, gap: Any) -> Any:
        return optimum - loss


@register
class CombinedLimit(_Pairs):
    r"""The combined loss is above its uniform value by at least the squared gap [Grassucci2026].

    Adds N.1, G.3 and G.5|h>=3. The bound is approached by aligned uniform pairs as N → ∞, so in
    the limit the optimum has gap 0, aligned pairs and no collapse.
    """

    id = "G.6|limit"
    statement = (
        r"L_{ATP}+L_{CU}+L_{InfoNCE} \ge \tfrac12K+\log N+\log(Ne^{-4}Z(4)-1)+\|\bar x-\bar y\|^2"
    )
    source = ("Grassucci2026", "optimum of the combined loss, N → ∞")
    hypotheses = ("h ≥ 3", "β ≤ β_c(h)", "N e^{−4} Z(4) > 1", "unit weights, t = 2")
    beyond = "For h = 2 the centroids do better off the circle (G.5); beyond β_c, only numerics."
    expected = "certified"
    controls = (_Higher, _Reversed)

    def combine(self, loss: Any, optimum: Any, gap: Any) -> Any:
        """Loss minus the bound and the squared gap."""
        return loss - optimum - gap
