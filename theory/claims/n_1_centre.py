"""N.1|centre: how little the uniform optimum can be missed just beyond β_c."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import excess, partner, square
from theory.claims.domain import Domain
from theory.claims.n_1 import kernel_terms
from theory.claims.n_1_shells import log_lead
from theory.claims.proof import Proof, Step
from theory.claims.shells import between, energy_lost
from theory.claims.spaces import Choice, Integer
from theory.claims.structured import UnitRows
from theory.claims.uniform import BRIDGE, optimum

__all__ = ["NearlyOptimal"]


class _Pairs(Claim):
    """Paired clouds at β between β_c and β_2."""

    share: ClassVar[float] = 1
    lost: ClassVar[int] = 1
    domain = Domain(
        n=Integer(1, 4),
        h=Choice([2, 3]),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
        u=(0.0, 1.0),
    )

    def margin(self, n: Any, h: Any, x: Any, towards: Any, step: Any, u: Any) -> Any:
        """L − 2 log N minus share · K, plus δ."""
        beta = between(h, u)
        loss = excess(x, partner(x, towards, step), beta)
        return loss - self.share * optimum(h, beta) + self.lost * energy_lost(beta, h)

    def proof(self) -> Proof:
        """The bridge with √S ∝ the Gaussians of both shells: 4 E log(U/E) is left."""
        beta, distance = sympy.symbols("beta distance", nonnegative=True)
        names = ("forward", "backward", "least", "lost", "lead")
        forward, backward, least, lost, lead = sympy.symbols(names, real=True)
        start = (1 - self.share) * least + beta * distance + forward + backward + self.lost * lost
        overlap = lead - lost / 4 - beta * distance / 4
        at = {"forward": forward, "backward": backward, "overlap": overlap}
        left = sympy.expand(start - (forward + backward - 4 * overlap))
        steps = (Step(left, BRIDGE, at), Step(sympy.S.Zero))
        return Proof(start, (lead,), steps, _coordinates, grounds=("N.1|shells",))

    def scale(self, h: Any, u: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * between(h, u)


def _coordinates(h: Any, x: Any, towards: Any, step: Any, u: Any, **_: Any) -> dict[str, Any]:
    y, beta = partner(x, towards, step), between(h, u)
    values = kernel_terms(x, y, h, beta)
    r = np.minimum(np.sqrt(square(x + y)) / 2, 1)
    lead = log_lead(r, beta[:, None], h[:, None]).mean(axis=-1)
    known = {"beta": beta, "least": optimum(h, beta), "lost": energy_lost(beta, h), "lead": lead}
    return {**values, **known}


class _Larger(Control, _Pairs):
    id = "N.1|centre/K-times-.85"
    statement = r"L - 2\log N \ge 0.85\,K"
    near = "false only for nearly aligned and spread pairs"
    share = 0.85
    lost = 0


class _NonNegative(Control, _Pairs):
    id = "N.1|centre/at-least-half"
    statement = r"L - 2\log N \ge \tfrac12 K"
    share = 0.5
    lost = 0


@register
class NearlyOptimal(_Pairs):
    r"""Up to β_2(h) no configuration of any N is below K by more than δ [gaplab].

    The bridge holds for every S; with the law on two shells (N.1|shells) in place of the uniform
    sphere it loses ``δ = 2 log(e/E)``, the ratio of their energies, once in all. δ is 0 at β_c and,
    at β_2, .130, .045, .017 and .0005 for h = 2, 3, 4, 8, where K is −3.46, −5.23, −6.93, −13.6.
    """

    id = "N.1|centre"
    statement = (
        r"L - 2\log N \ge K - \delta,\quad \delta = 2\log\frac{Z(1+\rho e^{-\beta/2})}"
        r"{e^{\beta/2}(1+\rho)}\quad(\beta_c \le \beta \le \beta_2(h))"
    )
    source = ("gaplab", "N.1, beyond β_c")
    hypotheses = ("any N ≥ 1 and any unit rows in R^h", "β_c(h) ≤ β ≤ β_2(h), as in N.1|shells")
    beyond = "Beyond β_2 laws on more shells give such bounds; none of them says that K is missed."
    expected = "proved"
    controls = (_Larger, _NonNegative)
