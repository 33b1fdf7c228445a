"""E.1: the logarithm lies below its tangent at 1, on which every use of convexity rests."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.proof import Lemma, Proof, Step
from theory.claims.spaces import Real
from theory.claims.tangents import tangent

__all__ = ["LOG", "LogBelowTangent"]

_Z = sympy.Symbol("z", positive=True)

#: −log is convex.
_CONVEX = tangent("convex", r"-\log s \ge -\log t - (s-t)/t", -sympy.log(_Z))

#: For use in other proofs.
LOG = Lemma(
    name="log",
    statement=r"\log z \le z - 1",
    reason="the tangent of the logarithm at 1, claim E.1",
    expression=_Z - 1 - sympy.log(_Z),
    premises=(_Z,),
    claim="E.1",
)


class _Tangent(Claim):
    """A line through (1, 0) minus the logarithm."""

    slope: ClassVar[Any] = 1
    domain = Domain(z=Real(1e-6, 1e6, log=True))

    def margin(self, z: Any) -> Any:
        """Slope · (z − 1) − log z."""
        return float(self.slope) * (z - 1) - np.log(z)

    def scale(self, z: Any) -> Any:
        """Size of the line."""
        return 15 + z

    def proof(self) -> Proof:
        """The tangent of −log at 1."""
        start = self.slope * (_Z - 1) - sympy.log(_Z)
        step = Step(sympy.S.Zero, _CONVEX, {"s": _Z, "t": sympy.S.One})
        return Proof(start, (), (step,), coordinates=dict)


class _Steeper(Control, _Tangent):
    id = "E.1/slope-1.02"
    statement = r"\log z \le 1.02\,(z-1)"
    near = "the constant 1 replaced by 1.02"
    slope = sympy.Rational(51, 50)


class _Half(Control, _Tangent):
    id = "E.1/half"
    statement = r"\log z \le \tfrac12(z-1)"
    slope = sympy.Rational(1, 2)


@register
class LogBelowTangent(_Tangent):
    """log z ≤ z − 1 [HardyLittlewoodPolya1934]."""

    id = "E.1"
    statement = r"\log z \le z - 1"
    source = ("HardyLittlewoodPolya1934", "tangents of convex functions")
    hypotheses = ("z > 0",)
    beyond = "Equality only at z = 1."
    expected = "proved"
    controls = (_Steeper, _Half)
