"""Decay laws against second differences of the functional itself, and published numbers."""

import math

import numpy as np
import pytest
from scipy.special import eval_gegenbauer, hyp0f1

from theory import bessel, dynamics, limits
from theory.errors import InputError


def functional(x, y, law, beta, h):
    """L − 2 log N of pairs at polar angles (x, y), uniform around the axis.

    The mean over the azimuth is a hypergeometric function of the radii; the polar angle is a
    quadrature rule, so this is the limit of infinitely many pairs.
    """

    def log_mean(of, over):
        radius = beta * np.outer(np.sin(of), np.sin(over))
        around = hyp0f1((h - 1) / 2, 0.25 * radius**2)
        return np.log((np.exp(beta * np.outer(np.cos(of), np.cos(over))) * around) @ law)

    pairs = -2.0 * beta * law @ np.cos(x - y)
    return pairs + law @ log_mean(x, y) + law @ log_mean(y, x)


def polar_rule(h, n=80):
    node, weight = np.polynomial.legendre.leggauss(n)
    angle = 0.5 * math.pi * (node + 1.0)
    law = weight * np.sin(angle) ** (h - 2)
    return angle, law / law.sum()


def gradient_of_harmonic(degree, h, angle):
    """dY/dθ of the zonal harmonic of a degree (Gegenbauer; cos lθ on the circle)."""
    if h == 2:
        return -degree * np.sin(degree * angle)
    order = (h - 2) / 2
    return -np.sin(angle) * 2 * order * eval_gegenbauer(degree - 1, order + 1, np.cos(angle))


@pytest.mark.parametrize("h", [2, 3, 5, 8])
@pytest.mark.parametrize("tau", [0.2, 1.0])
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_spectrum_is_the_curvature_of_the_functional(h, tau, degree):
    angle, law = polar_rule(h)
    field = gradient_of_harmonic(degree, h, angle)
    field /= math.sqrt(law @ field**2)
    step = 1e-3
    rates = dynamics.stability_spectrum(h, tau, [degree])[0]
    for sign, rate in zip((-1.0, 1.0), rates, strict=True):
        values = [
            functional(angle + e * field, angle + sign * e * field, law, 1.0 / tau, h)
            for e in (-step, 0.0, step)
        ]
        curvature = (values[0] - 2.0 * values[1] + values[2]) / step**2
        # divided by E|v_x|² + E|v_y|² = 2; second differences: h² truncation, 1e-16/h² rounding
        assert curvature / 2.0 == pytest.approx(rate, rel=2e-4, abs=2e-4)


def test_the_functional_at_rest_is_the_optimum():
    angle, law = polar_rule(5)
    value = functional(angle, angle, law, 2.0, 5)
    assert value == pytest.approx(limits.uniform_optimum(5, 0.5), rel=1e-12)


def test_spectrum_in_three_dimensions():
    expected = [[15.5193, 1.9201], [12.1386, 4.6173], [12.3347, 5.7817]]
    found = dynamics.stability_spectrum(3, 0.2, [1, 2, 3])
    np.testing.assert_allclose(found, expected, atol=5e-5)


@pytest.mark.parametrize("h", [2, 3, 64, 512])
def test_gap_rate_is_the_first_antisymmetric_one(h):
    tau = np.array([0.01, 0.1, 1.0, 100.0])
    rates = dynamics.gap_decay_rate(h, tau)
    assert dynamics.stability_spectrum(h, tau, [3, 1]).shape == (4, 2, 2)
    np.testing.assert_array_equal(rates, dynamics.stability_spectrum(h, tau, [3, 1])[:, 1, 0])
    slope = np.asarray(bessel.ratio(h / 2 - 1, 1.0 / tau))
    np.testing.assert_allclose(rates, 4 / tau - (h - 1) * (2 * slope + slope**2), rtol=1e-12)
    assert isinstance(dynamics.gap_decay_rate(h, 0.1), float)


@pytest.mark.parametrize("h", [2, 3, 8, 64])
def test_every_mode_decays_and_weak_coupling_has_its_limit(h):
    spectrum = dynamics.stability_spectrum(h, [1e-3, 0.05, 1.0], range(1, 60))
    assert (spectrum > 0.0).all()
    # β → 0: r_1 → β/h, so λ → 4β − 2(h−1)β/h = 2β(1 + 1/h)
    assert dynamics.gap_decay_rate(h, 1e6) == pytest.approx(2e-6 * (1 + 1 / h), rel=1e-5)


def test_at_small_temperature_the_centre_gap_is_not_the_slowest():
    rates = dynamics.stability_spectrum(8, 1e-4, range(1, 400))[:, 0]
    assert rates.argmin() > 0
    # r_l → e^{−l²/2β}: the minimum over m of 4β − m(2r + r²), r = e^{−m/2β}, is 2.236 β
    share = np.linspace(0.0, 20.0, 200001)
    slowest = np.min(4.0 - share * (2.0 * np.exp(-share / 2.0) + np.exp(-share)))
    assert rates.min() * 1e-4 == pytest.approx(slowest, rel=1e-3)
    assert slowest == pytest.approx(2.236, abs=5e-4)


@pytest.mark.parametrize(
    ("h", "degrees", "expected"),
    [(6, 45, 0.8033), (6, 60, 0.4087), (8, 50, 0.42013), (3, 60, 1.8205), (10, 60, 0.1965)],
)
def test_collapse_temperatures(h, degrees, expected):
    found = dynamics.collapse_temperature(h, math.radians(degrees))
    assert found == pytest.approx(expected, abs=5e-5)
    share = bessel.ratio((h - 2) / 2 - 1, 1.0 / found)
    assert share == pytest.approx(1.0 - math.cos(math.radians(degrees)), rel=1e-14)


def test_collapse_in_three_dimensions_is_a_hyperbolic_tangent():
    angles = np.radians([10.0, 45.0, 80.0])
    expected = 1.0 / np.arctanh(1.0 - np.cos(angles))
    np.testing.assert_allclose(dynamics.collapse_temperature(3, angles), expected, rtol=1e-13)


@pytest.mark.parametrize(("factor", "stable"), [(0.9, False), (1.1, True)])
def test_collapse_is_where_the_second_variation_changes_sign(factor, stable):
    # h = 4: C is a plane, pairs sit on its circle; a, b alternate along the specific directions
    phi, n = math.radians(60.0), 64
    beta = 1.0 / (factor * dynamics.collapse_temperature(4, phi))
    turn = 2.0 * np.pi * np.arange(n) / n
    sign = (-1.0) ** np.arange(n)

    def loss(step):
        common = (1.0 - step**2) * np.cos(turn[:, None] - turn)
        logits = beta * (common + step**2 * np.outer(sign, sign) * math.cos(phi))
        rows = np.log(np.mean(np.exp(logits), axis=1)) - np.diag(logits)
        return 2.0 * rows.mean()

    step = 1e-3
    variation = (loss(step) - loss(0.0)) / step**2
    share = bessel.ratio(0.0, beta)
    expected = beta * ((1.0 - share) * 2.0 - 2.0 * math.cos(phi))
    assert variation == pytest.approx(expected, rel=1e-5, abs=1e-5)
    assert bool(variation > 0.0) is stable


@pytest.mark.parametrize(
    ("h", "expected"),
    [(2, 2.714), (3, 4.307), (4, 5.932), (8, 12.50), (64, 105.0), (512, 845.3)],
)
def test_critical_betas(h, expected):
    found = dynamics.critical_beta(h)
    assert found == pytest.approx(expected, rel=5e-4)
    assert limits.log_partition(found, h) == pytest.approx(found / 2.0, rel=1e-13)
    assert found > h


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dynamics.gap_decay_rate(1, 0.1), "h is 1; it must be a whole number"),
        (lambda: dynamics.gap_decay_rate(3.5, 0.1), "h is 3.5; it must be a whole number"),
        (lambda: dynamics.gap_decay_rate(3, -0.1), "tau is -0.1"),
        (lambda: dynamics.stability_spectrum(3, 0.1, [0]), "degrees holds 0"),
        (lambda: dynamics.stability_spectrum(3, 0.1, [1.5]), "degrees holds 1.5"),
        (lambda: dynamics.collapse_temperature(2, 0.5), "h is 2"),
        (lambda: dynamics.collapse_temperature(4, 2.0), "phi is 2; the dihedral angle"),
        (lambda: dynamics.critical_beta(1), "h is 1"),
    ],
)
def test_bad_input_names_the_argument(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_no_degrees_give_an_empty_spectrum():
    assert dynamics.stability_spectrum(3, [0.1, 0.2], []).shape == (2, 0, 2)
