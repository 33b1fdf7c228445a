"""N.T3′, one direction: the inequality behind the theorem, in the coordinates of the loss."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import KAPPA, TAU, descent, excess, order, resultant, terms
from theory.claims.domain import Domain
from theory.claims.functions import log_f, ratio
from theory.claims.proof import TANGENT, Lemma, Proof, Step
from theory.claims.spaces import Choice, Real

__all__ = ["DIRECTION", "CentreDirection"]

_W, _T, _BEST, _KAPPA, _BETA, _NU = sympy.symbols("w t best kappa beta nu", real=True)

#: For use in other proofs.
DIRECTION = Lemma(
    name="direction",
    statement=r"|w| \le t \le b \Rightarrow \tilde J(w,t;\kappa) \ge \tilde J(b,b;\kappa)",
    reason="claim N.T3′|direction",
    expression=excess(_W, _T, _BEST, _BEST, _KAPPA, _BETA, _NU),
    premises=(_T - _W, _T + _W, _BEST - _T, _KAPPA, _BETA),
    claim="N.T3′|direction",
)


class _Scalars(Claim):
    """t = best · part and w = t · cosine, so that |w| ≤ t ≤ best ≤ 1."""

    factor_of_best: ClassVar[float] = 1
    domain = Domain(
        d=Choice([3, 2, 4, 8, 64, 512, 1024], fixed=True),
        kappa=Real(*KAPPA, log=True),
        tau=Real(*TAU, log=True),
        best=(0.0, 1.0),
        part=(0.0, 1.0),
        cosine=(-1.0, 1.0),
    )
    balls = True

    def margin(self, d: Any, kappa: Any, tau: Any, best: Any, part: Any, cosine: Any) -> Any:
        """Loss at (w, t) minus loss at w = t = best."""
        claimed = self.factor_of_best * best
        t = best * part
        return excess(t * cosine, t, claimed, claimed, kappa, 1 / tau, order(d))

    def scale(self, kappa: Any, tau: Any, **_: Any) -> Any:
        """Sum of the concentration and the inverse temperature."""
        return terms(kappa, 1 / tau)

    def symbols(self) -> dict[str, Any]:
        """Parameters in the symbols t, best − t and 1 − cosine, all ≥ 0."""
        at = {name: sympy.Symbol(name, positive=True) for name in ("d", "kappa", "tau")}
        t, rest, versine = sympy.symbols("t rest versine", nonnegative=True)
        return at | {"best": t + rest, "part": t / (t + rest), "cosine": 1 - versine}

    def proof(self) -> Proof:
        """Slope of log f_ν between M and κ + β·best, then |w| ≤ t ≤ best."""
        at = self.symbols()
        t = at["best"] * at["part"]
        directions = [(t * at["cosine"], t, at["kappa"], order(at["d"]))]
        start = self.margin(**at)
        steps = descent(start, at["best"], 1 / at["tau"], directions)
        return Proof(start, (1 + at["cosine"],), steps, _coordinates)


def _coordinates(best: Any, part: Any, cosine: Any, **rest: Any) -> dict[str, Any]:
    t = best * part
    return {**rest, "t": t, "rest": best - t, "versine": 1 - cosine}


class _Shorter(Control, _Scalars):
    id = "N.T3′|direction/.95"
    statement = r"\tilde J(w,t;\kappa) \ge \tilde J(0.95\,b, 0.95\,b;\kappa)"
    near = "the constant 1 replaced by .95"
    factor_of_best = 0.95


class _Half(Control, _Scalars):
    id = "N.T3′|direction/half"
    statement = r"\tilde J(w,t;\kappa) \le \tilde J(b/2,b/2;\kappa)"

    def margin(self, d: Any, kappa: Any, tau: Any, best: Any, part: Any, cosine: Any) -> Any:
        t = best * part
        return -excess(t * cosine, t, best / 2, best / 2, kappa, 1 / tau, order(d))


@register
class CentreDirection(_Scalars):
    r"""A centre does no better than w = t = b, the longest projection within reach [gaplab].

    ``J̃(w,t) − J̃(b,b) ≥ β(b − w)(1 − A(κ + βb)) ≥ 0``: with b = cos φ_1 one direction of N.T3′, with
    b = t = 1 one of Y.T2.
    """

    id = "N.T3′|direction"
    statement = (
        r"|w| \le t \le b \le 1 \Rightarrow \tilde J(w,t;\kappa) - \tilde J(b,b;\kappa) \ge "
        r"\beta(b-w)\,(1-A(\kappa+\beta b)) \ge 0"
    )
    source = ("gaplab", "N.T3′, steps (i) and (ii)")
    hypotheses = ("the keys are vMF(c, κ) in a subspace of dimension d, κ > 0",)
    beyond = "For t > b, or w beyond ±t, a pair may do better: no centres have these coordinates."
    expected = "proved"
    controls = (_Shorter, _Half)

    def reduced(self, d: Any, kappa: Any, tau: Any, best: Any, **_: Any) -> Any:
        """1 − A(κ + β·best)."""
        return 1 - ratio(order(d), kappa + best / tau)

    def factor(self, tau: Any, best: Any, part: Any, cosine: Any, **_: Any) -> Any:
        """β(best − w)."""
        return (best - best * part * cosine) / tau

    def tie(self) -> Proof:
        """Tangent of log f_ν at κ + β·best; what is left is A · (M − (κ + βw)) ≥ 0."""
        at = self.symbols()
        t, beta, nu = at["best"] * at["part"], 1 / at["tau"], order(at["d"])
        m = resultant(t * at["cosine"], t, at["kappa"], beta)
        top = at["kappa"] + beta * at["best"]
        slope = ratio(nu, top)
        start = self.margin(**at) - self.factor(**at) * self.reduced(**at)
        left = start - (log_f(nu, m) - log_f(nu, top) - slope * (m - top))
        steps = (Step(left, TANGENT, {"nu": nu, "a": m, "b": top}), Step(sympy.S.Zero))
        facts, asides = (1 + at["cosine"], slope), (self.factor(**at),)
        return Proof(start, facts, steps, _coordinates, asides, grounds=("B.1",))
