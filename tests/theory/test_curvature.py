import math

import numpy as np
import pytest
import torch

from sim.constraints import Subspace
from theory.bessel import ratio
from theory.curvature import Curvature, escape_temperature, transition_cosine
from theory.dynamics import collapse_temperature, stability_spectrum
from theory.errors import InputError
from theory.losses.infonce import dense_infonce
from theory.sphere import sample_uniform


def state(n, h, seed=0):
    rng = np.random.default_rng(seed)
    views = [torch.as_tensor(sample_uniform(n, h, rng)) for _ in "xy"]
    fields = [torch.as_tensor(rng.standard_normal((n, h))) for _ in "xy"]
    return views, [f - (f * v).sum(1, keepdim=True) * v for f, v in zip(fields, views, strict=True)]


def along(point, field, t):
    length = field.norm(dim=1, keepdim=True)
    return torch.cos(t * length) * point + torch.sin(t * length) / length * field


@pytest.mark.parametrize("beta", [0.5, 3.0, 20.0])
def test_product_is_the_second_derivative_along_geodesics(beta):
    """Oracle: autograd twice; polarisation gives the off-diagonal entries."""
    views, u = state(7, 4)
    w = state(7, 4, seed=1)[1]
    w = [f - (f * v).sum(1, keepdim=True) * v for f, v in zip(w, views, strict=True)]
    curvature = Curvature(*views, beta)

    def second(fields):
        t = torch.zeros((), dtype=torch.float64, requires_grad=True)
        moved = [along(v, f, t) for v, f in zip(views, fields, strict=True)]
        loss = 2 * dense_infonce(*moved, torch.tensor(beta, dtype=torch.float64))
        (slope,) = torch.autograd.grad(loss, t, create_graph=True)
        return torch.autograd.grad(slope, t)[0].item()

    def form(a, b):
        return sum((p * q).sum() for p, q in zip(curvature.product(*a), b, strict=True)).item()

    assert math.isclose(form(u, u), second(u), rel_tol=1e-9)
    mixed = (second([a + b for a, b in zip(u, w, strict=True)]) - second(u) - second(w)) / 2
    assert math.isclose(form(u, w), mixed, rel_tol=1e-8)
    assert math.isclose(form(u, w), form(w, u), rel_tol=1e-9)


def test_rate_on_an_even_circle_is_the_spectrum():
    """N.2 with h = 2, where evenly spaced points are as good as infinitely many."""
    turns = 2 * np.pi * torch.arange(64, dtype=torch.float64) / 64
    x = torch.stack([turns.cos(), turns.sin()], 1)
    across = torch.stack([-turns.sin(), turns.cos()], 1)
    for degree in (1, 2, 3):
        field = (degree * turns).sin()[:, None] * across
        rates = [Curvature(x, x, 3.0).rate(field, sign * field) for sign in (-1, 1)]
        np.testing.assert_allclose(rates, stability_spectrum(2, 1 / 3.0, [degree])[0], rtol=1e-9)


@pytest.mark.parametrize("beta", [1.0, 2.5, 6.0])
@pytest.mark.parametrize("phi", [0.4, 0.9, 1.3])
def test_transition_is_where_the_smallest_hessian_eigenvalue_changes_sign(beta, phi):
    """Oracle: the whole Hessian block of the specific directions, by autograd."""
    n, h = 12, 5
    room = Subspace(h, angles=[phi])
    inside = sample_uniform(n, h - 2, np.random.default_rng(3))
    bases = [torch.as_tensor(basis) for basis in room.bases]
    points = torch.as_tensor(inside)

    def loss(heights):
        views = [
            torch.cat([(1 - a**2).sqrt()[:, None] * points, a[:, None]], 1) @ basis.T
            for a, basis in zip(heights.split(n), bases, strict=True)
        ]
        return 2 * dense_infonce(*views, torch.tensor(beta, dtype=torch.float64))

    hessian = torch.autograd.functional.hessian(loss, torch.zeros(2 * n, dtype=torch.float64))
    smallest = torch.linalg.eigvalsh(hessian)[0].item()
    critical = transition_cosine(inside, beta)
    assert (smallest > 0) == (math.cos(phi) < critical)
    # At the critical angle itself the smallest eigenvalue vanishes; at 0 there is none.
    if 0 < critical < 1:
        room = Subspace(h, angles=[math.acos(critical)])
        bases[:] = [torch.as_tensor(basis) for basis in room.bases]
        zero = torch.autograd.functional.hessian(loss, torch.zeros(2 * n, dtype=torch.float64))
        assert abs(torch.linalg.eigvalsh(zero)[0].item()) < 1e-5 * beta / n


def test_even_points_have_the_limit():
    turns = 2 * np.pi * np.arange(128) / 128
    circle = np.column_stack([np.cos(turns), np.sin(turns)])
    for beta in (0.5, 2.0):
        assert math.isclose(transition_cosine(circle, beta), 1 - ratio(0.0, beta), rel_tol=1e-4)
    for phi in (0.5, 1.0, 1.4):
        found = escape_temperature(circle, phi)
        assert math.isclose(found, collapse_temperature(4, phi), rel_tol=1e-3)


def test_a_pair_on_its_own_never_leaves():
    """N ≤ s + 1 in a simplex: the others are on the far side, and C is where pairs are best."""
    with pytest.raises(InputError, match="2 pairs stay in C at every temperature"):
        escape_temperature(np.array([[1.0, 0.0], [-1.0, 0.0]]), 0.5)
