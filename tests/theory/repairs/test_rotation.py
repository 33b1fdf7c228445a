"""Rotation: exact on the theorem's configurations, unequal dimensions, paired matching."""

import numpy as np
import pytest
import scipy.linalg

from theory.errors import InputError
from theory.repairs import Procrustes, Rotation
from theory.sphere import normalize, sample_uniform
from theory.subspaces import hyperplane_rotation, principal_angles, subspace_pair


def optimal_pairs(h, angles, n, rng, mean=None):
    """Pairs with the same coordinates along the principal vectors (Y.T4), and the bases."""
    k = len(angles)
    a, b = subspace_pair(h, k, k, angles, rng)
    coordinates = sample_uniform(n, k, rng)
    if mean is not None:
        coordinates = normalize(coordinates + mean)
    return coordinates @ a.T, coordinates @ b.T, a, b


def test_exact_hyperplanes_are_aligned_perfectly(rng):
    x, y, a, b = optimal_pairs(7, [0.0] * 5 + [1.2], 300, rng)
    repair = Rotation(variance=1.0).fit(x, y)
    np.testing.assert_allclose(repair.transform(None, y), x, atol=1e-12)
    n_a, n_b = (scipy.linalg.null_space(basis.T)[:, 0] for basis in (a, b))
    np.testing.assert_allclose(repair.y_rotation_, hyperplane_rotation(n_b, n_a), atol=1e-12)
    np.testing.assert_allclose(repair.principal_angles_[0], [0.0] * 5 + [1.2], atol=1e-12)


@pytest.mark.parametrize("angles", [[0.3, 0.9, 1.4], [0.0, 1.0, 1.0, 1.5]])
@pytest.mark.parametrize("centered", [False, True])
def test_subspaces_of_any_dimension_with_a_gap_in_the_means(angles, centered, rng):
    mean = np.full(len(angles), 1.5)
    x, y, _, _ = optimal_pairs(10, angles, 300, rng, mean)
    assert np.linalg.norm(x.mean(0) - y.mean(0)) > 0.3
    out = Rotation(variance=1.0, centered=centered).fit(x, y).transform(None, y)
    np.testing.assert_allclose(out, x, atol=1e-11)


def test_the_anchor_stays_and_all_views_meet_there(rng):
    x, y, _, _ = optimal_pairs(8, [0.0, 0.0, 1.0], 100, rng)
    z = x @ hyperplane_rotation(rng.standard_normal(8), rng.standard_normal(8)).T
    repair = Rotation(variance=1.0).fit(x, y, z)
    out = repair.transform(x, y, z)
    np.testing.assert_allclose(out[0], x, atol=1e-15)
    for view, rotation in zip(out[1:], (repair.y_rotation_, *repair.more_rotations_), strict=True):
        assert principal_angles(repair.x_basis_, view.T @ view @ repair.x_basis_)[-1] < 1e-6
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(8), atol=1e-13)


@pytest.mark.parametrize(("d_x", "d_y"), [(2, 4), (4, 2)])
def test_unequal_dimensions_nest(d_x, d_y, rng):
    a, b = subspace_pair(9, d_x, d_y, [0.5, 1.1], rng)
    x, y = sample_uniform(100, d_x, rng) @ a.T, sample_uniform(100, d_y, rng) @ b.T
    repair = Rotation(variance=1.0).fit(x, y)
    assert repair.x_basis_.shape[1] == d_x
    assert repair.y_basis_.shape[1] == d_y
    assert principal_angles(a, repair.y_rotation_ @ b)[-1] < 1e-12


def test_perpendicular_specific_parts_need_the_pairs(rng):
    # Two specific planes at 90°: angles cannot tell which direction belongs to which.
    x, y, _, _ = optimal_pairs(9, [0.0, 0.0, np.pi / 2, np.pi / 2], 200, rng)
    paired = Rotation(variance=1.0, paired=True).fit(x, y)
    np.testing.assert_allclose(paired.transform(None, y), x, atol=1e-12)
    unpaired = Rotation(variance=1.0).fit(x, y)
    assert principal_angles(paired.x_basis_, unpaired.y_rotation_ @ paired.y_basis_)[-1] < 1e-7
    assert paired.needs_pairs
    assert not unpaired.needs_pairs


@pytest.mark.parametrize("paired", [False, True])
def test_noisy_pairs_are_repaired_as_well_as_by_procrustes(paired, rng):
    x, y, _, _ = optimal_pairs(32, [0.0] * 6 + [0.3, 0.5, 0.7, 0.9], 1500, rng)
    noise = 0.02 * rng.standard_normal((2, *x.shape))
    x, y = normalize(x + noise[0]), normalize(y + noise[1])

    def held_out(repair):
        mapped = repair.fit(x[:1000], y[:1000]).transform(None, y[1000:])
        return (mapped * x[1000:]).sum(1).mean()

    reached = held_out(Procrustes())
    assert (x * y).sum(1).mean() < 0.95 * reached
    assert held_out(Rotation(dimension=10, paired=paired)) > 0.99 * reached


def planted(noise, degrees, common, rng, n=5000):
    """20 shared directions of deviation 1, 30 specific ones of 0.7 at an angle, in R^128."""
    own_angles = [np.deg2rad(degrees)] * 30
    bases = subspace_pair(128, 50, 50, [0.0] * 20 + own_angles, rng)
    shared = rng.standard_normal((n, 20))
    specific = 0.7 * rng.standard_normal((2, n, 30))
    return [
        normalize(
            np.c_[shared, specific[0 if common else m]] @ basis.T
            + noise * rng.standard_normal((n, 128))
        )
        for m, basis in enumerate(bases)
    ]


@pytest.mark.parametrize("noise", [0.05, 0.1, 0.2])
@pytest.mark.parametrize("degrees", [15, 90])
@pytest.mark.parametrize("common", [False, True])
def test_planted_pairs_are_repaired_as_well_as_by_procrustes(noise, degrees, common, rng):
    x, y = planted(noise, degrees, common, rng)

    def held_out(repair):
        mapped = repair.fit(x[:4000], y[:4000]).transform(None, y[4000:])
        return (mapped * x[4000:]).sum(1).mean()

    reached = held_out(Procrustes())
    assert held_out(Rotation()) > 0.99 * reached
    unpaired = held_out(Rotation(paired=False))
    if common and degrees == 90:
        # Rows alone cannot match isotropic perpendicular parts: only the shared part is right.
        assert unpaired < 0.65 * reached
    else:
        assert unpaired > 0.97 * reached


def test_dimension_replaces_variance(rng):
    x, y, _, _ = optimal_pairs(8, [0.0, 0.5, 1.0], 100, rng)
    repair = Rotation(dimension=2).fit(x, y)
    assert repair.x_basis_.shape == repair.y_basis_.shape == (8, 2)
    assert Rotation(dimension=99).fit(x, y).x_basis_.shape == (8, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dimension": 0}, "dimension is 0"),
        ({"variance": 0.0}, "variance is 0"),
        ({"variance": 1.5}, "variance is 1.5"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(InputError, match=message):
        Rotation(**options).fit(np.eye(2), np.eye(2))


def test_equal_rows_are_named():
    with pytest.raises(InputError, match="rows of Y are all equal"):
        Rotation(centered=True).fit(np.eye(3), np.eye(3)[[1, 1, 1]])
