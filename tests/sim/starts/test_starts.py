import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import starts
from sim.constraints import Free, Subspace
from theory.bessel import ratio
from theory.errors import InputError
from theory.sphere import distance, mean_direction

OF_TWO = {"measured": "principal angles are of two subspaces"}


@pytest.mark.parametrize("name", starts.names())
class TestEveryStart:
    @given(h=st.integers(3, 9), n=st.integers(2, 20), seed=st.integers(0, 99))
    def test_unit_rows_from_the_generator_alone(self, name, h, n, seed):
        room = Free(h)
        views, again = (
            starts.create(name).sample(n, room, np.random.default_rng(seed)) for _ in range(2)
        )
        assert len(views) == 2
        for view, twin in zip(views, again, strict=True):
            assert view.shape == (n, h)
            np.testing.assert_allclose(np.linalg.norm(view, axis=1), 1, atol=1e-12)
            np.testing.assert_array_equal(view, twin)

    def test_three_modalities(self, name):
        if name in OF_TWO:
            with pytest.raises(InputError, match="it takes two"):
                starts.create(name).sample(4, Free(3, modalities=3), np.random.default_rng(0))
            return
        views = starts.create(name).sample(4, Free(3, modalities=3), np.random.default_rng(0))
        assert [view.shape for view in views] == [(4, 3)] * 3


@pytest.mark.parametrize("kappa", [(40.0, 40.0), (40.0, 400.0)])
@pytest.mark.parametrize("paired", [True, False])
def test_cones_have_the_concentration_and_gap_they_were_given(kappa, paired, rng):
    n, h, gap = 40_000, 5, 1.2
    x, y = starts.create("cones", kappa=kappa, gap=gap, paired=paired).sample(n, Free(h), rng)
    (a, length_x), (b, length_y) = mean_direction(x), mean_direction(y)
    for length, k in ((length_x, kappa[0]), (length_y, kappa[1])):
        # 5 standard errors of a mean of cosines, whose variance is below (h − 1)/(2κ²)
        assert abs(length - ratio(h / 2 - 1, k)) < 5 * math.sqrt((h - 1) / 2 / n) / k
    assert abs(distance(a, b) - gap) < 5 * math.sqrt(2 * (h - 1) / min(kappa) / n)


def test_paired_cones_are_one_cloud_turned(rng):
    x, y = starts.create("cones", kappa=9.0, gap=0.7).sample(50, Free(4), rng)
    turn = np.eye(4)
    turn[:2, :2] = [[math.cos(0.7), -math.sin(0.7)], [math.sin(0.7), math.cos(0.7)]]
    np.testing.assert_allclose(y, x @ turn.T, atol=1e-14)


def test_pairs_of_different_cones_share_their_longitude(rng):
    x, y = starts.create("cones", kappa=(5.0, 50.0), gap=0.0).sample(200, Free(3), rng)
    order = np.argsort(x[:, 0])
    assert (np.diff(y[order, 0]) >= 0).all()
    np.testing.assert_allclose(
        np.arctan2(x[:, 2], x[:, 1]), np.arctan2(y[:, 2], y[:, 1]), atol=1e-9
    )


def test_antipodal_is_opposite(rng):
    x, y = starts.create("antipodal", kappa=100.0).sample(500, Free(3), rng)
    assert x.mean(0)[0] > 0.9
    assert y.mean(0)[0] < -0.9


def test_aligned_uniform_has_no_gap(rng):
    x, y = starts.create("uniform", aligned=True).sample(9, Free(3), rng)
    np.testing.assert_array_equal(x, y)


def test_shared_lies_in_the_shared_subspace(rng):
    room = Subspace(5, angles=[0.6])
    x, y = starts.create("shared", spread=0.0).sample(30, room, rng)
    np.testing.assert_allclose(x, y, atol=1e-15)
    np.testing.assert_allclose(x @ room.shared_basis @ room.shared_basis.T, x, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("cones", {"kappa": -1.0}, "kappa is -1"),
        ("cones", {"gap": 4.0}, "gap is 4"),
        ("antipodal", {"kappa": float("inf")}, "kappa is inf"),
        ("shared", {"spread": -0.1}, "spread is -0.1"),
        ("cones", {"width": 1.0}, "has no option 'width'"),
        ("conez", {}, "Did you mean 'cones'"),
    ],
)
def test_bad_options(name, options, message):
    with pytest.raises(InputError, match=message):
        starts.create(name, **options)


def test_what_does_not_fit_the_room(rng):
    with pytest.raises(InputError, match="kappa has 3 entries for 2 modalities"):
        starts.create("cones", kappa=(1.0, 2.0, 3.0)).sample(4, Free(3), rng)
    with pytest.raises(InputError, match="h is 2"):
        starts.create("cones").sample(4, Free(2, modalities=3), rng)
    apart = Subspace(4, dims=(2, 2), angles=[0.3, 0.4])
    with pytest.raises(InputError, match="share no direction"):
        starts.create("shared").sample(4, apart, rng)
