"""LS.1|attained: the aligned simplex has the value of LS.1."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import loss_values
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Integer, Real
from theory.finite import simplex_infonce

__all__ = ["SimplexAttains", "simplex"]

#: Rounding of a loss of size 4β.
TOLERANCE = 1e-12


def simplex(n: int, h: int) -> Any:
    """Rows of the regular simplex of n ≤ h + 1 points in R^h."""
    corners = np.eye(n) - 1 / n
    rows = corners @ np.linalg.svd(corners)[2][: n - 1].T
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return np.hstack([rows, np.zeros((n, h - n + 1))])


class _Simplex(Claim):
    """A simplex whose partners are turned by `angle` in the plane of two coordinates."""

    domain = Domain(n=Integer(2, 6, fixed=True), extra=Integer(1, 2), beta=Real(0.1, 100, log=True))
    angle: ClassVar[float] = 0.0
    factor_of_value: ClassVar[Any] = 1

    def margin(self, n: Any, extra: Any, beta: Any) -> Any:
        """Tolerance minus the distance of the loss from the value claimed."""
        size = int(n[0])
        residual = np.empty(len(beta))
        for more in np.unique(extra):
            x = simplex(size, size - 1 + int(more))
            y = x.copy()
            y[:, 0], y[:, -1] = (
                np.cos(self.angle) * x[:, 0] - np.sin(self.angle) * x[:, -1],
                np.sin(self.angle) * x[:, 0] + np.cos(self.angle) * x[:, -1],
            )
            at = extra == more
            shape = (int(at.sum()), *x.shape)
            views = (np.broadcast_to(x, shape), np.broadcast_to(y, shape))
            value = 2 * loss_values("infonce", *views, beta=beta[at])
            residual[at] = value - self.factor_of_value * simplex_infonce(n[at], beta[at])
        return TOLERANCE * self.scale(beta) - np.abs(residual)

    def proof(self) -> Proof:
        """All wrong keys score β(−1/(N−1) − 1) = −βN/(N−1) below the right one."""
        beta, others = sympy.symbols("beta others", positive=True)  # N − 1
        found = 2 * sympy.log(1 + others * sympy.exp(beta * (-1 / others - 1)))
        value = 2 * sympy.log(1 + others * sympy.exp(-beta * (others + 1) / others))
        tolerance = sympy.Float(TOLERANCE) * (1 + 4 * beta)
        start = tolerance - sympy.Abs(found - self.factor_of_value * value)

        def coordinates(n: Any, beta: Any, **_: Any) -> dict[str, Any]:
            return {"others": n - 1, "beta": beta}

        return Proof(start, (), (Step(tolerance), Step(sympy.S.Zero)), coordinates)

    def scale(self, beta: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * beta


class _Turned(Control, _Simplex):
    id = "LS.1|attained/turned-by-2-degrees"
    statement = r"L = 2\log(1+(N-1)e^{-\beta N/(N-1)}) \text{ for partners turned by } 2°"
    near = "the angle 0 replaced by 2 degrees"
    angle = np.radians(2)


class _ValueOff(Control, _Simplex):
    id = "LS.1|attained/value-1.02"
    statement = r"L = 2.04\log(1+(N-1)e^{-\beta N/(N-1)})"
    near = "the constant 2 replaced by 2.04"
    factor_of_value = 1.02


@register
class SimplexAttains(_Simplex):
    r"""For N ≤ h + 1 the aligned simplex attains the bound LS.1 [LuSteinerberger2022]."""

    id = "LS.1|attained"
    statement = (
        r"x_i = y_i,\ x_i\cdot x_j = -\tfrac1{N-1} \Rightarrow "
        r"L = 2\log\!\big(1+(N-1)e^{-\beta N/(N-1)}\big)"
    )
    source = ("LuSteinerberger2022", "simplex optimum, for two modalities")
    hypotheses = ("2 ≤ N ≤ h + 1",)
    beyond = "For N > h + 1 there is no regular simplex of N points in R^h."
    expected = "proved"
    controls = (_Turned, _ValueOff)
