"""Starts that isolate one effect: a mode, a gap, classes."""

import math

import numpy as np
import pytest
import torch

from sim import starts
from sim.constraints import Free
from sim.constraints.free import zonal
from sim.starts import class_of, simplex
from theory.errors import InputError


@pytest.mark.parametrize("moves", ["apart", "together"])
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_disturbed_moves_along_the_gradient_of_the_harmonic(moves, degree, rng):
    h, size = 5, 1e-4
    x, y = starts.create("disturbed", degree=degree, size=size, moves=moves).sample(
        40, Free(h), rng
    )
    middle = (x + y) / 2 if moves == "apart" else x
    points = torch.tensor(middle, requires_grad=True)
    zonal(points[:, 0], degree, h).sum().backward()
    slope = points.grad.numpy()
    slope -= (slope * middle).sum(1, keepdims=True) * middle
    if moves == "together":
        np.testing.assert_array_equal(x, y)
        return
    field = (x - y) / 2
    assert math.isclose(math.sqrt((field**2).sum(1).mean()), size, rel_tol=1e-6)
    cosine = (field * slope).sum() / np.linalg.norm(field) / np.linalg.norm(slope)
    assert math.isclose(cosine, 1, rel_tol=1e-6)


def test_lifted_has_the_gap_it_was_given_and_nothing_else(rng):
    x, y = starts.create("lifted", tilt=0.6).sample(30, Free(4), rng)
    apart = x - y
    np.testing.assert_allclose(apart, apart[:1].repeat(30, 0), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(apart[0]), 2 * math.sin(0.6), rtol=1e-12)
    views = starts.create("lifted", tilt=0.6).sample(30, Free(5, modalities=3), rng)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        gap = np.linalg.norm((views[a] - views[b]).mean(0))
        np.testing.assert_allclose(gap, math.sqrt(3) * math.sin(0.6), rtol=1e-12)


def test_lifted_simplex(rng):
    x, _ = starts.create("lifted", tilt=0.0, points="simplex").sample(5, Free(6), rng)
    np.testing.assert_allclose(x @ x.T, simplex(5) @ simplex(5).T, atol=1e-12)
    with pytest.raises(InputError, match="h is 4; simplex points of 5 pairs"):
        starts.create("lifted", points="simplex").sample(5, Free(4), rng)
    with pytest.raises(InputError, match=r"points is 'grid'; give 'uniform' or 'simplex'"):
        starts.create("lifted", points="grid")


@pytest.mark.parametrize("n", [2, 5, 9])
def test_simplex_is_regular(n):
    gram = simplex(n) @ simplex(n).T
    np.testing.assert_allclose(gram, (n * np.eye(n) - 1) / (n - 1), atol=1e-12)


def test_clusters_have_their_classes(rng):
    """spread s: the mean cosine to the centre is that of a unit vector plus noise of length s."""
    x, y = starts.create("clusters", classes=3, spread=0.3).sample(3000, Free(64), rng)
    np.testing.assert_array_equal(x, y)
    label = class_of(3000, 3)
    for k in range(3):
        length = np.linalg.norm(x[label == k].mean(0))
        assert abs(length - 1 / math.sqrt(1 + 0.3**2)) < 0.01
    x, _ = starts.create("clusters", classes=3, spread=0.0).sample(9, Free(4), rng)
    np.testing.assert_allclose(x[:3], x[3:6], atol=1e-15)
