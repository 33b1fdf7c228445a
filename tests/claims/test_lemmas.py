"""Claims that rest on claims: series lemmas, tied margins, and verdicts that fall together."""

import dataclasses
import math

import mpmath
import pytest
import sympy
from flint import arb

from theory.claims import Claim, Domain, Ledger, names
from theory.claims import functions as f
from theory.claims.b_1 import SQUARES
from theory.claims.b_2 import CONVEX
from theory.claims.b_3 import RICCATI, TURAN
from theory.claims.base import get
from theory.claims.case import Case, _Found
from theory.claims.certificate import CertificateEngine
from theory.claims.evidence import FAILED, HOLDS, PROFILES, Evidence, Finding
from theory.claims.proof import F, ProofError, Step
from theory.claims.ratios import series
from theory.claims.resting import recording
from theory.claims.series import coefficient
from theory.claims.verdict import derive, rests_on
from theory.claims.verify import judge, verify

QUICK = PROFILES["quick"]
TIED = [name for name in names() if get(name).reduced is not Claim.reduced]
NU, Z = sympy.Symbol("nu", real=True), sympy.Symbol("z", positive=True)


@pytest.mark.parametrize("lemma", [SQUARES, CONVEX, TURAN, RICCATI], ids=lambda x: x.name)
def test_a_series_has_the_coefficients_of_the_function(lemma):
    """Against mpmath: the quadratic form itself, summed from its coefficients."""
    quotient = coefficient(lemma.expression)
    m = next(s for s in quotient.free_symbols if s.name == "m")
    for nu, z in ((0.0, 0.7), (0.5, 3.0), (31.0, 8.0)):

        def bessel(order, z=z):
            return mpmath.besseli(order, z) / mpmath.mpf(z) ** order

        direct = sympy.lambdify([NU, Z], lemma.expression, [{"F": lambda o, _: bessel(o)}, "math"])
        total = mpmath.nsum(
            lambda k, nu=nu, z=z: (
                float(quotient.subs(dict.fromkeys(quotient.free_symbols - {m}, nu) | {m: int(k)}))
                * mpmath.gamma(2 * nu + 2 * k + 1)
                / (mpmath.gamma(2 * nu + k + 1) * mpmath.factorial(k))
                / mpmath.gamma(nu + k + 1) ** 2
                * (mpmath.mpf(z) / 2) ** (2 * k)
            ),
            [0, 40],
        )
        # 40 terms at z ≤ 8 leave less than 1e-20; the form cancels at most 6 digits of 15.
        assert float(total) == pytest.approx(4**nu * float(direct(nu, z)), rel=1e-9)


@pytest.mark.parametrize(
    "terms",
    [
        ((1, 0, 0, 2), (-1, 0, 1, 1)),  # Turán the wrong way round
        ((1, 0, 0, 0), (-1.03, 2, 1, 1)),
        ((1, 0, 0, 1), (1, 2, 0, 2), (-1.03, 2, 1, 1)),
    ],
)
def test_a_false_series_is_refused(terms):
    with pytest.raises(ProofError, match="not shown"):
        series("false", "", *terms).check()


def test_what_is_no_quadratic_form_is_refused():
    for terms in (((1, 1, 0, 1),), ((sympy.sqrt(Z), 0, 0, 1),)):
        with pytest.raises(ProofError, match="no term"):
            series("odd", "", *terms).check()
    cubic = dataclasses.replace(SQUARES, expression=F(NU, Z) ** 3)
    with pytest.raises(ProofError, match="no term"):
        cubic.check()


@pytest.mark.parametrize("name", TIED)
def test_a_reduced_margin_is_tied_by_a_proof(name):
    claim = get(name)()
    tie = claim.tie()
    tie.check()
    for index, step in enumerate(tie.steps):
        wrong = Step(step.expression + sympy.Rational(1, 100), step.lemma, step.at, step.forms)
        steps = (*tie.steps[:index], wrong, *tie.steps[index + 1 :])
        with pytest.raises(ProofError):
            dataclasses.replace(tie, steps=steps).check()


def test_without_the_tie_or_with_another_bound_there_is_no_certificate():
    kind = get("Y.T2")

    class Untied(kind):
        def tie(self):
            return None

    class TooMuch(kind):
        """Claims more than the tie shows."""

        def reduced(self, **params):
            return super().reduced(**params) + 0.1

    class NegativeFactor(kind):
        def factor(self, **params):
            return -super().factor(**params)

    for claim, words in ((Untied, "No proof ties"), (TooMuch, "step"), (NegativeFactor, "step")):
        found = CertificateEngine().examine(claim(), QUICK, 0, readable=False)
        assert found.outcome == FAILED
        assert words in found.note


def test_enclosures_name_what_they_rest_on():
    box = arb(1).union(2)
    with recording() as used:
        f.log_f(3, box)
        assert used == set()
        f.ratio(3, box)
        assert used == {"B.2"}
    with recording() as inner:
        f.ratio(3, 1.5)
    assert inner == set()


class Rests(Claim):
    id = "rests"
    domain = Domain(t=(0.0, 1.0))
    lemmas = ("B.1",)

    def margin(self, t):
        return 1 + t


PROVED = Evidence("symbolic", Finding(HOLDS, lemmas=("B.2",)))
SEARCHED = Evidence("search", Finding(HOLDS))


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("proved", "proved", "proved"),
        ("proved", "certified", "certified"),
        ("supported", "proved", "supported"),
        ("refuted", "proved", "open"),
        ("proved", "error", "open"),
        ("proved", "conditional", "open"),
    ],
)
def test_a_proof_counts_no_more_than_the_weakest_claim_it_rests_on(first, second, status):
    statuses = {"B.1": first, "B.2": second}
    assert rests_on(Rests(), (PROVED,)) == ("B.1", "B.2")
    verdict = derive(Rests(), (PROVED,), None, statuses)
    assert (verdict.status, verdict.lemmas) == (status, statuses)
    beside = derive(Rests(), (SEARCHED, PROVED), None, statuses)
    assert beside.status == ("supported" if status == "open" else status)


def test_the_verdict_of_a_dependant_falls_with_its_lemma():
    known = {name: judge(get(name), QUICK, 0) for name in ("B.1", "B.2")}
    fallen = known | {"B.1": dataclasses.replace(known["B.1"], status="refuted")}
    for verdicts, status in ((known, "proved"), (fallen, "supported")):
        case = Case(QUICK, 0, {}, None, {})
        case.kinds["rests"], case.found["rests"] = Rests, _Found((SEARCHED, PROVED))
        case.verdicts.update(verdicts)
        assert list(case._conclude()) == ["rests"]
        assert case.verdicts["rests"].status == status


@pytest.mark.parametrize(("lemma", "words"), [("circle", "itself"), ("B.9", "'B.9'")])
def test_a_claim_must_rest_on_another_claim_of_the_ledger(lemma, words):
    class Circle(Rests):
        id = "circle"
        balls = True
        lemmas = (lemma,)

    verdict = verify(claims=[Circle])["circle"]
    assert verdict.status == "error"
    assert words in verdict.message


def test_the_ledger_shows_what_a_claim_rests_on():
    verdict = derive(Rests(), (PROVED,), None, {"B.1": "proved", "B.2": "certified"})
    ledger = Ledger((verdict,), "quick", 0)
    assert "Rests on: B.1 (proved), B.2 (certified)." in ledger.to_markdown()
    assert ledger.to_dict()["verdicts"][0]["lemmas"] == verdict.lemmas


def test_margins_of_the_ratios_are_those_of_mpmath():
    at = {"h": 8, "z": 5.0}
    a, after = (mpmath.besseli(v + 1, 5) / mpmath.besseli(v, 5) for v in (3, 4))
    slope = mpmath.diff(lambda t: mpmath.besseli(4, t) / mpmath.besseli(3, t), 5)
    upper = 5 / (3.5 + math.sqrt(25 + 3.5**2))
    expected = {"B.1": a * (1 - a), "B.2": slope, "B.3|lower": a - after, "B.3|upper": upper - a}
    for name, value in expected.items():
        assert get(name)().at(**at) == pytest.approx(float(value), rel=1e-12)
