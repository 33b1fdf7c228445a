"""Y.T3, monotone: the centre-pair loss of subspaces is not decreasing in the cosine."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, TAU, order, resultant
from theory.claims.domain import Domain
from theory.claims.functions import ratio_over
from theory.claims.spaces import Choice, Real

__all__ = ["SubspaceMonotone"]


class _Slope(Claim):
    """Slope of J̃(w, t; κ) in w, at w = s t."""

    domain = Domain(
        h=Choice([3, 4, 8, 64, 512], fixed=True),
        kappa=Real(*KAPPA, log=True),
        tau=Real(*TAU, log=True),
        t=(0.0, 1.0),
        s=(-1.0, 1.0),
    )

    def falls(self, dimension: Any, kappa: Any, tau: Any, t: Any, s: Any) -> Any:
        """−∂J̃/∂w over β for keys in a subspace of the given dimension."""
        m = resultant(s * t, t, kappa, 1 / tau)
        return 1 - kappa * ratio_over(order(dimension), m)


class _Whole(Control, _Slope):
    id = "Y.T3|monotone/whole-space"
    statement = r"\partial_w J(w;\kappa) \le 0"
    near = "the same in the whole space; false only where κ A_h(M) > M"

    def margin(self, h: Any, **params: Any) -> Any:
        return self.falls(h[0], **params)


class _Increasing(Control, _Slope):
    id = "Y.T3|monotone/increasing"
    statement = r"\partial_w \tilde J \ge 0"

    def margin(self, h: Any, **params: Any) -> Any:
        return -self.falls(h[0] - 1, **params)


@register
class SubspaceMonotone(_Slope):
    """J̃ is claimed to fall as the centres turn to each other; false for concentrated keys.

    The slope is β(κA(M)/M − 1), positive where the cloud of keys repels more than its own
    partner attracts.
    """

    id = "Y.T3|monotone"
    statement = r"\partial_w \tilde J(w, t; \kappa) \le 0"
    source = ("gaplab", "remark on Y.T3")
    hypotheses = ("y ~ vMF(c_y, κ) in a hyperplane, |w| ≤ t ≤ 1",)
    beyond = "Wherever κ A_{h−1}(M) > M: large κ and w near −t."
    expected = "refuted"
    controls = (_Whole, _Increasing)

    def margin(self, h: Any, **params: Any) -> Any:
        """−∂J̃/∂w over β."""
        return self.falls(h[0] - 1, **params)
