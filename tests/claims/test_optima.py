"""What the claims about optima are built of: identities, parity with the losses, attainment."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.special import iv, ive

from theory import limits, losses
from theory.claims.base import get
from theory.claims.batches import excess, loss_values, partner
from theory.claims.g_5 import views_with_means
from theory.claims.ls_1_attained import simplex
from theory.claims.n_1 import kernel_terms
from theory.claims.n_1_equal import at_cosine
from theory.claims.n_1_lemma import overlaps
from theory.claims.s_1 import best_gap, sigmoid_at_gap, sigmoid_loss
from theory.claims.s_1_ties import with_gap
from theory.claims.uniform import critical, optimum, psi
from theory.claims.y_t1 import functional
from theory.metrics import scatter


def unit_rows(rng, *shape):
    x = rng.standard_normal(shape)
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


@pytest.mark.parametrize("name", ["infonce", "cu", "atp", "gap_closing"])
def test_batches_have_the_registered_values(rng, name):
    x, y, beta = unit_rows(rng, 3, 5, 4), unit_rows(rng, 3, 5, 4), np.array([0.5, 3.0, 40.0])
    for i, value in enumerate(loss_values(name, x, y, beta=beta)):
        views = (torch.from_numpy(x[i]), torch.from_numpy(y[i]))
        assert value == pytest.approx(
            float(losses.create(name)(*views, logit_scale=beta[i])["loss"])
        )


def test_steps_2_and_5_of_n_1_by_quadrature_in_the_plane():
    """∫P_x P_y/S is the kernel, and log ∫√(P_x P_y) is Ψ − β‖x−y‖²/4."""
    beta, angle = 2.0, 1.1
    x, y = np.array([1.0, 0.0]), np.array([math.cos(angle), math.sin(angle)])
    axis, step = np.linspace(-5, 5, 401, retstep=True)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)

    def gaussian(centre):
        return beta / math.pi * np.exp(-beta * ((grid - centre) ** 2).sum(axis=-1))

    circle = 2 * math.pi * np.arange(64) / 64
    mean = sum(gaussian(np.array([math.cos(t), math.sin(t)])) for t in circle) / 64
    total = (gaussian(x) * mean).sum() * step**2
    first, second, base = gaussian(x) * mean / total, gaussian(y) * mean / total, mean**2 / total
    assert base.sum() * step**2 == pytest.approx(1, abs=1e-10)
    assert first.sum() * step**2 == pytest.approx(1, abs=1e-10)
    kernel = (first * second / base).sum() * step**2
    log_z = limits.log_partition(beta, 2)
    assert kernel == pytest.approx(math.exp(beta * math.cos(angle) - log_z), rel=1e-10)
    overlap = math.log(np.sqrt(first * second).sum() * step**2)
    r = np.linalg.norm(x + y) / 2
    assert overlap == pytest.approx(psi(r, beta, 0.0) - beta * ((x - y) ** 2).sum() / 4, abs=1e-10)


def test_step_1_of_n_1(rng):
    x, y = unit_rows(rng, 4, 6, 3), unit_rows(rng, 4, 6, 3)
    h, beta = np.full(4, 3), np.array([0.1, 1.0, 4.0, 30.0])
    terms = kernel_terms(x, y, h, beta)
    total = beta * terms["distance"] + terms["forward"] + terms["backward"]
    assert excess(x, y, beta) - optimum(h, beta) == pytest.approx(total, abs=1e-11)


def test_equal_masses_are_the_finite_loss(rng):
    x, y, beta = unit_rows(rng, 3, 5, 4), unit_rows(rng, 3, 5, 4), np.array([0.5, 3.0, 40.0])
    value = functional(x, y, np.full((3, 5), 0.2), beta)
    assert value == pytest.approx(excess(x, y, beta), abs=1e-12)


@pytest.mark.parametrize("h", [2, 3, 64])
def test_critical_is_on_the_safe_side(h):
    beta = critical(h)
    assert 0 < beta / 2 - limits.log_partition(beta, h) < 1e-6 * beta


def test_overlap_on_the_circle_by_its_fourier_series():
    beta, shift = 3.0, 50
    angle = 2 * math.pi * np.arange(400) / 400
    root = 1 + sum(
        2 * math.sqrt(iv(k, beta) / iv(0, beta)) * np.cos(k * angle) for k in range(1, 40)
    )
    direct = np.sqrt(root * np.roll(root, shift)).mean()
    assert overlaps(2, beta, np.cos(angle[[shift]]))[0] == pytest.approx(direct, rel=1e-12)


def test_partner_reaches_every_cloud(rng):
    x, y = unit_rows(rng, 1, 5, 3), unit_rows(rng, 1, 5, 3)
    towards = y - x  # of length ≤ 2; a step per row is not needed to see one row arrive
    length = np.linalg.norm(towards[0, 0])
    found = partner(x[:, :1], towards[:, :1] / length, np.array([length]))
    assert found == pytest.approx(y[:, :1])
    assert partner(x, y, np.zeros(1)) == pytest.approx(x)
    assert partner(x, -x, np.ones(1)) == pytest.approx(x)  # no direction: nothing moves


def test_partners_at_a_cosine(rng):
    x, towards = unit_rows(rng, 3, 5, 4), unit_rows(rng, 3, 5, 4)
    towards[0] = x[0]
    y = at_cosine(x, towards, np.array([-1.0, 0.3, 1.0]))
    assert np.linalg.norm(y, axis=-1) == pytest.approx(1)
    assert (x * y).sum(axis=-1) == pytest.approx(np.repeat([[-1.0], [0.3], [1.0]], 5, axis=1))


@pytest.mark.parametrize(("n", "beta", "bias"), [(2, 3.0, 1.0), (4, 2.0, 2.0), (5, 10.0, -8.0)])
def test_sigmoid_optimum_is_attained(n, beta, bias):
    scale, offset = np.array([beta]), np.array([bias])
    gap = best_gap(n, scale, offset)
    grid = np.linspace(0, 1, 2001)
    least = sigmoid_at_gap(grid, n, beta, bias).min()
    assert sigmoid_at_gap(gap, n, scale, offset)[0] == pytest.approx(least, rel=1e-6)
    rows = simplex(n, n - 1)[None]
    height = np.sqrt(gap)
    views = (with_gap(rows, height), with_gap(rows, -height))
    assert sigmoid_loss(*views, scale, offset)[0] == pytest.approx(least, rel=1e-6)


def test_sigmoid_bias_as_a_coordinate_is_the_registered_bias(rng):
    x, y = unit_rows(rng, 1, 5, 4), unit_rows(rng, 1, 5, 4)
    for bias in (-10.0, 0.0, 2.5):
        value = sigmoid_loss(x, y, np.array([3.0]), np.array([bias]))[0]
        loss = losses.create("sigmoid", bias=bias)
        views = (torch.from_numpy(x[0]), torch.from_numpy(y[0]))
        assert value == pytest.approx(float(loss(*views, logit_scale=3.0)["loss"]))


def test_views_have_the_means_asked_for(rng):
    means = rng.uniform(-0.7, 0.7, (2, 6, 2))
    means[0, 0] = 0
    x, y = views_with_means(means)
    assert (x + y) / 2 == pytest.approx(means)
    assert np.linalg.norm(x, axis=-1) == pytest.approx(1)
    assert np.linalg.norm(y, axis=-1) == pytest.approx(1)


def test_combined_optimum_is_attained_by_the_simplex():
    rows = simplex(3, 2)
    margin = get("G.6")().at(n=3, h=2, x=rows, to_y=rows, to_z=rows, step=0.0, beta=7.0)
    assert margin == pytest.approx(0, abs=1e-13)
    assert get("LS.1")().at(n=3, h=2, x=rows, towards=rows, step=0.0, beta=7.0) == pytest.approx(
        0, abs=1e-13
    )


def test_scatter_growth_is_that_of_the_metric(rng):
    x, y = unit_rows(rng, 1, 4, 3), unit_rows(rng, 1, 2, 3)
    delta = np.array([[0.4, -1.0, 0.3]])
    before, after = np.vstack([x[0], y[0]]), np.vstack([x[0] + delta, y[0]])
    one_class = np.zeros(6, dtype=int)
    mean = scatter.class_means(before, one_class)
    m, share = x[0].mean(axis=0) - y[0].mean(axis=0), 4 / 6
    for name, about in (("G.2|pooled", None), ("G.2|gap-free", mean)):
        grown = scatter.within_class_scatter(after, one_class, about)
        grown -= scatter.within_class_scatter(before, one_class, about)
        claim = get(name)()
        assert claim.measured(x, y, delta)[0] == pytest.approx(grown, abs=1e-12)
        predicted = scatter.predicted_scatter_growth(
            m, delta[0], share, recentre=name == "G.2|pooled"
        )
        claimed = claim.growth(share, float((delta**2).sum()), float(m @ delta[0]))
        assert claimed == pytest.approx(predicted, abs=1e-12)


@pytest.mark.parametrize(("beta", "excess"), [(0.3, 0.289), (1.0, 0.051), (10.0, 0.014)])
def test_a_mixture_of_heat_kernels_alone_does_not_give_the_open_lemma(beta, excess):
    """E[1/T] of the root's Hartman-Watson time is above 2β, as the notes say."""

    def integrand(degree):
        return degree * np.sqrt(ive(degree, beta) / ive(0, beta))

    mean = quad(integrand, 0, 12 * np.sqrt(beta) + 25, limit=200)[0]
    assert mean / (2 * beta) - 1 == pytest.approx(excess, abs=1e-3)
