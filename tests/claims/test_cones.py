"""The quadrature of rigid cones against samples, exact moments and finite differences."""

import numpy as np
import pytest

from theory import bessel
from theory.claims import cones
from theory.sphere import sample_vmf


@pytest.mark.parametrize("h", [3, 4, 8, 512])
def test_across_has_the_moments_of_the_uniform_law(h):
    nodes, weights = cones._across(h)
    dim = h - 1
    assert weights.sum() == pytest.approx(1, abs=1e-14)
    assert weights @ nodes**2 == pytest.approx(1 / dim, rel=1e-12)
    assert weights @ nodes**4 == pytest.approx(3 / (dim * (dim + 2)), rel=1e-12)


@pytest.mark.parametrize("h", [3, 4, 64])
@pytest.mark.parametrize("kappa", [0.1, 5.0, 2000.0])
def test_mean_of_a_cone_is_the_bessel_ratio(h, kappa):
    at = cones.cone(h, np.array([kappa]))
    found = at.mean(at.along)[0]
    # The window is cut at six deviations, and 16 nodes resolve a bell curve to about 1e-5.
    assert found == pytest.approx(float(bessel.ratio(h / 2 - 1, kappa)), rel=1e-3)


@pytest.mark.parametrize(("h", "kappa", "beta", "theta"), [(3, 1, 2, 1), (8, 30, 10, 2.5)])
def test_loss_above_agrees_with_a_sample(h, kappa, beta, theta, rng):
    x = sample_vmf(np.eye(h)[0], kappa, 20_000, rng)
    turned = np.cos(theta) * x[:, 0] + np.sin(theta) * x[:, 1]

    def log_f(inner):
        return bessel.log_f(h / 2 - 1, np.sqrt(kappa**2 + beta**2 + 2 * kappa * beta * inner))

    plane = x[:, 0] ** 2 + x[:, 1] ** 2
    each = 2 * beta * (1 - np.cos(theta)) * plane + 2 * (log_f(turned) - log_f(x[:, 0]))
    error = each.std() / np.sqrt(len(each))
    at = [np.array([float(v)]) for v in (kappa, beta, theta)]
    assert abs(cones.above(h, *at)[0] - each.mean()) < 4 * error


@pytest.mark.parametrize("h", [3, 8, 64])
def test_slope_is_the_derivative_of_the_loss(h):
    kappa, beta = np.array([0.5, 20.0, 500.0]), np.array([2.0, 10.0, 50.0])
    theta, step = np.array([0.3, 1.5, 3.0]), 1e-5
    ends = [cones.above(h, kappa, beta, theta + s) for s in (step, -step)]
    found = cones.slope(h, kappa, beta, theta)
    assert found == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5)


def test_the_bound_is_the_cost_to_second_order_without_spread():
    # κ → 0: y is uniform whatever θ, so nothing is repelled and D = E[x_c² + x_e²] (1 − βB)
    kappa, beta = np.array([1e-9]), np.array([2.0])
    means = cones.tangent_means(3, kappa, beta)
    bound = cones.convexity_bound(**means, kappa=kappa, beta=beta)[0]
    over = float(bessel.ratio(0.5, 2.0)) / 2
    assert bound == pytest.approx(2 / 3 * (1 - 2 * over), rel=1e-3)
