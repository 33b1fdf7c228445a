"""N.T3′, uniqueness: how much any other centre pair loses."""

from __future__ import annotations

import dataclasses
from typing import Any

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import excess, resultant, terms
from theory.claims.domain import Domain
from theory.claims.functions import ratio
from theory.claims.n_t3_prime import SmallestPrincipalAngle, directions
from theory.claims.proof import SLOPE, TANGENT, Proof, Step
from theory.claims.spaces import Choice

__all__ = ["UniqueCentrePair"]

_PAIR = SmallestPrincipalAngle()


def reserve(w: Any, t: Any, best: Any, kappa: Any, beta: Any, nu: Any) -> Any:
    """M − (κ + βw) + β(best − t)(1 − A(κ + β·best)): zero only at w = t = best."""
    rest = beta * (best - t) * (1 - ratio(nu, kappa + beta * best))
    return resultant(w, t, kappa, beta) - (kappa + beta * w) + rest


class _Reserve(Claim):
    """Loss of a centre pair above that of the first principal pair, less the reserve."""

    share: float = 1
    domain = Domain(**{**_PAIR.domain.spaces, "h": Choice([4]), "d_a": Choice([2, 3])})

    def margin(self, **params: Any) -> Any:
        """What the pair loses beyond the reserve."""
        return self.beyond_reserve(**{**params, **_PAIR.seen(**params)})

    def beyond_reserve(self, first: Any, tau: Any, **seen: Any) -> Any:
        """Return the same from what the loss sees."""
        beta = 1 / tau
        return sum(
            excess(w, t, first, first, kappa, beta, nu)
            - self.share * reserve(w, t, first, kappa, beta, nu)
            for w, t, kappa, nu in directions(**seen)
        )

    def scale(self, kappa_x: Any, kappa_y: Any, tau: Any, **_: Any) -> Any:
        """Sum of the concentrations and the inverse temperature."""
        return terms(kappa_x + kappa_y, 1 / tau)

    def proof(self) -> Proof:
        """Slope of log f between M and κ + βt, tangent at κ + β·best, in each direction."""
        outer = _PAIR.proof()
        at = {s.name: s for s in outer.start.free_symbols}
        beta, best = 1 / at["tau"], at["first"]
        start = left = self.beyond_reserve(**at)
        steps = []
        for w, t, kappa, nu in directions(**at):
            m, middle, top = resultant(w, t, kappa, beta), kappa + beta * t, kappa + beta * best
            for lemma, values in (
                (SLOPE, {"nu": nu, "a": m, "b": middle}),
                (TANGENT, {"nu": nu, "a": middle, "b": top}),
            ):
                chosen = {s: values[s.name] for s in lemma.expression.free_symbols}
                left = left - lemma.expression.subs(chosen, simultaneous=True)
                steps.append(Step(left, lemma, values, (2 * kappa * beta * (t - w),)))
        steps[-1] = dataclasses.replace(steps[-1], expression=sympy.S.Zero)
        return dataclasses.replace(outer, start=start, steps=tuple(steps))


class _Larger(Control, _Reserve):
    id = "N.T3′|unique/1.05"
    statement = r"\text{the reserve times } 1.05"
    near = "the constant 1 replaced by 1.05"
    share = 1.05


class _Double(Control, _Reserve):
    id = "N.T3′|unique/2"
    statement = r"\text{the reserve times } 2"
    share = 2


@register
class UniqueCentrePair(_Reserve):
    r"""Every other centre pair loses more, by an explicit amount: one minimum [gaplab].

    Per direction ``J̃(w,t) − J̃(t,t) ≥ M − (κ + βw)``, zero only at w = t, and by the tangent at
    κ + β cos φ_1 ``J̃(t,t) − J̃(cos φ_1, cos φ_1) ≥ β(cos φ_1 − t)(1 − A)``, zero only at
    t = cos φ_1.
    """

    id = "N.T3′|unique"
    statement = (
        r"\tilde J(w,t) - \tilde J(\cos\varphi_1,\cos\varphi_1) \ge M - (\kappa+\beta w) + "
        r"\beta(\cos\varphi_1 - t)\,(1 - A(\kappa+\beta\cos\varphi_1))"
    )
    source = ("gaplab", "N.T3′")
    hypotheses = _PAIR.hypotheses
    beyond = (
        "If φ_1 is not simple, w = t = cos φ_1 on a whole family of pairs; at φ_1 = π/2 on all."
    )
    expected = "proved"
    controls = (_Larger, _Double)
