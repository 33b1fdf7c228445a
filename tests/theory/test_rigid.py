import math

import numpy as np
import pytest

from sim.experiments.cone_lifetime import crossing
from theory.bessel import log_iv
from theory.errors import InputError
from theory.rigid import angle_after, closing_rate, halving_time, rigid_slope
from theory.sphere import sample_vmf


@pytest.mark.parametrize(("kappa", "h", "tau"), [(2.0, 3, 0.5), (20.0, 5, 0.2), (300.0, 8, 1.0)])
@pytest.mark.parametrize("theta", [0.3, 1.4, 2.9])
def test_slope_is_the_derivative_of_the_loss_by_monte_carlo(kappa, h, tau, theta, rng):
    """Oracle: F from its definition on a drawn cloud, the same for both ends of a difference."""
    x = sample_vmf(np.eye(h)[0], kappa, 400_000, rng)
    beta, nu = 1 / tau, h / 2 - 1

    def per_particle(angle):
        cosine, sine = math.cos(angle), math.sin(angle)
        length = np.sqrt(
            kappa**2 + beta**2 + 2 * kappa * beta * (cosine * x[:, 0] + sine * x[:, 1])
        )
        paired = 1 - (1 - cosine) * (x[:, 0] ** 2 + x[:, 1] ** 2)
        return 2 * (log_iv(nu, length) - nu * np.log(length)) - 2 * beta * paired

    step = 1e-4
    slopes = (per_particle(theta + step) - per_particle(theta - step)) / (2 * step)
    error = slopes.std() / math.sqrt(len(x))
    assert abs(rigid_slope(theta, kappa, h, tau) - slopes.mean()) < 5 * error + 1e-6


@pytest.mark.parametrize("theta", [0.5, 2.0, 2.8])
def test_concentrated_clouds_follow_the_limit(theta):
    """N.5: F′ → 2β sin θ (1 + β cos θ)/κ, up to O(h/κ)."""
    kappa, beta = 3000.0, 2.0
    limit = 2 * beta * math.sin(theta) * (1 + beta * math.cos(theta)) / kappa
    assert math.isclose(rigid_slope(theta, kappa, 4, 0.5), limit, rel_tol=0.02)


def test_no_gap_has_no_slope_and_a_uniform_cloud_none_at_all():
    assert abs(rigid_slope(0.0, 50.0, 4, 0.5)) < 1e-12
    # κ → 0: only the pairs pull, E[x·Rx] has slope −sin θ · 2/h
    assert math.isclose(rigid_slope(1.0, 1e-6, 4, 0.5), 2 * 2 * math.sin(1) / 2, rel_tol=1e-4)


def test_the_angle_decays_at_the_closing_rate():
    rate = closing_rate(10.0, 4, 0.5)
    end = angle_after(np.array([0.0, 1 / rate]), 0.01, 10.0, 4, 0.5)
    assert math.isclose(end[1], 0.01 / math.e, rel_tol=1e-4)


def test_halving_time_is_that_of_the_flow():
    time = halving_time(1.0, 100.0, 4, 0.5)
    assert math.isclose(angle_after(np.array([time]), 1.0, 100.0, 4, 0.5)[0], 0.5, rel_tol=1e-5)
    with pytest.raises(InputError, match="pushed apart"):
        halving_time(2.9, 300.0, 4, 0.5)


def test_crossing_interpolates():
    time = np.array([[0.0, 1.0, 2.0]] * 2)
    values = np.array([[1.0, 0.6, 0.2], [1.0, 0.9, 0.8]])
    found = crossing(time, values, 0.5)
    assert math.isclose(found[0], 1.25)
    assert np.isnan(found[1])


def test_what_the_quadrature_cannot_resolve():
    with pytest.raises(InputError, match="kappa is 1e\\+06"):
        rigid_slope(1.0, 1e6, 4, 0.5)
    with pytest.raises(InputError, match="h is 2"):
        rigid_slope(1.0, 1.0, 2, 0.5)
