"""Sphere geometry against mpmath, closed forms and tiny exact cases."""

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.sphere import (
    distance,
    exponential_map,
    mean_direction,
    mean_row,
    normalize,
    project_tangent,
    retract,
    sample_uniform,
)

ROUNDING = 4e-15  # a few dozen float64 roundings: short sums of unit-sized numbers


def test_normalize_survives_extreme_rows():
    rows = np.array([[3e-310, 4e-310], [3e300, 4e300], [3.0, 4.0], [0.0, -1e-200]])
    expected = [[0.6, 0.8], [0.6, 0.8], [0.6, 0.8], [0.0, -1.0]]
    np.testing.assert_allclose(normalize(rows), expected, rtol=ROUNDING)
    tensor = torch.tensor([[3e-30, 4e-30], [3e30, 4e30]], dtype=torch.float32)
    assert normalize(tensor).dtype == torch.float32
    np.testing.assert_allclose(normalize(tensor), [[0.6, 0.8]] * 2, rtol=1e-6)


def test_normalize_keeps_shape_dtype_and_graph():
    assert normalize(np.ones((2, 3, 4), dtype=np.float32)).dtype == np.float32
    x = torch.randn(3, 2, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(normalize, x)


@pytest.mark.parametrize("make", [np.array, torch.tensor])
def test_rows_without_direction_are_named(make):
    with pytest.raises(InputError, match="row 1 of x is zero or not finite"):
        normalize(make([[1.0, 0.0], [0.0, 0.0]]))
    with pytest.raises(InputError, match="row 1, 0 of x is zero or not finite"):
        normalize(make([[[1.0]], [[np.nan]]]))
    with pytest.raises(InputError, match=r"^x is zero or not finite"):
        normalize(make([np.inf, 1.0]))
    with pytest.raises(InputError, match=r"x has shape \(2, 0\)"):
        normalize(make(np.ones((2, 0))))
    with pytest.raises(TypeError, match="floating-point numbers, not int64"):
        normalize(np.array([1, 2]))


@given(st.integers(1, 12), st.floats(0, 20), st.integers(0, 10**6))
def test_the_exponential_map_walks_its_length_on_the_sphere(h, length, seed):
    rng = np.random.default_rng(seed)
    x = sample_uniform(4, h, rng)
    v = project_tangent(x, rng.standard_normal((4, h)))
    v *= length / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-300)
    if h == 1:
        v[:] = 0.0
        length = 0.0
    y = exponential_map(x, v)
    np.testing.assert_allclose(np.linalg.norm(y, axis=1), 1, rtol=20 * ROUNDING)
    wound = abs((length + np.pi) % (2 * np.pi) - np.pi)
    np.testing.assert_allclose(distance(x, y), wound, atol=30 * ROUNDING)


def test_projection_leaves_only_the_tangent(rng):
    x, v = sample_uniform(5, 7, rng), rng.standard_normal((5, 7))
    w = project_tangent(x, v)
    np.testing.assert_allclose((x * w).sum(1), 0, atol=ROUNDING)
    np.testing.assert_allclose(project_tangent(x, w), w, atol=ROUNDING)


def test_retraction_agrees_with_the_exponential_map_to_second_order(rng):
    x = sample_uniform(50, 6, rng)
    v = project_tangent(x, rng.standard_normal((50, 6)))
    error = [np.abs(retract(x, s * v) - exponential_map(x, s * v)).max() for s in (1e-2, 1e-3)]
    # third-order difference: a tenth of the step, a thousandth of the error
    assert error[0] / error[1] == pytest.approx(1000, rel=0.05)


@given(st.floats(1e-300, np.pi))
def test_distance_is_accurate_at_every_angle(angle):
    with mpmath.workdps(60):
        y = np.array([float(mpmath.cos(angle)), float(mpmath.sin(angle))])
        exact = float(mpmath.atan2(mpmath.mpf(y[1]), mpmath.mpf(y[0])))
    assert distance(np.array([1.0, 0.0]), y) == pytest.approx(exact, rel=ROUNDING)


def test_distance_of_equal_and_antipodal_points():
    x = np.array([[1.0], [-1.0]])
    assert distance(x, x).tolist() == [0.0, 0.0]
    assert distance(x, -x).tolist() == [np.pi, np.pi]
    assert distance(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])).item() == pytest.approx(
        np.pi / 2
    )


def test_geometry_is_the_same_on_tensors(rng):
    x, y = sample_uniform(4, 5, rng), sample_uniform(4, 5, rng)
    tx, ty = torch.tensor(x), torch.tensor(y)
    for function in (project_tangent, exponential_map, retract, distance):
        np.testing.assert_allclose(function(tx, ty).numpy(), function(x, y), rtol=1e-14)


def test_mean_direction_of_tiny_sets():
    direction, length = mean_direction(np.array([[0.0, 1.0]]))
    assert direction.tolist() == [0.0, 1.0]
    assert length == 1.0
    direction, length = mean_direction(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_allclose(direction, np.sqrt([0.5, 0.5]), rtol=ROUNDING)
    assert length == pytest.approx(np.sqrt(0.5))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_vanishing_mean_has_no_direction(dtype, rng):
    half = normalize(rng.standard_normal((20, 3)).astype(dtype))
    # thirds of a circle: the mean is 0 only up to the rounding of the rows
    third = np.deg2rad([0, 120, 240])
    ring = np.stack([np.cos(third), np.sin(third)], axis=1).astype(dtype)
    for rows in (np.concatenate([half, -half]), ring):
        direction, length = mean_direction(rows)
        assert np.isnan(direction).all()
        assert length < 1e-6


def test_mean_row_accumulates_in_double():
    rows = np.full((10**5, 2), 0.1, dtype=np.float32)
    np.testing.assert_allclose(mean_row(rows), np.float32(0.1), rtol=1e-12)
