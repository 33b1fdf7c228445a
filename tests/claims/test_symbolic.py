"""Proofs: each step stands, each corruption is caught, and the verdict drops with it."""

import dataclasses

import pytest
import sympy

from theory.claims import names
from theory.claims.base import get
from theory.claims.evidence import FAILED, HOLDS, PROFILES, Evidence
from theory.claims.proof import SLOPE, LogF, Proof, ProofError, Step, nonnegative
from theory.claims.symbolic import SymbolicEngine, corruptions
from theory.claims.verdict import derive

QUICK = PROFILES["quick"]
PROVED = [
    name for name in names() if get(name)().proof() is not None and get(name).expected != "refuted"
]
A, B, K = sympy.symbols("a b k", nonnegative=True)
W = sympy.Symbol("w", real=True)
DISC = (1 - W, 1 + W)


@pytest.mark.parametrize("name", ["B.1", "G.3", "Y.T2"])  # every other is judged as a whole
def test_proof_holds_and_every_corruption_is_caught(name):
    evidence = SymbolicEngine().gather(get(name)(), QUICK, seed=0)
    assert evidence.outcome == HOLDS, evidence.finding.note
    missed = [c.id for c in evidence.controls if not c.refuted]
    assert missed == []
    assert evidence.counts


@pytest.mark.parametrize("name", PROVED)
def test_a_corrupted_proof_lowers_the_verdict(name):
    kind = get(name)
    for _, label, corrupted in corruptions(kind().proof()):

        class Corrupted(kind):
            expected = None

            def proof(self, corrupted=corrupted):
                return corrupted

        found = SymbolicEngine().examine(Corrupted(), QUICK, 0, readable=False)
        assert found.outcome == FAILED, label
        assert derive(Corrupted(), (Evidence("symbolic", found),), None).status == "open"


def test_a_proof_of_another_margin_is_no_proof():
    """The first expression must be the margin, and facts must hold on the domain."""
    claim = get("Y.T2")
    honest = claim().proof()

    def outcome(**changes):
        class Changed(claim):
            def proof(self):
                return dataclasses.replace(honest, **changes)

        return SymbolicEngine().examine(Changed(), QUICK, 0, readable=False)

    other = Step(sympy.S.Zero)
    assert "not the margin" in outcome(start=1 - W, steps=(other,)).note
    assert "fails on the domain" in outcome(facts=(*honest.facts, W)).note


@pytest.mark.parametrize(
    ("expression", "known"),
    [
        (A * B * (1 - W), True),
        (-A * (W - 1) * (W + 1), True),
        ((W - 3) ** 2, True),
        (sympy.sqrt(A**2 + 2 * A * B * W + B**2) - (A + B * W), True),
        (A + B - sympy.sqrt(A**2 + 2 * A * B * W + B**2), True),
        (A - B, False),
        (W, False),
        (A * (W - 1), False),
        (-A, False),
        (A + B * W, False),
        (sympy.sqrt(A) - B, False),
        (LogF(K, A), False),
    ],
)
def test_signs_that_follow_from_the_facts(expression, known):
    assert nonnegative(expression, DISC) is known


def test_forms_must_equal_what_they_stand_for():
    target = A**2 + 2 * A * B - B**2 * W**2 + B**2
    honest = A**2 + 2 * A * B + B**2 * (1 - W) * (1 + W)
    assert nonnegative(target, DISC, (honest,))
    assert not nonnegative(target - 1, DISC, (honest,))
    assert not nonnegative(A - B, DISC, (A - B,))


def test_the_slope_lemma_needs_its_premises():
    at = {"nu": K, "a": A + B, "b": A}
    start = -B - (LogF(K, A) - LogF(K, A + B))
    proof = Proof(start, (), (Step(sympy.S.Zero, SLOPE, at),), coordinates=dict)
    with pytest.raises(ProofError, match="premise"):
        proof.check()
    swapped = {"nu": K, "a": A, "b": A + B}
    start = B - (LogF(K, A + B) - LogF(K, A))
    Proof(start, (), (Step(sympy.S.Zero, SLOPE, swapped),), coordinates=dict).check()


def test_a_chain_must_end_at_zero():
    with pytest.raises(ProofError, match="not 0"):
        Proof(A + 1, (), (Step(sympy.S.One),), coordinates=dict).check()
    with pytest.raises(ProofError, match="not 0"):
        Proof(A, (), (), coordinates=dict).check()
