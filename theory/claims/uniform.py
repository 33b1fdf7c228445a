"""What the claims about the uniform optimum share: β_c, K, Ψ and the lemma that joins them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import sympy

from theory import dynamics, limits
from theory.claims.base import Array
from theory.claims.functions import log_f, log_f_difference
from theory.claims.proof import Lemma, LogF

__all__ = ["BRIDGE", "CHORD", "CONVEX", "critical", "optimum", "potential", "psi"]

_FORWARD, _BACKWARD, _OVERLAP = sympy.symbols("forward backward overlap", real=True)
_NU, _Z, _R, _U, _C = sympy.symbols("nu z r u c", real=True)

#: N.1|bridge, for the densities P_x = G_x s/Z′ and S = s²/Z′ on R^h.
BRIDGE = Lemma(
    name="bridge",
    statement=(
        r"E_x\log\!\int\! k\,d\nu + E_y\log\!\int\! k\,d\mu \ge 4\,E\log\!\int\!\sqrt{P_xP_y},"
        r"\quad k=\int P_xP_y/S"
    ),
    reason=(
        "for densities P_x, S on R^h as for finite measures (claim N.1|bridge): Gibbs' variational "
        "principle and the log-sum inequality hold for laws on any space [DupuisEllis1997]"
    ),
    expression=_FORWARD + _BACKWARD - 4 * _OVERLAP,
    premises=(),
    claim="N.1|bridge",
)

#: log f_ν is concave as a function of z².
CHORD = Lemma(
    name="chord",
    statement=r"0\le r\le 1 \Rightarrow \log f_\nu(rz) \ge (1-r^2)\log f_\nu(0)+r^2\log f_\nu(z)",
    reason=(
        "d log f_ν/d(z²) = A(z)/(2z) decreases: A′ = 1 − A² − (2ν+1)A/z ≤ A/z is the bound "
        "A ≥ z/(ν+1+√(z²+(ν+1)²)), claim B.3|lower"
    ),
    expression=LogF(_NU, _R * _Z) - (1 - _R**2) * LogF(_NU, 0) - _R**2 * LogF(_NU, _Z),
    premises=(_R, 1 - _R, _Z),
    claim="B.3|lower",
)

#: log f_ν is convex in z; with a factor c ≥ 0.
CONVEX = Lemma(
    name="convex",
    statement=r"0\le u\le 1 \Rightarrow \log f_\nu(uz) \le (1-u)\log f_\nu(0)+u\log f_\nu(z)",
    reason="(log f_ν)′ = A_h increases, by claim B.2",
    expression=_C * ((1 - _U) * LogF(_NU, 0) + _U * LogF(_NU, _Z) - LogF(_NU, _U * _Z)),
    premises=(_C, _U, 1 - _U, _Z),
    claim="B.2",
)


def psi(r: Any, beta: Any, nu: Any) -> Any:
    r"""Ψ(r) = β(1−r²)/2 + log f_ν(βr) − log f_ν(β), for arrays, balls and symbols."""
    return beta * (1 - r**2) / 2 + log_f_difference(nu, beta * r, beta)


def potential(beta: Any, nu: Any) -> Any:
    r"""β/2 − log Z(β), the value of Ψ at 0."""
    return beta / 2 - (log_f(nu, beta) - log_f(nu, 0 * beta))


@functools.lru_cache(maxsize=256)
def _critical(h: int) -> float:
    return dynamics.critical_beta(h) * (1 - 1e-9)


def critical(h: Any) -> Any:
    """β_c(h), rounded down by 1e-9 so that log Z(β_c) ≤ β_c/2 survives rounding."""
    if np.ndim(h) == 0:
        return _critical(int(h))
    return np.array([_critical(int(k)) for k in np.ravel(h)]).reshape(np.shape(h))


def optimum(h: Any, beta: Any) -> Array:
    """K = −2β + 2 log Z(β) of arrays."""
    return np.asarray(limits.uniform_optimum(h, 1 / beta), dtype=np.float64)
