"""Shared projection: exact cases of the theorem, the papers' knobs, planted subspaces."""

from itertools import pairwise

import numpy as np
import pytest

from theory.errors import InputError
from theory.repairs import SharedProjection
from theory.sphere import normalize, random_rotation, sample_uniform
from theory.subspaces import principal_angles, subspace_pair


def pairs_of(bases, coordinates):
    return [normalize(coordinates @ basis.T) for basis in bases]


@pytest.mark.parametrize("centered", [True, False])
@pytest.mark.parametrize("knobs", [{}, {"variance": 1.0, "epsilon": 1e-3}])
def test_optimal_pairs_are_aligned_perfectly(knobs, centered, rng):
    angles = [0.0, 0.0, 0.0, 0.7, 1.2]
    bases = subspace_pair(9, 5, 5, angles, rng)
    x, y = pairs_of(bases, sample_uniform(200, 5, rng))
    repair = SharedProjection(**knobs, centered=centered).fit(x, y)
    assert repair.n_shared_ == 3
    assert principal_angles(repair.shared_basis_, bases[0][:, :3])[-1] < 1e-7
    np.testing.assert_allclose(repair.singular_values_, np.cos(angles), atol=1e-12)
    np.testing.assert_allclose(*repair.transform(x, y), atol=1e-9)


def test_epsilon_is_the_paper_s_bar_on_the_cosine(rng):
    angles = np.deg2rad([0.1, 2.5, 2.7, 40.0])
    x, y = pairs_of(subspace_pair(9, 4, 4, angles, rng), sample_uniform(300, 4, rng))
    kept = {e: SharedProjection(1.0, epsilon=e).fit(x, y).n_shared_ for e in (1e-5, 1e-3, 2e-3, 1)}
    assert kept == {1e-5: 1, 1e-3: 2, 2e-3: 3, 1: 4}


def test_variance_cuts_weak_directions(rng):
    x = rng.standard_normal((500, 4)) * [1, 1, 0.05, 0.01]
    sizes = [
        SharedProjection(level, normalize=False).fit(x, x).n_shared_
        for level in (0.5, 0.99, 0.9999, 1.0)
    ]
    assert sizes == [1, 2, 3, 4]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_any_number_of_views_share_what_all_of_them_hold(count, rng):
    frame = random_rotation(12, rng)
    shared = rng.standard_normal((300, 3))
    views = []
    for m in range(count):
        own = rng.standard_normal((300, 2))
        views.append(normalize(shared @ frame[:, :3].T + own @ frame[:, 3 + 2 * m : 5 + 2 * m].T))
    repair = SharedProjection(variance=1.0).fit(*views)
    assert repair.n_shared_ == 3
    assert principal_angles(repair.shared_basis_, frame[:, :3])[-1] < 1e-6
    projected = repair.transform(*views)
    for view in projected[1:]:
        np.testing.assert_allclose(view, projected[0], atol=1e-7)


def test_what_only_some_views_share_is_not_shared(rng):
    frame = np.eye(6)
    spans = ([0, 1, 2], [0, 1, 3], [0, 4, 5])
    views = [sample_uniform(200, 3, rng) @ frame[columns] for columns in spans]
    repair = SharedProjection(variance=1.0).fit(*views)
    assert repair.n_shared_ == 1
    np.testing.assert_allclose(np.abs(repair.shared_basis_[:, 0]), frame[0], atol=1e-7)
    # direction 1: eigenvalue 2/3 of the mean projector, so (3·2/3 − 1)/2 = ½
    np.testing.assert_allclose(repair.singular_values_[:2], [1, 0.5], atol=1e-12)


def test_the_threshold_is_the_same_for_two_views_and_for_more(rng):
    # Three lines, two of which coincide: as two views they are one.
    angle = 0.03  # 1 − cos = 4.5e-4
    a, b = subspace_pair(3, 1, 1, [angle], rng)
    scores = rng.choice([-1.0, 1.0], (50, 1))
    x, y = scores @ a.T, scores @ b.T
    assert SharedProjection(epsilon=4.6e-4).fit(x, y).n_shared_ == 1
    with pytest.raises(InputError, match="share no direction"):
        SharedProjection(epsilon=4.4e-4).fit(x, y)


def test_top_k_keeps_the_strongest_of_the_shared(rng):
    scale = np.array([0.2, 2.0, 0.5, 1.0])
    bases = subspace_pair(8, 5, 5, [0.0] * 4 + [1.0], rng)
    scores = np.c_[rng.standard_normal((4000, 4)) * scale, rng.standard_normal(4000)]
    x, y = (scores @ basis.T for basis in bases)
    repair = SharedProjection(1.0, top_k=2, normalize=False).fit(x, y)
    assert repair.shared_basis_.shape == (8, 2)
    assert principal_angles(repair.shared_basis_, bases[0][:, [1, 3]])[-1] < 0.05
    assert SharedProjection(1.0, top_k=99, normalize=False).fit(x, y).n_shared_ == 4


def test_coordinates_have_the_same_angles(rng):
    x, y = pairs_of(subspace_pair(7, 4, 4, [0.0, 0.0, 0.5, 0.6], rng), sample_uniform(30, 4, rng))
    full = SharedProjection(1.0).fit(x, y).transform(x, y)
    short = SharedProjection(1.0, coordinates=True).fit(x, y).transform(x, y)
    assert short[0].shape == (30, 2)
    np.testing.assert_allclose(short[0] @ short[1].T, full[0] @ full[1].T, atol=1e-12)


def test_a_row_outside_the_shared_space_has_no_direction(rng):
    x = np.c_[sample_uniform(50, 2, rng), np.zeros(50)]
    repair = SharedProjection(1.0).fit(x, x)
    with pytest.raises(InputError, match="row 0 of X is mapped to zero"):
        repair.transform([[0.0, 0.0, 1.0]])


def test_no_shared_direction_says_what_to_do(rng):
    x, y = pairs_of(subspace_pair(6, 2, 2, [0.5, 1.0], rng), sample_uniform(60, 2, rng))
    message = r"closest ones have cosine 0.8776, not above 1 − epsilon = 0.999; raise epsilon"
    with pytest.raises(InputError, match=message):
        SharedProjection(epsilon=1e-3).fit(x, y)
    with pytest.raises(InputError, match="share no direction"):
        SharedProjection().fit(x, y)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epsilon": 0.0}, r"epsilon is 0; give a finite number in \(0, 1\]"),
        ({"epsilon": 2.0}, "epsilon is 2"),
        ({"top_k": 0}, "top_k is 0"),
        ({"variance": 0}, "variance is 0"),
        ({"variance": "most"}, "variance is 'most'; give 'auto'"),
        ({"epsilon": "small"}, "epsilon is 'small'; give 'auto'"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(InputError, match=message):
        SharedProjection(**options).fit(np.eye(3), np.eye(3))


def planted(noise, degrees, rng, n=5000, h=128, shared=20, own=30, views=2, common=False):
    """Planted case of the issue: shared directions of deviation 1, specific ones of 0.7.

    Specific parts are at an angle to that of the first view; they have coefficients of their
    own, or the same ones in all views (`common`). Then come noise and unit rows.
    """
    frame = random_rotation(h, rng)
    ends = shared + own * np.arange(views + 1)
    parts = [frame[:, a:b] for a, b in pairwise(ends)]
    angle = np.deg2rad(degrees)
    tilted = [parts[0]] + [np.cos(angle) * parts[0] + np.sin(angle) * part for part in parts[1:]]
    scores = rng.standard_normal((n, shared))
    specific = 0.7 * rng.standard_normal((views, n, own))
    if common:
        specific[1:] = specific[0]
    clouds = [
        normalize(
            np.c_[scores, u] @ np.c_[frame[:, :shared], basis].T
            + noise * rng.standard_normal((n, h))
        )
        for u, basis in zip(specific, tilted, strict=True)
    ]
    return clouds, frame[:, :shared]


def error(repair, shared):
    return np.rad2deg(principal_angles(repair.shared_basis_, shared)[-1])


@pytest.mark.parametrize("noise", [0.05, 0.1, 0.2])
@pytest.mark.parametrize("degrees", [15, 90])
def test_the_default_finds_the_planted_subspace(noise, degrees, rng):
    views, shared = planted(noise, degrees, rng)
    repair = SharedProjection().fit(*views)
    assert repair.n_shared_ == 20
    assert error(repair, shared) < (6 if noise == 0.2 else 3)
    # Near specific parts are told apart by the pairs; far ones better by the spans alone.
    assert repair.paired_ == (degrees == 15)


@pytest.mark.parametrize(("noise", "bound"), [(0.05, 2.2), (0.1, 4.4), (0.2, 8.9)])
@pytest.mark.parametrize("degrees", [15, 90])
def test_specific_parts_with_the_same_coefficients(noise, bound, degrees, rng):
    # Then pairs cannot tell specific from shared, only the angle can. `bound` is the error that
    # no unbiased estimator undercuts at 15° (Cramér-Rao for the Gaussian model).
    views, shared = planted(noise, degrees, rng, common=True)
    repair = SharedProjection().fit(*views)
    assert repair.n_shared_ == 20
    assert error(repair, shared) < (1.2 * bound if degrees == 15 else 3)


@pytest.mark.parametrize(
    ("h", "shared", "own", "n"),
    [
        (16, 2, 3, 500),
        (32, 3, 5, 1000),
        (64, 10, 10, 2000),
        (128, 5, 40, 5000),
        (256, 40, 30, 8000),
    ],
)
@pytest.mark.parametrize("noise", [0.03, 0.1])
@pytest.mark.parametrize("views", [2, 3])
def test_over_a_grid_of_noise_dimension_and_number(h, shared, own, n, noise, views, rng):
    clouds, truth = planted(noise, 30, rng, n, h, shared, own, views)
    repair = SharedProjection().fit(*clouds)
    assert repair.n_shared_ == shared
    assert error(repair, truth) < 4


def test_pairs_tell_apart_what_spans_cannot(rng):
    views, shared = planted(0.1, 1, rng)
    assert SharedProjection(paired=False).fit(*views).n_shared_ > 40
    repair = SharedProjection().fit(*views)
    assert repair.n_shared_ == 20
    assert repair.paired_
    assert error(repair, shared) < 3


def test_without_pairs_the_spans_are_enough_unless_they_nearly_meet(rng):
    (x, y), shared = planted(0.1, 90, rng)
    repair = SharedProjection().fit(x, y[rng.permutation(len(y))])
    assert not repair.paired_
    assert repair.n_shared_ == 20
    assert error(repair, shared) < 3


def test_pairs_that_are_none_are_named(rng):
    (x, y), _ = planted(0.1, 90, rng, n=1000)
    with pytest.raises(InputError, match=r"pairs correlate no more than chance .* row i"):
        SharedProjection(paired=True).fit(x, y[rng.permutation(1000)])


def test_the_papers_knobs_lose_it_in_noise(rng):
    found = {
        noise: SharedProjection(variance=0.99, epsilon=1e-3)
        .fit(*planted(noise, 90, rng)[0])
        .n_shared_
        for noise in (0.05, 0.1, 0.2)
    }
    assert found[0.05] == 20
    assert found[0.1] > 40
    assert found[0.2] > 90
