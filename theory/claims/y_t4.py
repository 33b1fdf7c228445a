"""Y.T4: given A6 and intra-modal isometry, pairs agree in the shared space."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import sympy

from theory import dynamics, limits
from theory.claims.base import Claim, Control, register
from theory.claims.centre import PHI
from theory.claims.domain import Domain
from theory.claims.g_6 import from_claim
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real
from theory.claims.structured import UnitRows
from theory.claims.variation import functional

__all__ = ["PairsAgreeInSharedSpace"]

_INSIDE = from_claim("N.1", r"L - 2\log N \ge K")


@functools.cache
def _critical(dimension: int) -> float:
    return dynamics.critical_beta(dimension)


class _Isometric(Claim):
    """x_i = a u_A + r s_i and y_i = a u_B + r t_i with r² = 1 − a²; s_i, t_i unit rows of C.

    The common a = x_i·c_x = y_i·c_y is A6 with intra-modal isometry; β = u β_c/(1 − a²).
    """

    share: float = 1
    domain = Domain(
        n=Choice([2, 3, 6]),
        d=Choice([2, 3]),
        s=UnitRows("n", "d"),
        t=UnitRows("n", "d"),
        a=(0.0, 0.95),
        phi=PHI,
        u=Real(0.02, 1.0, log=True),
    )

    def margin(self, d: Any, a: Any, u: Any, **params: Any) -> Any:
        """Loss of the configuration minus that of agreeing pairs, uniform in C."""
        dimension = int(d[0])
        inside = u * _critical(dimension)
        beta = inside / (1 - a * a)
        fixed = beta * a * a * np.cos(params["phi"])
        scores = inside[:, None, None] * (params["s"] @ np.swapaxes(params["t"], -1, -2))
        loss = functional(fixed[:, None, None] + scores)
        return loss - self.share * limits.uniform_optimum(dimension, 1 / inside)

    def proof(self) -> Proof:
        """The unconstrained loss of (s, t) at β(1 − a²): the common a² cos φ cancels."""
        loss, least = sympy.symbols("loss least", real=True)
        start = loss - self.share * least
        left = sympy.expand(start - (loss - least))
        at = {"weight": sympy.S.One, "value": loss, "bound": least}
        return Proof(start, (), (Step(left, _INSIDE, at),), _coordinates)

    def scale(self, a: Any, u: Any, **_: Any) -> Any:
        """Size of the scores."""
        return 10 * u / (1 - a * a)


def _coordinates(d: Any, u: Any, s: Any, t: Any, **_: Any) -> dict[str, Any]:
    inside = u * _critical(int(d[0]))
    scores = inside[:, None, None] * (s @ np.swapaxes(t, -1, -2))
    least = limits.uniform_optimum(int(d[0]), 1 / inside)
    return {"loss": functional(scores), "least": least}


class _Higher(Control, _Isometric):
    id = "Y.T4/.95"
    statement = r"L - 2\log N \ge .95\,K(\beta(1-a^2), C)"
    near = "the constant 1 replaced by .95"
    share = 0.95
    domain = Domain(**{name: s for name, s in _Isometric.domain.spaces.items() if name != "t"})

    def margin(self, d: Any, a: Any, u: Any, **params: Any) -> Any:
        return super().margin(d, a, u, t=params["s"], **params)


class _Collapse(Control, _Isometric):
    id = "Y.T4/collapse"
    statement = r"L - 2\log N \ge 0"
    share = 0


@register
class PairsAgreeInSharedSpace(_Isometric):
    r"""With equal components along the centres the optimum agrees inside C [Yi2025].

    x_i·y_j = a² cos φ + (1 − a²) s_i·t_j and the loss does not feel the constant, so it is the
    unconstrained loss of (s, t) on the sphere of C at β(1 − a²): N.1 gives the bound at every N,
    with equality only for s_i = t_i, uniform in C.
    """

    id = "Y.T4"
    statement = (
        r"L - 2\log N \ge -2\beta' + 2\log Z_C(\beta'),\ \beta' = \beta(1-a^2),\quad "
        r"\text{with equality only if } P_C x_i = P_C y_i"
    )
    source = ("Yi2025", "theorem on non-centre pairs")
    hypotheses = (
        "A and B are hyperplanes at dihedral angle φ",
        "A6 and intra-modal isometry, with one common a = x_i·c_x = y_i·c_y",
        "β(1 − a²) ≤ β_c(h − 2), as in N.1",
    )
    beyond = (
        "For the full loss with free particles the mean along the specific directions vanishes "
        "(Y.T4|free), so A6 does not hold at its optimum."
    )
    expected = "proved"
    simulation = (Prediction("subspace", "pair residual in the shared subspace", atol=1e-6),)
    controls = (_Higher, _Collapse)
