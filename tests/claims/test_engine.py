"""The engine on claims it has never seen: what refutes, what counts, what errs."""

import math

import numpy as np
import pytest

from theory.claims import Choice, Claim, Control, Domain, Integer, UnitRows, verify
from theory.claims.base import get
from theory.claims.evidence import (
    HOLDS,
    PARTIAL,
    UNRESOLVED,
    VIOLATED,
    ControlResult,
    Evidence,
    Finding,
)
from theory.claims.recheck import recheck, tolerance
from theory.claims.verdict import derive
from theory.errors import InputError


class Base(Claim):
    id = "t"
    statement = "t"
    domain = Domain(t=(0.0, 10.0))


class TrueClaim(Base):
    id = "true"

    def margin(self, t):
        return np.sqrt(1 + t**2) - (1 + t) / np.sqrt(2)


class FalseNearAPoint(Base):
    """False on an interval of length 2e-3 out of 10."""

    id = "false"

    def margin(self, t):
        return np.abs(t - math.pi) - 1e-3


class TieEverywhere(Base):
    id = "tie"

    def margin(self, t):
        return -1e-14 + 0 * t


class NanSomewhere(Base):
    id = "nan"

    def margin(self, t):
        return np.where(t > 5, np.nan, 1.0)


class WrongShape(Base):
    id = "shape"

    def margin(self, t):
        return np.ones(3)


class Raises(Base):
    id = "raises"

    def margin(self, t):
        raise ZeroDivisionError("by hand")


class EmptyDomain(TrueClaim):
    id = "empty"
    domain = Domain(t=(1.0, 0.0))


class CannotBeMade(TrueClaim):
    id = "made"

    def __init__(self):
        raise RuntimeError("no")


def one(claim, **options):
    return next(iter(verify(claims=[claim], **options)))


def test_true_claim_is_supported_and_says_that_no_controls_were_given():
    ledger = verify(claims=[TrueClaim])
    assert ledger["true"].status == "supported"
    assert "Controls: none were given" in ledger.to_markdown()
    assert ledger.exit_code == 0


def test_false_claim_never_seen_is_refuted_with_a_valid_counterexample():
    verdict = one(FalseNearAPoint)
    assert verdict.status == "refuted"
    assert set(verdict.counterexample) == {"t"}
    assert FalseNearAPoint().at(**verdict.counterexample) == verdict.margin < 0
    assert len(repr(verdict.counterexample["t"])) <= 7


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (NanSomewhere, ["'nan'", "nan at t="]),
        (WrongShape, ["'shape'", "shape (3,)"]),
        (Raises, ["'raises'", "ZeroDivisionError", "by hand", "t="]),
        (EmptyDomain, ["'empty'", "domain of t is empty", "(1.0, 0.0)"]),
        (CannotBeMade, ["'made'", "RuntimeError"]),
    ],
)
def test_a_broken_claim_is_an_error_and_stops_no_other(claim, words):
    broken, sound = verify(claims=[claim, TrueClaim])
    assert broken.status == "error"
    assert all(word in broken.message for word in words), broken.message
    assert sound.status == "supported"


def test_a_tie_is_not_resolved_and_never_refuted():
    verdict = one(TieEverywhere)
    assert verdict.status == "open"
    assert {e.outcome for e in verdict.evidence} == {UNRESOLVED}


def test_ties_at_equality_do_not_spoil_the_evidence():
    class Touches(Base):
        id = "touches"

        def margin(self, t):
            return (t - 1) ** 2 - 1e-14

    assert one(Touches).status == "supported"


@pytest.mark.parametrize(
    ("value", "scale", "outcome"),
    [
        (-1e-13, 1.0, UNRESOLVED),
        (-1e-11, 1.0, VIOLATED),
        (-1e-11, 1e6, UNRESOLVED),
        (0.0, 1.0, HOLDS),
    ],
)
def test_violation_must_exceed_the_rounding_of_the_largest_term(value, scale, outcome):
    class Constant(Base):
        def margin(self, t):
            return value + 0 * t

        def scale(self, t):
            return scale

    assert recheck(Constant(), {"t": 1.0}) == (outcome, value)
    assert tolerance(scale) == 1e-12 + 64 * np.finfo(float).eps * scale


def test_balls_overrule_floating_point():
    class Cancels(Base):
        """(1 + s) − 1 − s with s = 1e-20: zero, but −1e-20 in floating point, scaled up."""

        balls = True

        def margin(self, t):
            s = t * 1e-20
            return ((1 + s) - 1 - s) * 1e12

    assert float(Cancels().at(t=1.0)) < -1e-9
    assert recheck(Cancels(), {"t": 1.0})[0] != VIOLATED


def test_evidence_that_misses_a_control_does_not_count():
    class NotFalse(Control, TrueClaim):
        id = "true/not-false"

    class WithUselessControl(TrueClaim):
        controls = (NotFalse,)

    verdict = one(WithUselessControl)
    assert verdict.status == "open"
    assert not any(e.counts for e in verdict.evidence)
    assert "does not count" in verify(claims=[WithUselessControl]).to_markdown()


def test_same_seed_same_verdicts_whatever_the_jobs():
    claims = [TrueClaim, FalseNearAPoint, NanSomewhere]
    alone = verify(claims=claims, seed=3).to_dict()
    assert verify(claims=claims, seed=3).to_dict()["verdicts"] == alone["verdicts"]
    assert verify(claims=claims, seed=3, jobs=2).to_dict()["verdicts"] == alone["verdicts"]


def test_order_of_claims_does_not_change_a_verdict():
    forward = {v.id: v for v in verify(claims=[TrueClaim, FalseNearAPoint])}
    backward = {v.id: v for v in verify(claims=[FalseNearAPoint, TrueClaim])}
    assert forward == backward


def test_conditional_needs_evidence_under_the_hypothesis_and_a_counterexample_without():
    class OnAHalf(FalseNearAPoint):
        id = "half"
        domain = Domain(t=(5.0, 10.0))
        given = "t > 5"
        without = FalseNearAPoint

    class WithoutIsTrue(OnAHalf):
        id = "needless"
        without = TrueClaim

    class StillFalse(OnAHalf):
        id = "still"
        domain = Domain(t=(3.0, 10.0))

    assert one(OnAHalf).status == "conditional"
    assert one(OnAHalf).counterexample_of == "false"
    assert one(WithoutIsTrue).status == "supported"
    assert one(StillFalse).status == "refuted"


def test_expected_decides_the_exit_code_and_its_absence_never_does():
    class Wrong(TrueClaim):
        id = "wrong"
        expected = "refuted"

    assert verify(claims=[FalseNearAPoint, NanSomewhere]).exit_code == 0
    assert verify(claims=[Wrong]).exit_code == 1


def test_counterexamples_are_shrunk_to_small_shapes_and_coordinate_vectors():
    class MeansAreShort(Claim):
        id = "short"
        statement = r"\|\bar x\| \le 1/2"
        domain = Domain(n=Integer(1, 9), h=Choice([2, 5]), x=UnitRows("n", "h"))

        def margin(self, n, h, x):
            return 0.5 - np.linalg.norm(x.mean(axis=1), axis=-1)

    assert one(MeansAreShort).counterexample == {"n": 1, "h": 2, "x": [[1.0, 0.0]]}


def test_progress_and_timings_are_reported_beside_the_verdicts():
    seen = []
    ledger = verify(claims=[TrueClaim, Raises], progress=lambda *call: seen.append(call))
    assert seen == [(1, 2, "true: supported"), (2, 2, "raises: error")]
    assert set(ledger.timings) == {"true", "raises"}
    assert "timings" not in ledger.to_dict()["verdicts"][0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ids": ["Y.T9"]}, ["Y.T9", "Y.T2"]),
        ({"profile": "slow"}, ["slow", "quick, full"]),
        ({"seed": -1}, ["seed", "-1"]),
        ({"jobs": 0}, ["jobs", "0"]),
        ({"claims": [TrueClaim, TrueClaim]}, ["true", "twice"]),
    ],
)
def test_bad_use_is_one_sentence(options, words):
    with pytest.raises(InputError) as error:
        verify(**options)
    assert all(word in str(error.value) for word in words)


def test_a_violation_beside_a_proof_is_a_contradiction():
    proved = Evidence("symbolic", Finding(HOLDS))
    violated = Evidence("search", Finding(VIOLATED, worst=-1.0, at={"t": 1.0}))
    verdict = derive(TrueClaim(), (violated, proved), None)
    assert verdict.status == "error"
    assert "contradiction" in verdict.message


def test_the_strongest_evidence_that_counts_decides():
    search, certificate, symbolic = (
        Evidence(kind, Finding(HOLDS)) for kind in ("search", "certificate", "symbolic")
    )
    partial = Evidence("certificate", Finding(PARTIAL))
    missed = Evidence("symbolic", Finding(HOLDS), (ControlResult("c", "", "", refuted=False),))
    assert derive(TrueClaim(), (search,), None).status == "supported"
    assert derive(TrueClaim(), (search, partial, missed), None).status == "supported"
    assert derive(TrueClaim(), (search, certificate, missed), None).status == "certified"
    assert derive(TrueClaim(), (search, certificate, symbolic), None).status == "proved"
    assert derive(TrueClaim(), (missed,), None).status == "open"


def test_a_prime_may_be_typed_as_an_apostrophe():
    assert get("N.T3'") is get("N.T3′")
    with pytest.raises(InputError, match=r"G\.3'"):
        get("G.3'")
