"""Plane maps against an SVD, densities against counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.maps import cosine_densities, pca_map

ROUNDING = 1e-9  # eigenvectors of a covariance lose half the digits of small variances


def clouds(seed, n=40, d=6, views=2):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(n, d)) * np.linspace(2, 0.5, d) + rng.normal(size=d)
            for _ in range(views)]  # fmt: skip


@given(st.integers(0, 10_000))
def test_map_agrees_with_the_svd_up_to_sign(seed):
    x, y = clouds(seed)
    found = pca_map(x, y)
    rows = np.vstack([x, y]) - np.vstack([x, y]).mean(axis=0)
    left, values, _ = np.linalg.svd(rows, full_matrices=False)
    expected = left[:, :2] * values[:2]
    plane = np.vstack(found.views)
    np.testing.assert_allclose(np.abs(plane), np.abs(expected), atol=ROUNDING * values[0])
    np.testing.assert_allclose(found.explained, values[:2] ** 2 / (values**2).sum(), rtol=1e-9)


def test_signs_are_fixed_and_rotation_changes_nothing(rng):
    x, y = clouds(5)
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    first, second = pca_map(x, y), pca_map(x @ turn, y @ turn)
    for a, b in zip(first.views, second.views, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9)
    plane = np.vstack(first.views)
    assert (plane[np.abs(plane).argmax(axis=0), [0, 1]] > 0).all()


def test_a_large_gap_is_the_first_axis():
    x, y = clouds(1)
    apart = pca_map(x + 100.0, y - 100.0)
    assert abs(apart.views[0][:, 0].mean() - apart.views[1][:, 0].mean()) > 400
    assert apart.explained[0] > 0.99


@pytest.mark.parametrize("views", [1, 2, 3])
def test_any_number_of_views(views):
    found = pca_map(*clouds(2, views=views))
    assert [view.shape for view in found.views] == [(40, 2)] * views


def test_degenerate_maps():
    line = pca_map(np.ones((3, 1)), -np.ones((3, 1)))
    np.testing.assert_allclose(line.explained, [1.0, 0.0])
    assert not np.vstack(line.views)[:, 1].any()
    point = pca_map(np.ones((3, 4)), np.ones((3, 4)))
    assert not np.vstack(point.views).any()
    assert not point.explained.any()


@given(st.integers(0, 10_000), st.sampled_from([2, 3, 30, 600]))
def test_densities_count_every_pair(seed, n):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, n, 5))
    found = cosine_densities(x, y, bins=20)
    width = 0.1
    assert found.true_pairs.sum() * width == pytest.approx(1.0)
    assert found.random_pairs.sum() * width == pytest.approx(1.0)
    unit = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (x, y)]
    cosines = unit[0] @ unit[1].T
    true, others = np.diag(cosines), cosines[~np.eye(n, dtype=bool)]
    assert found.true_mean == pytest.approx(true.mean())
    assert found.random_mean == pytest.approx(others.mean(), abs=1e-12)
    expected = np.histogram(others, found.edges, density=True)[0]
    # a cosine on an edge may be rounded into the neighbouring bin
    assert np.abs(found.random_pairs - expected).sum() * width <= 4 / len(others)


def test_antipodal_and_equal_pairs():
    x = np.eye(3)
    assert cosine_densities(x, x, bins=4).true_pairs[-1] == pytest.approx(2.0)
    assert cosine_densities(x, -x, bins=4).true_pairs[0] == pytest.approx(2.0)


def test_messages():
    x = np.eye(2)
    with pytest.raises(InputError, match="bins is 0"):
        cosine_densities(x, x, bins=0)
    with pytest.raises(InputError):
        cosine_densities(x[:1], x[:1])
