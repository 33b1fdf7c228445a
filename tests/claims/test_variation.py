"""The second variation against automatic differentiation of the registered loss."""

import numpy as np
import pytest
import torch

from theory import limits, losses
from theory.claims.uniform_law import gradient_field, points, rate
from theory.claims.variation import functional, second_variation


def geodesic(x, v, step):
    length = v.norm(dim=-1, keepdim=True)
    return x * torch.cos(step * length) + v / length * torch.sin(step * length)


def tangent(rng, x):
    v = rng.standard_normal(x.shape)
    return v - (v * x).sum(axis=-1, keepdims=True) * x


@pytest.mark.parametrize(("n", "h", "beta"), [(1, 2, 3.0), (2, 2, 20.0), (5, 3, 1.0), (9, 6, 8.0)])
def test_second_variation_is_that_of_the_registered_loss(rng, n, h, beta):
    x, y = rng.standard_normal((2, n, h))
    x, y = (a / np.linalg.norm(a, axis=-1, keepdims=True) for a in (x, y))
    v, w = tangent(rng, x), tangent(rng, y)
    infonce = losses.create("infonce")

    def loss(step):
        moved = [
            geodesic(torch.from_numpy(a), torch.from_numpy(b), step) for a, b in ((x, v), (y, w))
        ]
        return 2 * infonce(*moved, logit_scale=beta)["loss"]

    zero = torch.zeros((), dtype=torch.float64)
    expected = torch.autograd.functional.hessian(loss, zero)
    found = second_variation(x, y, v, w, beta)
    assert found == pytest.approx(float(expected), rel=1e-9, abs=1e-9)
    assert functional(beta * x @ y.T) == pytest.approx(
        limits.excess(float(loss(zero)) / 2, n), abs=1e-10
    )


def test_weights_count_rows(rng):
    x, y = rng.standard_normal((2, 3, 4))
    x, y = (a / np.linalg.norm(a, axis=-1, keepdims=True) for a in (x, y))
    v, w = tangent(rng, x), tangent(rng, y)
    twice = [np.concatenate([a, a[:1]]) for a in (x, y, v, w)]
    weights = np.array([0.5, 0.25, 0.25])
    assert second_variation(x, y, v, w, 3.0, weights) == pytest.approx(
        second_variation(*twice, 3.0), rel=1e-13
    )
    assert functional(3 * x @ y.T, weights) == pytest.approx(
        functional(3 * twice[0] @ twice[1].T), rel=1e-13
    )


@pytest.mark.parametrize("h", [2, 3])
def test_quadrature_integrates_the_uniform_law(h):
    rows, weights = points(h)
    assert weights.sum() == pytest.approx(1, abs=1e-14)
    assert np.abs(weights @ rows).max() < 1e-15
    assert np.abs((rows * weights[:, None]).T @ rows - np.eye(h) / h).max() < 1e-15
    scores = 4.0 * rows @ rows.T
    assert functional(scores, weights) == pytest.approx(limits.uniform_optimum(h, 0.25), abs=1e-9)


@pytest.mark.parametrize("h", [2, 3])
@pytest.mark.parametrize("degree", [1, 2, 5])
def test_gradient_field_is_tangent_with_the_known_norm(h, degree):
    rows, weights = points(h)
    field = gradient_field(h, degree)
    assert np.abs((field * rows).sum(axis=-1)).max() < 1e-12
    square = degree**2 / 2 if h == 2 else degree * (degree + 1) / (2 * degree + 1)
    assert (field**2).sum(axis=-1) @ weights == pytest.approx(square, rel=1e-12)


def test_known_rates_on_the_sphere():
    found = [[round(rate(3, 0.2, degree, sign), 4) for sign in (-1, 1)] for degree in (1, 2, 3)]
    assert found == [[15.5193, 1.9201], [12.1386, 4.6173], [12.3347, 5.7817]]
