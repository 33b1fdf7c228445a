"""Canonical correlations: a direct solution as oracle, chance levels, what pairs predict."""

import numpy as np
import pytest
import scipy.linalg

from theory.sphere import random_rotation
from theory.subspaces import (
    JointMoments,
    canonical_correlations,
    correlated_bases,
    correlation_edge,
    pairs_correlate,
    principal_angles,
    whitener,
)


def joint_of(*views):
    pairs = [(a, b) for a in range(len(views)) for b in range(a + 1, len(views))]
    names = [str(index) for index in range(len(views))]
    return JointMoments(views[0].shape[1], len(views), pairs).update(views, 0, names)


def test_the_generalised_eigenproblem_agrees(rng):
    z = rng.standard_normal((200, 10)) @ rng.standard_normal((10, 10))
    c = np.cov(z.T, ddof=0)
    cx, cy, cxy = c[:5, :5], c[5:, 5:], c[:5, 5:]
    found = canonical_correlations(cx, cy, cxy, np.eye(5), np.eye(5))
    squared = scipy.linalg.eigh(cxy @ np.linalg.solve(cy, cxy.T), cx, eigvals_only=True)
    np.testing.assert_allclose(found.correlations**2, squared[::-1], atol=1e-12)
    np.testing.assert_allclose(found.x.T @ cxy @ found.y, np.diag(found.correlations), atol=1e-12)
    np.testing.assert_allclose(found.x.T @ cx @ found.x, np.eye(5), atol=1e-12)


def test_whitener_leaves_out_directions_of_no_variance(rng):
    basis = random_rotation(6, rng)[:, :4]
    moment = basis @ np.diag([3.0, 1.0, 0.5, 0.0]) @ basis.T
    weights = whitener(moment, basis)
    assert weights.shape == (6, 3)
    np.testing.assert_allclose(weights.T @ moment @ weights, np.eye(3), atol=1e-12)


@pytest.mark.parametrize(("p", "q", "n"), [(1, 1, 50), (3, 5, 100), (10, 10, 300), (20, 20, 60)])
def test_independent_rows_stay_below_the_edge(p, q, n, rng):
    edge, largest = correlation_edge(p, q, n), []
    for _ in range(400):
        bases = [np.linalg.qr(v - v.mean(0))[0] for v in rng.standard_normal((2, n, max(p, q)))]
        largest.append(np.linalg.norm(bases[0][:, :p].T @ bases[1][:, :q], 2))
    assert np.mean(np.array(largest) > edge) <= 0.01  # one in a thousand is expected
    assert edge < 1.4 * np.quantile(largest, 0.99)


def test_the_edge_grows_with_the_dimensions_and_ends_at_one():
    edges = [correlation_edge(k, k, 100) for k in (1, 5, 20, 40, 49, 50, 99)]
    assert edges == sorted(edges)
    assert edges[-3] < 1 == edges[-2] == edges[-1]
    assert correlation_edge(3, 7, 50) == correlation_edge(7, 3, 50)


def test_what_pairs_predict_is_exact_without_noise(rng):
    # Sample correlations of common with specific scores do not blur the weights.
    frame = random_rotation(9, rng)
    common, own = rng.standard_normal((40, 2)), rng.standard_normal((2, 40, 3))
    x = common @ frame[:, :2].T + own[0] @ frame[:, 2:5].T
    y = common @ frame[:, :2].T + own[1] @ frame[:, 5:8].T
    joint = joint_of(x, y)
    bases = [frame[:, :5], frame[:, [0, 1, 5, 6, 7]]]
    reduced, kept = correlated_bases(joint, bases, centered=True)
    assert kept == [[2], [2]]
    for basis in reduced:
        assert principal_angles(basis, frame[:, :2])[-1] < 1e-6
    assert pairs_correlate(joint)


def test_every_other_view_must_predict_it(rng):
    # Of three directions, 0 is common to all views, 1 to the first two, 2 to none.
    scores = rng.standard_normal((2000, 5))
    views = [
        scores[:, columns] @ np.eye(4)[:3] + 0.1 * rng.standard_normal((2000, 4))
        for columns in ([0, 1, 2], [0, 1, 3], [0, 3, 4])
    ]
    reduced, kept = correlated_bases(joint_of(*views), [np.eye(4)] * 3, centered=True)
    assert [steps[-1] for steps in kept] == [1, 1, 1]
    assert principal_angles(reduced[0], np.eye(4)[:, :1])[-1] < 0.1


def test_shuffled_pairs_do_not_correlate(rng):
    x = rng.standard_normal((300, 5)) + 4
    y = x + 0.5 * rng.standard_normal((300, 5))
    assert pairs_correlate(joint_of(x, y))
    assert not pairs_correlate(joint_of(x, y[rng.permutation(300)]))
    assert not pairs_correlate(joint_of(x, np.ones((300, 5))))
    reduced, kept = correlated_bases(
        joint_of(x, y[rng.permutation(300)]), [np.eye(5)] * 2, centered=True
    )
    assert kept == [[0], [0]]
    assert reduced[0].shape == (5, 0)
