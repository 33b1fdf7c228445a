"""Uniform laws: Kolmogorov-Smirnov on marginals, moments, and what a rotation must satisfy."""

import numpy as np
import pytest
from scipy import stats

from theory.errors import InputError
from theory.sphere import random_rotation, sample_uniform

UNLIKELY = 1e-3  # p-values below this fail; seeds are fixed, so they do so for good or not at all
Z_LIMIT = 4.0  # standard errors


@pytest.mark.parametrize("h", [2, 3, 4, 16, 128])
def test_every_coordinate_has_the_projected_uniform_law(h, rng):
    x = sample_uniform(20_000, h, rng)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1, rtol=1e-14)
    # (1 + x_1)/2 ~ Beta((h−1)/2, (h−1)/2)
    law = stats.beta((h - 1) / 2, (h - 1) / 2)
    for column in (0, h - 1):
        assert stats.kstest((1 + x[:, column]) / 2, law.cdf).pvalue > UNLIKELY
    along = x @ np.full(h, 1 / np.sqrt(h))
    assert stats.kstest((1 + along) / 2, law.cdf).pvalue > UNLIKELY


def test_the_zero_sphere_is_two_points(rng):
    x = sample_uniform(1000, 1, rng)
    assert set(x.ravel().tolist()) == {-1.0, 1.0}
    assert abs(x.mean()) < Z_LIMIT / np.sqrt(1000)


def test_sizes_and_seeds():
    assert sample_uniform(0, 3, np.random.default_rng(0)).shape == (0, 3)
    same = [sample_uniform(9, 4, np.random.default_rng(7)) for _ in range(2)]
    assert np.array_equal(*same)
    # a prefix does not depend on how many are drawn
    longer = sample_uniform(50_000, 4, np.random.default_rng(7))
    assert np.array_equal(longer[:9], same[0])


@pytest.mark.parametrize("h", [1, 2, 3, 17])
def test_rotations_are_proper(h, rng):
    for _ in range(8):
        r = random_rotation(h, rng)
        np.testing.assert_allclose(r @ r.T, np.eye(h), atol=1e-14)
        assert np.linalg.det(r) == pytest.approx(1)


def test_rotations_are_uniform_in_every_column(rng):
    turned = np.stack([random_rotation(3, rng) for _ in range(4000)])
    for column in range(3):
        for row in range(3):
            # each entry of a Haar rotation of R³ is uniform on [−1, 1]
            entries = (1 + turned[:, row, column]) / 2
            assert stats.kstest(entries, "uniform").pvalue > UNLIKELY
    # E tr R = 0 and E (tr R)² = 1 tell SO(3) from any smaller set of rotations
    traces = np.trace(turned, axis1=1, axis2=2)
    assert abs(traces.mean()) < Z_LIMIT / np.sqrt(4000)
    assert (traces**2).mean() == pytest.approx(1, abs=Z_LIMIT * (traces**2).std() / np.sqrt(4000))


def test_bad_sizes(rng):
    with pytest.raises(InputError, match="h is 0; give an integer of at least 1"):
        sample_uniform(1, 0, rng)
    with pytest.raises(InputError, match="n is -1; give an integer of at least 0"):
        sample_uniform(-1, 2, rng)
    with pytest.raises(TypeError, match="h must be an integer"):
        random_rotation(2.5, rng)
