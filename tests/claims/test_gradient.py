"""Riemannian gradients of any domain, and what the search gains from them."""

import dataclasses

import numpy as np
import pytest

from theory.claims import Claim, Domain, Real, Rotation, SubspacePair, UnitRows, VMFCloud
from theory.claims.domain import take
from theory.claims.evidence import HOLDS, PROFILES, VIOLATED
from theory.claims.gradient import MAX_COORDINATES, downhill, gradient
from theory.claims.search import SearchEngine

DOMAIN = Domain(
    t=(-2.0, 2.0),
    s=Real(0.1, 10.0, log=True),
    k=[1, 2],
    x=UnitRows(3, 4),
    cloud=VMFCloud(2, 3, 5.0),
    rotation=Rotation(3),
    bases=SubspacePair(5, 2, 1),
)


def test_gradient_is_the_tangent_part_of_the_ambient_one(rng):
    """Linear functions: on the sphere the gradient of c·x is c − (c·x)x, on rotations skew."""
    domain = Domain(x=UnitRows(3, 4))
    points = domain.sample(rng, 5)
    c = rng.standard_normal((3, 4))

    def function(p):
        return (p["x"] * c).sum(axis=(1, 2))

    found = gradient(domain, points, function(points), function)["x"]
    x = points["x"]
    expected = c - (c * x).sum(axis=-1, keepdims=True) * x
    expected /= np.linalg.norm(expected, axis=(1, 2), keepdims=True)
    # Forward differences of step 1e-7: half the curvature times the step, and rounding.
    np.testing.assert_allclose(found, expected, atol=1e-6)

    domain = Domain(r=Rotation(3))
    points = domain.sample(rng, 5)
    a = rng.standard_normal((3, 3))

    def trace(p):
        return (p["r"] * a).sum(axis=(1, 2))

    slopes = gradient(domain, points, trace(points), trace)["r"]
    turned = slopes @ np.swapaxes(points["r"], -1, -2)
    np.testing.assert_allclose(turned, -np.swapaxes(turned, -1, -2), atol=1e-6)
    assert np.all(trace(downhill(domain, points, {"r": slopes}, np.full(5, 1e-3))) < trace(points))


def test_steps_stay_inside(rng):
    points = DOMAIN.sample(rng, 6)
    slopes = {
        name: rng.standard_normal(points[name].shape)
        for name, space in DOMAIN.spaces.items()
        if space.smooth
    }
    assert "k" not in slopes
    for length in (1e-6, 0.1, 0.5):
        moved = downhill(DOMAIN, points, slopes, np.full(6, length))
        assert all(DOMAIN.contains(take(moved, i)) for i in range(6))


def test_too_many_coordinates_or_none_give_no_gradient(rng):
    wide = Domain(x=UnitRows(MAX_COORDINATES + 1, 1))
    for domain in (wide, Domain(k=[1, 2])):
        points = domain.sample(rng, 2)
        assert gradient(domain, points, np.zeros(2), lambda p: np.zeros(2)) == {}


class AllButOnePoint(Claim):
    """False only within 1e-2 of one point of a product of spheres of 20 dimensions."""

    id = "all-but-one-point"
    domain = Domain(x=UnitRows(4, 6))

    def margin(self, x):
        return (1 - x[..., 0]).sum(axis=-1) - 1e-5


@pytest.mark.parametrize(("steps", "outcome"), [(0, HOLDS), (8, VIOLATED)])
def test_gradient_steps_reach_what_random_moves_miss(steps, outcome):
    few = dataclasses.replace(PROFILES["quick"], samples=64, batches=1, rounds=6, gradients=steps)
    assert SearchEngine().examine(AllButOnePoint(), few, 0, readable=False).outcome == outcome
