"""Tangent lemmas: a convex function of one variable lies above its tangents.

What "by convexity" and "by Jensen" rest on: averaged about the mean the linear part of a tangent
vanishes, whatever the number of terms and their weights.
"""

from __future__ import annotations

import functools

import sympy
from sympy import Expr

from theory.claims.proof import Lemma, ProofError

__all__ = ["TangentLemma", "tangent"]

_S = sympy.Symbol("s", positive=True)
_T = sympy.Symbol("t", positive=True)


class TangentLemma(Lemma):
    """f(s) − f(t) − f′(t)(s − t) ≥ 0 for s, t > 0, f with a second derivative ≥ 0.

    `check` differentiates: the expression and its slope in s vanish at s = t and its second
    derivative is ≥ 0, which by Taylor's formula is all there is to show.
    """

    def check(self) -> None:
        """Reduce the three conditions to true."""
        _check_tangent(self.expression, self.name)


@functools.lru_cache(maxsize=16)
def _check_tangent(expression: Expr, name: str) -> None:
    slope = sympy.diff(expression, _S)
    for at_contact in (expression.subs(_S, _T), slope.subs(_S, _T)):
        if sympy.simplify(at_contact) != 0:
            raise ProofError(f"the lemma {name} does not touch at s = t: {at_contact} is not 0")
    curvature = sympy.factor(sympy.diff(slope, _S))
    if not curvature.is_nonnegative:
        raise ProofError(f"the lemma {name} is not convex: {curvature} >= 0 is not shown")


def tangent(name: str, statement: str, convex: Expr) -> TangentLemma:
    """Lemma that a function of ``s`` lies above its tangent at ``t``.

    Parameters
    ----------
    name, statement : str
    convex : Expr
        In the positive symbol ``s``.
    """
    function = convex.subs(dict.fromkeys(convex.free_symbols, _S))
    at = function.subs(_S, _T)
    slope = sympy.diff(function, _S).subs(_S, _T)
    return TangentLemma(
        name=name,
        statement=statement,
        reason="a function with a second derivative ≥ 0 lies above its tangents (Taylor)",
        expression=function - at - slope * (_S - _T),
        premises=(_S, _T),
    )
