"""Every registered claim: its property evidence under its id, its controls, its texts."""

import dataclasses
import functools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import limits, losses
from theory.bibliography import cite
from theory.claims import Control, names
from theory.claims.base import get
from theory.claims.evidence import PROFILES, VIOLATED
from theory.claims.n_t3_prime_angle import overlap
from theory.claims.recheck import recheck
from theory.claims.verify import judge

#: `test_property` draws the examples; half the effort of the quick profile elsewhere.
PROFILE = dataclasses.replace(PROFILES["quick"], examples=5, samples=2048, batches=8)


@functools.cache
def verdict_of(name):
    return judge(get(name), PROFILE, seed=1)


#: A confirmed violation is all the evidence a refuted claim has: its property is no test.
HOLDING = [name for name in names() if get(name).expected != "refuted"]
CONTROLS = [(name, control) for name in names() for control in get(name).controls]


@pytest.mark.parametrize("name", HOLDING)
def test_property(name):
    claim = get(name)()

    @given(claim.domain.strategy())
    def holds(point):
        assert recheck(claim, point)[0] != VIOLATED

    holds()


@pytest.mark.parametrize("name", names())
def test_verdict_is_the_expected_one(name):
    verdict = verdict_of(name)
    assert verdict.status == verdict.expected, verdict.message
    kinds = {e.kind for e in verdict.evidence if e.counts}
    assert verdict.strength != "proved" or "symbolic" in kinds
    certified = "certificate" in kinds or "certified" in verdict.lemmas.values()
    assert verdict.strength != "certified" or certified


@pytest.mark.parametrize("name", names())
def test_claim_is_complete(name):
    claim = get(name)()
    claim.domain.check()
    assert claim.statement
    assert claim.hypotheses
    assert claim.beyond
    assert claim.expected
    assert cite(claim.source[0])
    assert len(claim.controls) >= 2
    assert any(control.near for control in claim.controls)
    assert all(issubclass(control, Control) for control in claim.controls)


@pytest.mark.parametrize(("name", "control"), CONTROLS, ids=[c.id for _, c in CONTROLS])
def test_control_is_false_and_near_ones_are_near(name, control):
    search = next(e for e in verdict_of(name).evidence if e.kind == "search")
    found = next(c for c in search.controls if c.id == control.id)
    assert found.refuted
    assert found.worst < 0
    assert control().at(**found.at) == pytest.approx(found.worst)
    # Near: true almost everywhere, or the statement names a constant that is off by <= 5 %.
    assert not control.near or found.share >= 0.9 or "replaced by" in control.near


def test_published_subspace_theorem_has_the_known_counterexample():
    claim = get("Y.T3")()
    inside = [1.0, 0.0, 0.0]
    known = {"h": 4, "kappa_x": 5.0, "kappa_y": 5.0, "tau": 0.5, "phi": math.radians(60)}

    def log_f(z):  # order 1/2, up to a constant that cancels
        return math.log(math.sinh(z) / z)

    aligned = -2 + log_f(7) - log_f(5)
    orthogonal = -1 + log_f(6) - log_f(5)
    assert (round(aligned, 6), round(orthogonal, 6)) == (-0.336428, -0.182282)
    margin = claim.at(**known, a=inside, b=inside)
    assert margin == pytest.approx(2 * (aligned - orthogonal), abs=1e-13)


def test_conditional_verdict_shows_the_counterexample_without_the_hypothesis():
    verdict = verdict_of("Y.T3|A6")
    assert (verdict.given, verdict.counterexample_of) == ("A6", "Y.T3")
    assert get("Y.T3")().at(**verdict.counterexample) == pytest.approx(verdict.margin)
    assert verdict.margin < 0


@given(
    h=st.sampled_from([3, 4, 64]),
    kappa=st.floats(0.01, 1000),
    tau=st.floats(0.01, 2),
    w=st.floats(-1, 1),
)
def test_margins_are_those_of_the_limits(h, kappa, tau, w):
    at = {"h": h, "kappa_x": kappa, "kappa_y": kappa, "tau": tau}
    size = 1 + kappa + 1 / tau
    cone = 2 * (limits.center_loss(w, kappa, h, tau) - limits.center_loss(1.0, kappa, h, tau))
    assert get("Y.T2")().at(**at, w=w) == pytest.approx(cone, abs=1e-12 * size)
    phi = 1.0
    across = [0.0] * (h - 2) + [1.0]
    other = [0.0] * (h - 2) + [-1.0]
    t = math.cos(phi)
    obtuse, acute = (limits.subspace_center_loss(s * t, t, kappa, h, tau) for s in (-1, 1))
    expected = pytest.approx(2 * (obtuse - acute), abs=1e-12 * size)
    assert get("Y.T3|A6")().at(**at, phi=phi, sign=-1) == expected
    assert get("Y.T3")().at(**at, phi=phi, a=across, b=other) == expected


def test_n_t3_prime_at_the_principal_pair_is_zero(rng):
    claim = get("N.T3′")()
    points = claim.domain.sample(rng, 20, {"h": 6, "d_a": 2, "d_b": 3})
    u, _, vt = np.linalg.svd(overlap(points["bases"], points["d_a"]), full_matrices=False)
    points["a"], points["b"] = u[..., 0], vt[..., 0, :]
    assert np.all(np.abs(claim.evaluate(points)) < 1e-12 * claim.scales(points))


def test_alignment_is_the_registered_loss(rng):
    import torch

    claim = get("G.3")()
    points = claim.domain.sample(rng, 5, {"n": 7, "h": 4})
    for x, y, aligned in zip(
        points["x"], points["y"], claim.alignment(points["x"], points["y"]), strict=True
    ):
        terms = losses.create("atp")(torch.from_numpy(x), torch.from_numpy(y), logit_scale=1.0)
        assert float(terms["loss"]) == pytest.approx(aligned, abs=1e-12)
