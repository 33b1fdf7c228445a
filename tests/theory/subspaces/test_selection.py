"""What the data say: signal against a noise floor, and the resolution of an angle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.sphere import random_rotation
from theory.subspaces import (
    Moments,
    angle_resolution,
    half_bases,
    principal_angles,
    signal_basis,
    signal_dimension,
)


def cloud(n, scale, rng, noise=0.0):
    d = len(scale)
    return rng.standard_normal((n, d)) * scale + noise * rng.standard_normal((n, d))


def halves_of(rows, dimension):
    """Bases of one subspace from the even and from the odd rows."""
    return tuple(half_bases([Moments.of(rows[h::2])], [dimension])[0] for h in range(2))


@given(st.integers(0, 12), st.sampled_from([500, 5000]), st.integers(0, 10**6))
def test_spikes_above_the_floor_are_counted(k, n, seed):
    rng = np.random.default_rng(seed)
    scale = np.r_[np.linspace(1, 2, k), np.zeros(32 - k)]
    variances, _ = Moments.of(cloud(n, scale, rng, noise=0.2)).spectrum()
    assert signal_dimension(variances, n) == k


def test_pure_noise_has_no_signal(rng):
    found = [
        signal_dimension(Moments.of(rng.standard_normal((n, 20))).spectrum()[0], n)
        for n in (30, 300, 3000)
        for _ in range(100)
    ]
    assert np.mean(np.array(found) > 0) < 0.01  # one in a thousand is expected


@pytest.mark.parametrize("rank", [1, 3, 5])
def test_exact_subspaces_are_all_signal(rank, rng):
    rows = rng.standard_normal((100, rank)) @ random_rotation(10, rng)[:rank]
    assert signal_basis(Moments.of(rows)).shape == (10, rank)
    assert signal_basis(Moments.of(rows), centered=False).shape == (10, rank)


def test_without_a_floor_it_is_the_published_level(rng):
    for scale in (1.0 / np.arange(1, 33), np.ones(32)):
        rows = cloud(5000, scale, rng)
        basis = signal_basis(Moments.of(rows))
        variances = ((rows - rows.mean(0)) @ basis).var(0)
        share = np.cumsum(variances) / rows.var(0).sum()
        assert share[-1] >= 0.99
        assert share[-2] < 0.99


def test_signal_basis_is_the_planted_one(rng):
    frame = random_rotation(40, rng)
    rows = (cloud(4000, np.r_[np.ones(6), np.zeros(34)], rng)) @ frame.T
    rows += 0.1 * rng.standard_normal(rows.shape)
    basis = signal_basis(Moments.of(rows))
    assert basis.shape == (40, 6)
    assert principal_angles(basis, frame[:, :6])[-1] < 0.03


@pytest.mark.parametrize("noise", [0.05, 0.2])
@pytest.mark.parametrize("n", [600, 6000])
def test_two_samples_of_one_subspace_are_within_the_resolution(noise, n, rng):
    scale = np.r_[np.ones(8), np.zeros(40)]
    views = [cloud(n, scale, rng, noise) for _ in range(2)]
    allowed = angle_resolution([halves_of(view, 8) for view in views])
    angles = principal_angles(*(Moments.of(view).spectrum()[1][:, :8] for view in views))
    assert angles[-1] < allowed < 3 * angles[-1]


def test_resolution_at_the_ends(rng):
    exact = rng.standard_normal((100, 2)) @ random_rotation(5, rng)[:2]
    assert angle_resolution([halves_of(exact, 2)] * 2) == pytest.approx(1e-6)
    noise = rng.standard_normal((100, 5))
    assert angle_resolution([halves_of(noise, 1)] * 2) == pytest.approx(np.pi / 4)


def test_too_few_rows_span_no_basis(rng):
    few = Moments.of(rng.standard_normal((4, 5)))
    assert half_bases([few], [4]) == []
    assert half_bases([few], [3])[0].shape == (5, 3)
