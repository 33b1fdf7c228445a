"""What the claims about the Bessel ratio A_h = I_{h/2}/I_{h/2−1} share."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr

from theory.claims.base import Claim
from theory.claims.domain import Domain
from theory.claims.proof import F, Proof, Step
from theory.claims.series import SeriesLemma
from theory.claims.spaces import Choice, Real

__all__ = ["RatioClaim", "order", "series", "series_proof"]

_NU, _Z = sympy.Symbol("nu", real=True), sympy.Symbol("z", positive=True)


class RatioClaim(Claim):
    """Dimensions, down to h = 1 where A is tanh, and arguments."""

    domain = Domain(
        h=Choice([3, 2, 1, 4, 8, 64, 512, 1024], fixed=True),
        z=Real(1e-3, 2e3, log=True),
    )
    source = ("Amos1974", "bounds on ratios of modified Bessel functions")
    hypotheses = ("h ≥ 1 and z > 0",)


def order(h: Any) -> Any:
    """Order ν = h/2 − 1."""
    return h / 2 - 1


def series(name: str, statement: str, *terms: tuple[Any, int, int, int]) -> SeriesLemma:
    """Lemma that a quadratic form in f_ν, f_{ν+1}, … is ≥ 0, by its power series.

    Parameters
    ----------
    name, statement : str
    *terms : (factor, power of z, a, b)
        For factor(ν)·z^power·f_{ν+a}·f_{ν+b}; the factor is a number or a function of ν.
    """
    form = sum(
        (q(_NU) if callable(q) else q) * _Z**p * F(_NU + a, _Z) * F(_NU + b, _Z)
        for q, p, a, b in terms
    )
    return SeriesLemma(
        name=name,
        statement=statement,
        reason="its power series in z² has coefficients ≥ 0, by the product formula [Watson1944]",
        expression=form,
        premises=(),
    )


def series_proof(margin: Any, times: Any, lemma: SeriesLemma) -> Proof:
    """Proof that `margin` is `times` ≥ 0 times the quadratic form of a series.

    Parameters
    ----------
    margin, times : callable
        Expressions of (ν, z).
    lemma : SeriesLemma
    """
    excess = sympy.Symbol("excess", nonnegative=True)  # h − 1
    z = sympy.Symbol("z", positive=True)
    nu = order(excess + 1)
    step = Step(sympy.S.Zero, lemma, {"nu": nu, "z": z}, times=times(nu, z))

    def coordinates(h: Any, z: Any) -> dict[str, Any]:
        return {"excess": h - 1, "z": z}

    start: Expr = margin(nu, z)
    return Proof(start, (), (step,), coordinates, asides=(z * F(nu + 1, z) / F(nu, z),))
