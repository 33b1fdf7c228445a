"""W.1: the uniform law minimises the uniformity loss at every temperature."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import excess
from theory.claims.domain import Domain
from theory.claims.n_1 import kernel_terms
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Integer, Real
from theory.claims.structured import UnitRows
from theory.claims.uniform import BRIDGE, optimum

__all__ = ["UniformityOptimum"]


class _Cloud(Claim):
    """One cloud at any temperature."""

    domain = Domain(
        n=Integer(1, 8),
        h=Choice([2, 3, 4, 16]),
        x=UnitRows("n", "h"),
        beta=Real(1e-2, 100, log=True),
    )

    @abstractmethod
    def combine(self, over: Any, log_z: Any) -> Any:
        """Margin from 2 (E log E e^{βx·x′} − log Z) and log Z."""

    def margin(self, n: Any, h: Any, x: Any, beta: Any) -> Any:
        """Margin of one cloud, paired with itself."""
        least = optimum(h, beta)
        return self.combine(excess(x, x, beta) - least, least / 2 + beta)

    def proof(self) -> Proof:
        """The bridge with x = y, where the overlap is 1."""
        forward = sympy.Symbol("forward", real=True)
        log_z = sympy.Symbol("log_z", nonnegative=True)
        start = self.combine(2 * forward, log_z)
        at = {"forward": forward, "backward": forward, "overlap": sympy.S.Zero}
        step = Step(start - 2 * forward, BRIDGE, at)

        def coordinates(x: Any, h: Any, beta: Any, **_: Any) -> dict[str, Any]:
            log_z = optimum(h, beta) / 2 + beta
            return {"forward": kernel_terms(x, x, h, beta)["forward"], "log_z": log_z}

        return Proof(start, (), (step,), coordinates)

    def scale(self, beta: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * beta


class _LargerUniform(Control, _Cloud):
    id = "W.1/log-Z-times-1.05"
    statement = r"E\log E\,e^{\beta x\cdot x'} \ge 1.05\,\log Z(\beta)"
    near = "the constant log Z replaced by 1.05 log Z"

    def combine(self, over: Any, log_z: Any) -> Any:
        return over - 0.1 * log_z


class _Reversed(Control, _Cloud):
    id = "W.1/maximum"
    statement = r"E\log E\,e^{\beta x\cdot x'} \le \log Z(\beta)"

    def combine(self, over: Any, log_z: Any) -> Any:
        return -over


@register
class UniformityOptimum(_Cloud):
    r"""No law has a smaller uniformity loss than the uniform one [WangIsola2020].

    The aligned case of the finite-N theorem N.1: with x = y the overlap of the bridge is 1, so
    no bound on β is needed.
    """

    id = "W.1"
    statement = r"E_x\log E_{x'}\,e^{\beta x\cdot x'} \ge \log Z(\beta)"
    source = ("WangIsola2020", "theorem on uniformity, for every N and β")
    hypotheses = ("x, x′ are independent draws from the same law on the sphere",)
    beyond = "For two different laws the log terms can each be below log Z: it needs x = y in law."
    expected = "proved"
    controls = (_LargerUniform, _Reversed)

    def combine(self, over: Any, log_z: Any) -> Any:
        """Twice the uniformity loss minus its optimum."""
        return over
