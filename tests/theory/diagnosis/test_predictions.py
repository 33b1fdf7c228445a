"""Planted subspaces: the predictions are what was planted."""

import numpy as np
import pytest

from theory.diagnosis.hypotheses import PairFacts, check_hypotheses, shift_ratio
from theory.diagnosis.pairs import PairStatistics
from theory.diagnosis.predictions import predict, shared_by_all
from theory.dynamics import collapse_temperature
from theory.sphere import normalize
from theory.subspaces import subspace_pair
from theory.subspaces.selection import angle_resolution

ANGLES = np.radians([0.0, 0.0, 0.0, 30.0, 60.0])
# Rows lie in their subspace exactly; what 99 % of the second moment leaves out is not a direction.
EXACT = 1e-6


def planted(rng, n=400, h=12, center=(0.0, 0.0, 0.0, 0.0, 0.0)):
    one, two = subspace_pair(h, 5, 5, ANGLES, rng)
    rows = rng.standard_normal((n, 5)) + np.array(center)
    return PairStatistics([normalize(rows @ one.T), normalize(rows @ two.T)], rng)


def test_planted_angles_are_found(rng):
    found = predict(*planted(rng).views, temperature=0.01)
    assert found.dimensions == (5, 5)
    assert found.forced == 0
    np.testing.assert_allclose(found.angles, ANGLES, atol=EXACT)
    assert found.shared == 3
    assert found.achievable_angle == pytest.approx(0, abs=EXACT)
    assert (found.surviving, found.abandoned) == (2, 0)


def test_the_critical_angle_is_the_root_of_the_transition(rng):
    # s = 3 shared directions are those of two hyperplanes in dimension 5.
    angle = np.radians(45.0)
    found = predict(*planted(rng).views, temperature=collapse_temperature(5, angle))
    assert found.critical_angle == pytest.approx(angle, rel=1e-9)
    assert (found.surviving, found.abandoned) == (1, 1)  # 30° is used, 60° given up


def test_without_shared_directions_the_smallest_angle_is_what_can_be_reached(rng):
    one, two = subspace_pair(9, 3, 4, np.radians([20.0, 50.0, 70.0]), rng)
    views = [
        normalize(rng.standard_normal((300, b.shape[1])) @ b.T + 0.4 * b[:, 0]) for b in (one, two)
    ]
    found = predict(*PairStatistics(views, rng).views, temperature=0.1)
    assert found.shared == 0
    assert np.isnan(found.critical_angle)
    assert found.achievable_angle == pytest.approx(np.radians(20.0), abs=EXACT)
    lengths = [np.linalg.norm(view.mean(axis=0)) for view in views]
    apart = lengths[0] * np.exp(1j * found.achievable_angle) - lengths[1]
    assert found.achievable_gap == pytest.approx(abs(apart), rel=1e-9)


def test_large_subspaces_must_meet(rng):
    views = [normalize(rng.standard_normal((300, 4)) @ np.eye(5)[k : k + 4]) for k in (0, 1)]
    found = predict(*PairStatistics(views, rng).views, temperature=0.1)
    assert found.forced == 3
    assert found.shared == 3


def test_directions_shared_by_three_views(rng):
    views = [
        normalize(rng.standard_normal((300, 4)) @ np.eye(8)[[0, 1, 2 + k, 5 + k]]) for k in range(3)
    ]
    assert shared_by_all(PairStatistics(views, rng).views, np.radians(5.0)) == 2


def facts(**changes):
    values = {
        "kappas": (5.0, 5.0),
        "misfits": (0.01, 0.02),
        "isotropies": (0.98, 1.0),
        "ims_residual": 0.0,
        "class_spread": float("nan"),
    }
    return PairFacts(**{**values, **changes})


def met(statistics, temperature=1.0, **changes):
    one, two = statistics.views
    checks = check_hypotheses(one, two, facts(**changes), predict(one, two, temperature))
    assert all(check.measured and check.says and "nan" not in check.measured for check in checks)
    return {(check.theorem, check.needs): check.met for check in checks}


def of(found, theorem):
    return [value for (name, _), value in found.items() if name == theorem]


def test_hypotheses_follow_what_was_planted(rng):
    inside = met(planted(rng, center=(3.0, 0.0, 0.0, 0.0, 0.0)))
    outside = met(planted(rng, center=(0.0, 0.0, 0.0, 0.0, 3.0)))
    assert of(inside, "N.T3′") == of(outside, "N.T3′") == [True]
    assert (of(inside, "Y.T3 (A6)"), of(outside, "Y.T3 (A6)")) == ([False], [True])
    assert of(outside, "Y.T1, N.1") == [False]
    assert of(outside, "Y.T4 (IMS)") == [True]
    assert of(met(planted(rng), ims_residual=0.2), "Y.T4 (IMS)") == [False]


def test_an_even_cloud_and_the_proved_range(rng):
    rows = normalize(rng.standard_normal((500, 4)))
    statistics = PairStatistics([rows, normalize(rng.standard_normal((500, 4)))], rng)
    assert of(met(statistics), "Y.T1, N.1") == [True]
    assert of(met(statistics), "N.T3′") == [False]  # the views fill the space
    assert of(met(statistics, temperature=0.5), "N.1") == [True]
    assert of(met(statistics, temperature=0.1), "N.1") == [False]  # β_c(4) = 5.9


def test_cones_are_judged_by_misfit_and_roundness(rng):
    statistics = planted(rng)
    assert of(met(statistics), "Y.T2") == [True]
    assert of(met(statistics, misfits=(0.01, 0.2)), "Y.T2") == [False]
    assert of(met(statistics, isotropies=(0.3, 1.0)), "Y.T2") == [False]


def test_classes_decide_whether_the_gap_is_one_shift(rng):
    assert of(met(planted(rng), class_spread=0.05), "G.2") == [True]
    assert of(met(planted(rng), class_spread=0.5), "G.2") == [False]


def test_a_shift_across_the_rows_changes_no_ranking(rng):
    rows = normalize(rng.standard_normal((400, 3))) @ np.eye(5)[:3]
    across = PairStatistics([normalize(rows + np.eye(5)[3]), normalize(rows - np.eye(5)[3])], rng)
    along = PairStatistics([normalize(rows + np.eye(5)[0]), normalize(rows - np.eye(5)[0])], rng)
    assert shift_ratio(*across.views) == pytest.approx(0, abs=1e-6)
    assert shift_ratio(*along.views) > 0.5


@pytest.mark.parametrize("kept", [3, 8, 12])
def test_the_resolution_is_that_of_the_leading_directions(kept, rng):
    # Below half of the space, above it (where the complements are compared instead), all of it.
    rows = rng.standard_normal((2, 600, 12)) * np.where(np.arange(12) < kept, 1.0, 0.02)
    statistics = PairStatistics([normalize(view) for view in rows], rng)
    found = predict(*statistics.views, temperature=0.01)
    assert found.dimensions == (kept, kept)
    halves = [
        tuple(half.spectrum(centered=False)[1][:, :kept] for half in view.halves)
        for view in statistics.views
    ]
    assert found.resolution == pytest.approx(angle_resolution(halves), rel=1e-9)
