"""Y.T2, the threshold: below β = (h−1)/2 no concentration makes opposite cones stable."""

from __future__ import annotations

from typing import Any

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.functions import ratio, sqrt
from theory.claims.proof import Lemma, Proof, Ratio, Step
from theory.claims.spaces import Choice, Real

__all__ = ["SecondMinimumThreshold"]

_NU, _A = sympy.symbols("nu a", real=True)
_C = _NU + sympy.Rational(1, 2)

#: Amos' bound from above, multiplied out.
AMOS = Lemma(
    name="Amos",
    statement=r"A_h(z)\,(c + \sqrt{z^2 + c^2}) \le z,\ c = (h-1)/2",
    reason="the bound of claim B.3|upper times c + √(z² + c²)",
    expression=_A - Ratio(_NU, _A) * (_C + sympy.sqrt(_A**2 + _C**2)),
    premises=(_A,),
    claim="B.3|upper",
)


class _Threshold(Claim):
    """M − κA_h(M) at β = constant · (h−1)/2 and κ = β + M, the best for given M."""

    constant: Any = 1
    domain = Domain(h=Choice([3, 2, 4, 8, 64, 512], fixed=True), m=Real(1e-2, 1e3, log=True))

    def margin(self, h: Any, m: Any) -> Any:
        """Attraction minus repulsion at w = −1, times M/β."""
        return m - ratio(h / 2 - 1, m) * (m + float(self.constant) * (h - 1) / 2)

    def scale(self, m: Any, **_: Any) -> Any:
        """Size of M."""
        return m

    def proof(self) -> Proof:
        """Amos' bound, and √(M² + c²) ≥ M."""
        nu, m = sympy.Symbol("nu", real=True), sympy.Symbol("m", positive=True)
        c, at = nu + sympy.Rational(1, 2), Ratio(nu, m)
        steps = (
            Step(at * (sqrt(m**2 + c**2) - m), AMOS, {"nu": nu, "a": m}),
            Step(sympy.S.Zero),
        )
        start = m - at * (m + self.constant * c)

        def coordinates(h: Any, m: Any) -> dict[str, Any]:
            return {"nu": h / 2 - 1, "m": m}

        return Proof(start, (at,), steps, coordinates, grounds=("B.1",))


class _Higher(Control, _Threshold):
    id = "Y.T2|threshold/1.05"
    statement = r"\beta \le 1.05\,(h-1)/2"
    near = "the constant 1 replaced by 1.05"
    constant = sympy.Rational(21, 20)


class _Dimension(Control, _Threshold):
    id = "Y.T2|threshold/h-1"
    statement = r"\beta \le h - 1"
    constant = 2


@register
class SecondMinimumThreshold(_Threshold):
    r"""``A_h(M)(M + (h−1)/2) ≤ M``, so w = −1 is unstable for every κ if β ≤ (h−1)/2 [gaplab].

    With κ = β + M (κ < β is worse) the condition of Y.T2|second-minimum is β > M/A_h(M) − M, which
    falls from h at M = 0 to (h−1)/2 as M → ∞; so some κ meets it iff β > (h−1)/2.
    """

    id = "Y.T2|threshold"
    statement = r"\beta \le \tfrac{h-1}{2} \Rightarrow \kappa A_h(|\kappa-\beta|)\le|\kappa-\beta|"
    source = ("gaplab", "remark on Y.T2")
    hypotheses = ("h in the grid of the domain", "|κ − β| in [.01, 1000]")
    beyond = "For β > (h−1)/2 every large enough κ makes opposite cones a second minimum."
    expected = "proved"
    controls = (_Higher, _Dimension)
