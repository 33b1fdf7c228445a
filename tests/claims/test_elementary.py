"""What proofs lean on: every lemma has a claim of the ledger, or computes its own check."""

import dataclasses

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from theory import bessel, limits, losses
from theory.claims import names
from theory.claims.base import get
from theory.claims.certificate import CertificateEngine
from theory.claims.evidence import HOLDS, PROFILES
from theory.claims.n_t3_prime_direction import DIRECTION
from theory.claims.proof import Lemma, ProofError
from theory.claims.rows import pair_scores, row_loss, score_symbols
from theory.claims.tangents import tangent

QUICK = PROFILES["quick"]
S, T = sympy.symbols("s t", positive=True)


def proofs_of(name):
    claim = get(name)()
    return [p for p in (claim.proof(), claim.tie()) if p is not None]


LEMMAS = {
    (name, step.lemma)
    for name in names()
    for proof in proofs_of(name)
    for step in proof.steps
    if step.lemma is not None
}


@pytest.mark.parametrize(
    ("name", "lemma"),
    sorted(LEMMAS, key=lambda pair: (pair[0], pair[1].name)),
    ids=lambda x: getattr(x, "name", x),
)
def test_no_lemma_is_only_words(name, lemma):
    assert lemma.reason
    if lemma.claim is None:
        assert type(lemma).check is not Lemma.check
        lemma.check()
    else:
        assert lemma.claim in names()
        assert lemma.claim in lemma.reason
        assert get(lemma.claim).expected in ("proved", "certified")


@pytest.mark.parametrize("name", [n for n in names() if get(n).expected == "proved"])
def test_what_a_proof_rests_on_is_proved_or_certified(name):
    ids = {i for proof in proofs_of(name) for i in proof.lemmas} | set(get(name).lemmas)
    assert {get(i).expected for i in ids} <= {"proved"}


def test_facts_of_the_centre_pair_rest_on_claims():
    assert set(get("N.T3′")().proof().lemmas) == {"N.T3′|direction", "E.4", "N.T3′|angle"}
    certificate = CertificateEngine().examine(get("N.T3′|direction")(), QUICK, 0, readable=False)
    assert certificate.outcome == HOLDS
    assert "d ∈ {3, 2, 4, 8, 64, 512, 1024}" in certificate.note


@pytest.mark.parametrize("convex", [S**2, sympy.exp(S), S * sympy.log(S), 1 / S])
def test_convex_functions_lie_above_their_tangents(convex):
    tangent("convex", "", convex).check()


def test_what_is_not_convex_or_not_the_tangent_is_refused():
    with pytest.raises(ProofError, match="not convex"):
        tangent("log", "", sympy.log(S)).check()
    honest = tangent("square", "", S**2)
    for wrong in (S / 100, sympy.Rational(1, 100)):
        lemma = dataclasses.replace(honest, expression=honest.expression + wrong)
        with pytest.raises(ProofError, match="touch"):
            lemma.check()


finite = st.floats(-20, 20)


@given(st.lists(st.tuples(finite, st.floats(0.01, 1)), min_size=1, max_size=9), st.floats(0, 50))
def test_averaged_tangents_are_jensen(points, count):
    """The form in which proofs use E.2: for log(1 + c e^s), with any number of terms."""
    s, weight = np.array(points).T
    weight = weight / weight.sum()
    mean = weight @ np.log1p(count * np.exp(s))
    assert mean >= np.log1p(count * np.exp(weight @ s)) - 1e-12 * (20 + np.log1p(count))


@given(st.lists(finite, min_size=2, max_size=9))
def test_a_sum_of_exponentials_is_least_where_all_agree(s):
    total, equal = (np.log1p(np.exp(v).sum()) for v in (np.array(s), np.full(len(s), np.mean(s))))
    assert total >= equal - 1e-12 * 25


def test_the_lemma_of_one_direction_is_the_loss_of_limits():
    at = {"w": 0.2, "t": 0.5, "best": 0.8, "kappa": 5.0, "beta": 2.0, "nu": 1.0}
    symbols = sorted(DIRECTION.expression.free_symbols, key=str)
    modules = [{"LogF": bessel.log_f}, "numpy"]
    function = sympy.lambdify(symbols, DIRECTION.expression, modules=modules)
    here = limits.subspace_pair_loss(0.2, 0.5, 5.0, 4, 0.5)
    there = limits.subspace_pair_loss(0.8, 0.8, 5.0, 4, 0.5)
    assert function(*(at[s.name] for s in symbols)) == pytest.approx(here - there, rel=1e-12)


@pytest.mark.parametrize(("h", "kappa", "w"), [(2, 1.5, 0.3), (3, 4.0, -0.5), (8, 30.0, 0.9)])
def test_alignment_of_cones_by_quadrature(h, kappa, w):
    def mean(function):
        def weighted(angle, f):
            return f(np.cos(angle)) * np.exp(kappa * (np.cos(angle) - 1)) * np.sin(angle) ** (h - 2)

        return quad(weighted, 0, np.pi, args=(function,))[0]

    mass, along, square = (mean(f) for f in (lambda c: 1.0, lambda c: c, lambda c: c * c))
    across = (1 - square / mass) / (h - 1)
    alignment = 2 * (1 - w) * (square / mass + across)
    gap = 2 * (1 - w) * (along / mass) ** 2
    assert get("G.3|cones")().at(h=h, kappa=kappa, w=w) == pytest.approx(alignment - gap, rel=1e-8)


def test_rows_written_out_are_the_registered_loss(rng):
    import torch

    at = score_symbols(3)
    x, y = (v / np.linalg.norm(v, axis=-1, keepdims=True) for v in rng.normal(size=(2, 1, 2, 3)))
    values = pair_scores(5.0 * x @ np.swapaxes(y, -1, -2), 3)
    rows = [at.present[i] * row_loss(at.score[i], at.present, i) for i in range(3)]
    columns = [list(c) for c in zip(*at.score, strict=True)]
    rows += [at.present[i] * row_loss(columns[i], at.present, i) for i in range(3)]
    total = at.share * sum(rows) / 2
    found = total.subs({s: float(values[s.name][0]) for s in total.free_symbols})
    terms = losses.create("infonce")(*map(torch.from_numpy, (x[0], y[0])), logit_scale=5.0)
    assert float(found) == pytest.approx(float(terms["loss"]), rel=1e-12)


def test_the_vector_tangent_is_the_gradient():
    a, step = np.array([0.7, -0.2, 1.1]), 1e-6
    length = np.linalg.norm(a)
    for axis in np.eye(3):
        moved = np.linalg.norm(a + step * axis)
        slope = (bessel.log_f(0.5, moved) - bessel.log_f(0.5, length)) / step
        tangent_slope = bessel.ratio(0.5, length) * (a @ axis) / length
        assert slope == pytest.approx(tangent_slope, abs=1e-5)
