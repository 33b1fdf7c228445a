"""Symbolic evidence: the proof checked step by step, and corrupted on purpose."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import sympy

from theory import bessel
from theory.claims.base import Array, Claim
from theory.claims.domain import Points
from theory.claims.evidence import FAILED, HOLDS, ControlResult, Engine, Finding, Profile
from theory.claims.proof import Proof, ProofError, Step
from theory.claims.recheck import tolerance

__all__ = ["SymbolicEngine", "cross_check"]

#: Random points at which every step is cross-checked in floating point.
POINTS = 64

_NUMERIC = [{"LogF": bessel.log_f, "Ratio": bessel.ratio}, "numpy"]


class SymbolicEngine(Engine):
    """Check the proof a claim gives.

    Each step is reduced to true by sympy and cross-checked at random points, and the first
    expression is compared with the margin there. The controls: the same steps must prove no
    false sibling, and no proof in which one step is corrupted may pass.
    """

    kind = "symbolic"

    def applies(self, claim: Claim) -> bool:
        """Whether the claim gives a proof."""
        return claim.proof() is not None

    def examine(self, claim: Claim, profile: Profile, seed: int, readable: bool) -> Finding:
        """Check the proof of one claim."""
        proof = claim.proof()
        if proof is None:
            return Finding(FAILED, note="No proof is given.")
        try:
            proof.check()
            checks = cross_check(claim, proof, claim.evaluate, self.rng(claim, seed))
        except ProofError as error:
            return Finding(FAILED, note=f"{error}.")
        lemmas = {s.lemma.name: s.lemma for s in proof.steps if s.lemma is not None}
        used = "; ".join(f"lemma {name}: {lemma.reason}" for name, lemma in lemmas.items())
        counts = {"steps": len(proof.steps), "cross-checks": checks}
        note = f"Uses {used}." if used else ""
        return Finding(HOLDS, counts, note=note, lemmas=proof.lemmas)

    def try_controls(self, claim: Claim, profile: Profile, seed: int) -> tuple[ControlResult, ...]:
        """Offer the same steps for every false sibling, and corrupted steps for the claim."""
        results = []
        for control in (kind() for kind in claim.controls):
            refuted = self.examine(control, profile, seed, readable=False).outcome == FAILED
            results.append(ControlResult(control.id, control.statement, control.near, refuted))
        proof = claim.proof()
        for index, label, corrupted in corruptions(proof) if proof is not None else ():
            caught = _fails(corrupted, index) or _fails(corrupted, index + 1)
            results.append(ControlResult(f"{claim.id}/{label}", "", "", refuted=caught))
        return tuple(results)


def corruptions(proof: Proof) -> Iterator[tuple[int, str, Proof]]:
    """Every proof that differs in one step, by a term too many or a factor 1.05, and where."""
    for index, step in enumerate(proof.steps):
        wrong = [step.expression + sympy.Rational(1, 100)]
        if step.expression != 0:
            wrong.append(step.expression * sympy.Rational(21, 20))
        for kind, expression in zip(("term", "factor"), wrong, strict=False):
            changed: Step = dataclasses.replace(step, expression=expression)
            steps = (*proof.steps[:index], changed, *proof.steps[index + 1 :])
            yield index, f"step-{index + 1}-{kind}", dataclasses.replace(proof, steps=steps)


def _fails(proof: Proof, index: int) -> bool:
    try:
        proof.check_step(index)
    except ProofError:
        return True
    return False


def cross_check(
    claim: Claim, proof: Proof, value: Callable[[Points], Array], rng: np.random.Generator
) -> int:
    """Follow a proof at random points; returns their number.

    Compares the first expression with `value` (the margin), and sees that facts and asides are
    ≥ 0 and that no step goes up.

    Raises
    ------
    ProofError
        Where it is not so.
    """
    batches = [claim.domain.sample(stream, POINTS) for stream in rng.spawn(4)]
    for points in batches:
        _follow(claim, proof, value(points), points)
    return POINTS * len(batches)


def _follow(claim: Claim, proof: Proof, value: Array, points: Points) -> None:
    values = proof.coordinates(**points)
    slack = tolerance(claim.scales(points))
    start = _numbers(proof.start, values, len(slack))
    if np.any(np.abs(start - value) > slack):
        raise ProofError("the first expression is not the margin")
    for fact in proof.facts:
        if np.any(_numbers(fact, values, len(slack)) < -slack):
            raise ProofError(f"{fact} >= 0 fails on the domain")
    before = start
    for number, step in enumerate(proof.steps, start=1):
        after = _numbers(step.expression, values, len(slack))
        if np.any(before - after < -slack):
            raise ProofError(f"step {number} goes up at a point of the domain")
        before = after


def _numbers(expr: sympy.Expr, values: Mapping[str, Any], size: int) -> Array:
    expr = sympy.sympify(expr)
    names = sorted(s.name for s in expr.free_symbols)
    by_name = {s.name: s for s in expr.free_symbols}
    function = sympy.lambdify([by_name[n] for n in names], expr, modules=_NUMERIC)
    with np.errstate(all="ignore"):
        out = function(*(np.asarray(values[n], dtype=np.float64) for n in names))
    return np.broadcast_to(np.nan_to_num(np.asarray(out, dtype=np.float64)), (size,))
