"""Procrustes: planted rotations come back; scipy as the oracle; the least-motion rule."""

import numpy as np
import pytest
import scipy.linalg

from theory.repairs import Procrustes
from theory.sphere import normalize, random_rotation, sample_uniform


def test_planted_rotations_come_back(rng):
    x = sample_uniform(50, 6, rng)
    q1, q2 = random_rotation(6, rng), random_rotation(6, rng)
    y, z = x @ q1, x @ q2
    repair = Procrustes().fit(x, y, z)
    np.testing.assert_allclose(repair.y_rotation_, q1, atol=1e-13)
    for view in repair.transform(x, y, z):
        np.testing.assert_allclose(view, x, atol=1e-13)


def test_scipy_agrees_on_noisy_pairs(rng):
    x, y = sample_uniform(80, 5, rng), sample_uniform(80, 5, rng)
    expected = scipy.linalg.orthogonal_procrustes(y, x)[0]
    np.testing.assert_allclose(Procrustes().fit(x, y).y_rotation_.T, expected, atol=1e-12)


def test_no_rotation_does_better(rng):
    x = sample_uniform(30, 4, rng)
    y = normalize(x @ random_rotation(4, rng) + 0.3 * rng.standard_normal((30, 4)))

    def misfit(q):
        return np.square(x - y @ q.T).sum()

    repair = Procrustes().fit(x, y)
    best = misfit(repair.y_rotation_)
    for _ in range(100):
        small = scipy.linalg.expm(0.1 * np.triu(rng.standard_normal((4, 4)), 1))
        assert misfit(scipy.linalg.polar(small)[0] @ repair.y_rotation_) >= best


def test_reflections_are_optional(rng):
    x = sample_uniform(40, 3, rng)
    y = x * [1, 1, -1]
    np.testing.assert_allclose(Procrustes().fit(x, y).y_rotation_, np.diag([1, 1, -1]), atol=1e-13)
    proper = Procrustes(reflection=False).fit(x, y).y_rotation_
    assert np.linalg.det(proper) == pytest.approx(1)
    kabsch = scipy.spatial.transform.Rotation.align_vectors(x, y)[0].as_matrix()
    np.testing.assert_allclose(proper, kabsch, atol=1e-12)


def test_centred_pairs_take_the_mean_along(rng):
    z = rng.standard_normal((40, 4))
    q = random_rotation(4, rng)
    x, y = z + np.array([5, 0, 0, 0]), z @ q - np.array([0, 7, 0, 0])
    out = Procrustes(centered=True, normalize=False).fit(x, y).transform(None, y)
    np.testing.assert_allclose(out, x, atol=1e-12)


@pytest.mark.parametrize("pairs", [1, 3])
def test_unseen_directions_move_least(pairs, rng):
    # Few pairs inside a subspace: the rest of the space must not be turned at will.
    x = np.zeros((pairs, 8))
    x[:, :3] = sample_uniform(pairs, 3, rng)
    np.testing.assert_allclose(Procrustes().fit(x, x).y_rotation_, np.eye(8), atol=1e-13)


def test_needs_pairs():
    assert Procrustes().needs_pairs
