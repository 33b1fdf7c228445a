"""Spaces and domains: what they draw, move and simplify stays inside."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.claims import (
    Choice,
    Domain,
    Integer,
    Real,
    Rotation,
    SubspacePair,
    UnitRows,
    UnitVector,
    VMFCloud,
)
from theory.claims.domain import take
from theory.errors import InputError

DOMAIN = Domain(
    t=(-2.0, 5.0),
    kappa=Real(1e-3, 1e3, log=True),
    k=[7, 3, 11],
    n=Integer(1, 4),
    h=Choice([4, 6]),
    d_a=Integer(1, 3),
    d_b=Integer(1, 4),
    x=UnitRows("n", "h"),
    c=UnitVector("h-1"),
    bases=SubspacePair("h", "d_a", "d_b"),
    turned=SubspacePair("h", 2, 1, angles=[0.3]),
    rotation=Rotation("h"),
    cloud=VMFCloud("n", "h", (0.5, 200.0)),
)


@given(st.integers(0, 10**6))
def test_samples_and_moves_stay_inside(seed):
    rng = np.random.default_rng(seed)
    points = DOMAIN.sample(rng, 6)
    for step in (1e-6, 0.1, 1.0):
        assert all(DOMAIN.contains(take(points, i)) for i in range(6))
        points = DOMAIN.move(points, np.full(6, step), rng)
    pair = points["turned"]
    cosines = np.linalg.norm(np.swapaxes(pair[..., :2], -1, -2) @ pair[..., 2:], axis=(-2, -1))
    np.testing.assert_allclose(cosines, math.cos(0.3), atol=1e-9)


@given(DOMAIN.strategy())
def test_strategy_and_simpler_values_stay_inside(point):
    assert DOMAIN.contains(point)
    shape = DOMAIN.shape_of(point)
    for name, space in DOMAIN.spaces.items():
        for value in space.simpler(point[name], shape):
            assert space.contains(value, shape), (name, value)


def test_a_batch_has_one_shape_and_the_shapes_take_every_value(rng):
    shapes = DOMAIN.shapes(rng, 12)
    assert {s["n"] for s in shapes} == {1, 2, 3, 4}
    assert {s["h"] for s in shapes} == {4, 6}
    points = DOMAIN.sample(rng, 5, shapes[0])
    assert points["x"].shape == (5, shapes[0]["n"], shapes[0]["h"])
    assert points["c"].shape == (5, shapes[0]["h"] - 1)


def test_end_points_are_drawn(rng):
    drawn = Real(0.1, 0.7).sample(rng, 500, {})
    assert {0.1, 0.7} <= set(drawn.tolist())


def test_resize_keeps_rows_unit():
    space = UnitRows("n", "h")
    x = np.eye(3)
    smaller = space.resize(x, {"n": 2, "h": 2})
    np.testing.assert_array_equal(smaller, np.eye(2))
    larger = space.resize(x, {"n": 4, "h": 3})
    np.testing.assert_array_equal(larger[:3], x)
    assert space.contains(larger, {"n": 4, "h": 3})


def test_plain_values_can_be_pasted():
    point = {"h": np.int64(2), "x": np.eye(2)}
    domain = Domain(h=[2], x=UnitRows(2, "h"))
    assert domain.plain(point) == {"h": 2, "x": [[1.0, 0.0], [0.0, 1.0]]}


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        (Domain(), "no parameters"),
        (Domain(t=(1.0, 0.0)), "t is empty"),
        (Domain(t=(0.0, math.inf)), "finite"),
        (Domain(t=("a", 1.0)), "t is empty"),
        (Domain(t=[]), "t is empty"),
        (Domain(t=Real(0.0, 1.0, log=True)), "lo > 0"),
        (Domain(x=UnitRows("n", 3)), "'n'"),
        (Domain(n=(1.0, 2.0), x=UnitRows("n", 3)), "'n'"),
        (Domain(x=VMFCloud(4, 3, -1.0)), "concentration of x"),
    ],
)
def test_an_unusable_domain_says_so(domain, words):
    with pytest.raises(InputError, match=words):
        domain.check()


@pytest.mark.parametrize("given_", ["0..1", (1.0,), 3.0])
def test_a_parameter_that_is_no_space_is_refused(given_):
    with pytest.raises(InputError, match="domain of t"):
        Domain(t=given_)


def test_an_unreadable_size_is_refused():
    with pytest.raises(InputError, match="h\\*2"):
        UnitRows(1, "h*2")


def test_a_cloud_has_its_concentration(rng):
    x = VMFCloud(400, 3, 10.0).sample(rng, 5, {})
    # The mean length of vMF in R^3 is coth κ − 1/κ; five standard errors of 400 draws.
    length = np.linalg.norm(x.mean(axis=1), axis=-1)
    expected = 1 / math.tanh(10.0) - 0.1
    np.testing.assert_allclose(length, expected, atol=5 * 0.1 / math.sqrt(400))


def test_rotations_compose_without_drift(rng):
    space = Rotation(5)
    value = space.sample(rng, 3, {})
    for _ in range(200):
        value = space.move(value, np.full(3, 0.3), rng, {})
    assert all(space.contains(v, {}) for v in value)
    assert not space.contains(np.diag([1.0, 1.0, 1.0, 1.0, -1.0]), {})
    assert not space.contains(np.eye(4), {})
