"""Proofs as chains of expressions, each step reduced to true by sympy.

A proof starts from the claim's margin and descends to 0. From each expression to the next the
difference is zero, an instance of a lemma, or non-negative by its factors; nothing else is a
step.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy
from sympy import Expr, Symbol

__all__ = [
    "SLOPE",
    "TANGENT",
    "F",
    "Lemma",
    "LogF",
    "Proof",
    "ProofError",
    "Ratio",
    "Step",
    "nonnegative",
]

#: f_ν(z) = I_ν(z)/z^ν, its logarithm and A = I_{ν+1}/I_ν = z f_{ν+1}/f_ν as symbols.
F = sympy.Function("F", positive=True)
LogF = sympy.Function("LogF", real=True)
Ratio = sympy.Function("Ratio", real=True)


class ProofError(ValueError):
    """A step that is not one: which, and what could not be shown."""


@dataclass(frozen=True)
class Lemma:
    """An inequality that a step may use.

    Attributes
    ----------
    name, statement, reason : str
        What it says, in LaTeX, and why it holds.
    expression : Expr
        Non-negative wherever all `premises` are.
    premises : tuple of Expr
    claim : str or None
        Id of the claim of the ledger from which it follows; if that verdict falls, so does
        whatever rests on the lemma.
    """

    name: str
    statement: str
    reason: str
    expression: Expr
    premises: tuple[Expr, ...]
    claim: str | None = None

    def check(self) -> None:
        """Raise ProofError unless the lemma stands; one with a reason or a claim does."""


_NU, _A, _B = sympy.symbols("nu a b", real=True)

#: log f_ν has slope below one.
SLOPE = Lemma(
    name="slope",
    statement=r"0 \le a \le b \Rightarrow \log f_\nu(b) - \log f_\nu(a) \le b - a",
    reason="(log f_ν)′ = A_h is at most 1, by claim B.1",
    expression=(_B - _A) - (LogF(_NU, _B) - LogF(_NU, _A)),
    premises=(_A, _B - _A),
    claim="B.1",
)

#: log f_ν lies above its tangents.
TANGENT = Lemma(
    name="tangent",
    statement=r"a, b \ge 0 \Rightarrow \log f_\nu(a) - \log f_\nu(b) \ge A_h(b)\,(a - b)",
    reason="(log f_ν)′ = A_h increases, by claim B.2",
    expression=LogF(_NU, _A) - LogF(_NU, _B) - Ratio(_NU, _B) * (_A - _B),
    premises=(_A, _B),
    claim="B.2",
)


@dataclass(frozen=True)
class Step:
    """From the expression before to `expression`, which is no larger.

    Attributes
    ----------
    expression : Expr
    lemma : Lemma or None
        Its instance is the difference. None: the difference is zero or non-negative as it is.
    at : dict
        Values of the lemma's symbols, by name.
    forms : tuple of Expr
        Sums of products of facts, to which a quantity that must be non-negative is equal.
    times : Expr
        Factor ≥ 0 of the lemma's instance.
    """

    expression: Expr
    lemma: Lemma | None = None
    at: Mapping[str, Expr] = field(default_factory=dict)
    forms: tuple[Expr, ...] = ()
    times: Expr = sympy.S.One


@dataclass(frozen=True)
class Proof:
    """Why a margin is ≥ 0.

    Attributes
    ----------
    start : Expr
        The margin.
    facts : tuple of Expr
        Quantities that are ≥ 0 on the domain.
    steps : tuple of Step
        The last expression is 0.
    coordinates : callable
        From points of the domain to arrays, one per symbol of `start`, by name.
    asides : tuple of Expr
        Quantities that are to be shown ≥ 0 beside the margin.
    grounds : tuple of str
        Ids of the claims by which the facts hold, beside the ranges of the domain.
    """

    start: Expr
    facts: tuple[Expr, ...]
    steps: tuple[Step, ...]
    coordinates: Callable[..., Mapping[str, Any]]
    asides: tuple[Expr, ...] = ()
    grounds: tuple[str, ...] = ()

    @property
    def lemmas(self) -> tuple[str, ...]:
        """Ids of the claims that the steps and the facts rest on."""
        used = (s.lemma.claim for s in self.steps if s.lemma is not None)
        named = (claim for claim in used if claim is not None)
        return tuple(dict.fromkeys((*named, *self.grounds)))

    def until(self, count: int, *asides: Expr) -> Proof:
        """Proof that the start is no less than the expression after `count` steps."""
        bound = self.steps[count - 1].expression
        steps = tuple(
            replace(step, expression=step.expression - bound) for step in self.steps[:count]
        )
        return replace(self, start=self.start - bound, steps=steps, asides=asides)

    def check(self) -> None:
        """Reduce every step to true.

        Raises
        ------
        ProofError
            At the first step that cannot be.
        """
        for index in range(len(self.steps) + 1):
            self.check_step(index)

    def check_step(self, index: int) -> None:
        """Check one step, counted from 0; one past the last checks that the end is 0."""
        before = self.steps[index - 1].expression if index else self.start
        if index == len(self.steps):
            if not _is_zero(before):
                raise ProofError(f"the last expression is {before}, not 0")
            for aside in self.asides:
                if not nonnegative(aside, self.facts):
                    raise ProofError(f"{aside} is not shown to be >= 0")
            return
        step = self.steps[index]
        difference = before - step.expression
        if step.lemma is not None:
            step.lemma.check()
            if not _is_zero(self._without_lemma(difference, step, index + 1)):
                raise ProofError(f"step {index + 1} is no instance of the lemma {step.lemma.name}")
        elif not _is_zero(difference) and not nonnegative(difference, self.facts, step.forms):
            raise ProofError(f"step {index + 1}: {difference} is not shown to be >= 0")

    def _without_lemma(self, difference: Expr, step: Step, number: int) -> Expr:
        assert step.lemma is not None
        values = {s: step.at[s.name] for s in step.lemma.expression.free_symbols}
        for premise in step.lemma.premises:
            instance = premise.subs(values, simultaneous=True)
            if not nonnegative(instance, self.facts, step.forms):
                raise ProofError(f"step {number}: the premise {instance} >= 0 is not shown")
        if not nonnegative(step.times, self.facts):
            raise ProofError(f"step {number}: the factor {step.times} >= 0 is not shown")
        return difference - step.times * step.lemma.expression.subs(values, simultaneous=True)


@functools.lru_cache(maxsize=4096)
def nonnegative(expr: Expr, facts: tuple[Expr, ...], forms: tuple[Expr, ...] = ()) -> bool:
    """Whether `expr` ≥ 0 follows from `facts` ≥ 0.

    By factors, by one of `forms`, or, for A + B√P, by comparing squares.
    """
    expr = _canonical(expr)
    if _by_factors(expr, facts):
        return True
    for form in forms:
        if _is_zero(expr - form) and all(_by_factors(t, facts) for t in sympy.Add.make_args(form)):
            return True
    roots = [p for p in expr.atoms(sympy.Pow) if p.exp == sympy.S.Half]
    if len(roots) != 1:
        return False
    root, dummy = roots[0], Symbol("root", nonnegative=True)
    in_root = expr.subs(root, dummy)
    linear = sympy.Poly(in_root, dummy) if in_root.is_polynomial(dummy) else None
    if linear is None or linear.degree() != 1:
        return False
    slope, rest = linear.all_coeffs()
    squares = sympy.expand(slope**2 * root.base - rest**2)
    if _by_factors(slope, facts):
        return nonnegative(rest, facts) or nonnegative(squares, facts, forms)
    return (
        _by_factors(-slope, facts)
        and nonnegative(rest, facts, forms)
        and nonnegative(-squares, facts, forms)
    )


@functools.lru_cache(maxsize=4096)
def _by_factors(expr: Expr, facts: tuple[Expr, ...]) -> bool:
    """Whether every factor has a known sign and the signs multiply to +."""
    if expr.is_nonnegative:
        return True
    sign = 1
    for factor in sympy.Mul.make_args(sympy.factor(expr)):
        base, exponent = factor.as_base_exp()
        if factor.is_nonnegative or (exponent.is_integer and exponent.is_even):
            continue
        if factor.is_nonpositive:
            sign = -sign
        elif any(sympy.expand(base - fact) == 0 for fact in facts):
            continue
        elif exponent.is_odd and any(sympy.expand(base + fact) == 0 for fact in facts):
            sign = -sign
        elif all(_by_factors(t, facts) for t in _terms(base)):
            continue
        else:
            return False
    return sign > 0


def _terms(base: Expr) -> tuple[Expr, ...]:
    """Terms of a sum; a single term that is not understood is no sum of understood ones."""
    return base.args if base.is_Add else (sympy.S.NegativeOne,)


@functools.lru_cache(maxsize=4096)
def _is_zero(expr: Expr) -> bool:
    expr = _canonical(expr)
    if expr.has(sympy.Abs):
        expr = expr.replace(sympy.Abs, lambda a: sympy.S.Zero if _is_zero(a) else sympy.Abs(a))
    if sympy.expand(expr) == 0:
        return True
    fractions = (p for p in expr.atoms(sympy.Pow) if p.exp.is_negative and p.base.is_Add)
    if next(fractions, None) is None:
        return False
    return bool(sympy.expand(sympy.fraction(sympy.together(expr))[0]) == 0)


@functools.lru_cache(maxsize=1024)
def _canonical(expr: Expr) -> Expr:
    """Expand inside functions too, and pull squares out of square roots."""
    expr = sympy.sympify(expr)
    if expr.has(F):
        expr = expr.replace(Ratio, lambda nu, z: z * F(nu + 1, z) / F(nu, z))
    expr = sympy.expand(expr, deep=True)
    return expr.replace(
        lambda e: e.is_Pow and e.exp == sympy.S.Half,
        lambda e: sympy.sqrt(sympy.factor(sympy.expand(e.base))),
    )
