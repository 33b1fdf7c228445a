"""The limit losses against mpmath, finite configurations and the theorems they carry."""

import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from theory import limits
from theory.errors import InputError

# Rounding of −βw and of two log f of size up to ν log(1 + κ/ν): the sizes below stay under 1e3.
ROUNDING = 1e-13

cosines = st.floats(-1.0, 1.0)
dimensions = st.integers(2, 1024)
temperatures = st.floats(0.01, 10.0)
concentrations = st.floats(0.0, 1e3)


def direction(w, t, kappa, beta, nu):
    """The formula as it is printed, to 40 digits."""
    with mpmath.workdps(40):
        w, t, kappa, beta, nu = map(mpmath.mpf, (w, t, kappa, beta, nu))

        def log_f(z):
            if z == 0:
                return -nu * mpmath.log(2) - mpmath.loggamma(nu + 1)
            return mpmath.log(mpmath.besseli(nu, z)) - nu * mpmath.log(z)

        square = kappa**2 + 2 * kappa * beta * w + beta**2 * t**2
        return float(-beta * w + log_f(mpmath.sqrt(max(square, 0))) - log_f(kappa))


@pytest.mark.parametrize("h", [2, 3, 16, 512])
@pytest.mark.parametrize("kappa", [0.0, 1e-6, 2.0, 40.0])
@pytest.mark.parametrize(("w", "t"), [(1.0, 1.0), (0.3, 0.7), (-0.5, 0.5), (-1.0, 1.0), (0.0, 0.0)])
def test_losses_agree_with_the_printed_formula(h, kappa, w, t):
    tau, beta = 0.5, 2.0
    found = limits.subspace_pair_loss(w, t, kappa, h, tau)
    assert found == pytest.approx(direction(w, t, kappa, beta, h / 2 - 1), abs=ROUNDING)
    expected = direction(w, 1.0, kappa, beta, h / 2 - 1)
    assert limits.center_loss(w, kappa, h, tau) == pytest.approx(expected, abs=ROUNDING)
    if h >= 3:
        found = limits.subspace_center_loss(w, t, kappa, h, tau)
        expected = direction(w, t, kappa, beta, (h - 1) / 2 - 1)
        assert found == pytest.approx(expected, abs=ROUNDING)


def test_a_large_concentration_costs_no_digits():
    found = limits.center_loss(0.6, 1e6, 8, 0.01)
    assert found == pytest.approx(direction(0.6, 1.0, 1e6, 100.0, 3.0), abs=1e-12)


def test_the_hyperplane_counterexample_in_four_dimensions():
    inside = limits.subspace_center_loss(1.0, 1.0, 5.0, 4, 0.5)
    specific = limits.subspace_center_loss(0.5, 0.5, 5.0, 4, 0.5)  # 60 degrees, both ⊥ C
    assert inside == pytest.approx(-0.336428, abs=5e-7)
    assert specific == pytest.approx(-0.182282, abs=5e-7)


@pytest.mark.parametrize("h", [1, 2, 3, 64])
def test_log_partition_is_the_mean_over_the_sphere(h):
    beta = 3.0
    if h == 1:
        expected = math.log(math.cosh(beta))
    else:
        angle, weight = np.polynomial.legendre.leggauss(200)
        angle = 0.5 * math.pi * (angle + 1.0)
        law = weight * np.sin(angle) ** (h - 2)
        expected = math.log(np.sum(law * np.exp(beta * np.cos(angle))) / np.sum(law))
    assert limits.log_partition(beta, h) == pytest.approx(expected, rel=1e-13)
    # E_σ e^{βu·e} = 1 + β²/(2h) + … keeps its relative accuracy
    assert limits.log_partition(1e-8, h) == pytest.approx(1e-16 / (2 * h), rel=1e-14)


@pytest.mark.parametrize("tau", [0.2, 1.0])
def test_optimum_is_the_excess_of_a_ring(tau):
    n = 128  # an equally spaced ring is a quadrature rule, exact to rounding at this n
    angle = 2.0 * np.pi * np.arange(n) / n
    logits = np.cos(angle[:, None] - angle) / tau
    loss = np.mean(np.log(np.exp(logits).sum(axis=1)) - np.diag(logits))  # of either direction
    assert limits.excess(loss, n) == pytest.approx(limits.uniform_optimum(2, tau), abs=1e-12)


@given(w=cosines, kappa=concentrations, h=dimensions, tau=temperatures)
@example(w=1.0 - 1e-12, kappa=100.0, h=512, tau=0.01)
@example(w=-1.0, kappa=2.0, h=4, tau=0.5)
@example(w=0.0, kappa=0.0, h=2, tau=1.0)
def test_cone_loss_is_least_at_one(w, kappa, h, tau):
    margin = limits.center_loss(w, kappa, h, tau) - limits.center_loss(1.0, kappa, h, tau)
    assert margin >= -4e-16 * (kappa + h + 1.0 / tau)


@given(kappa=concentrations, h=dimensions, tau=temperatures, small=st.floats(1e-9, 1e-5))
def test_differences_near_one_follow_the_slope(kappa, h, tau, small):
    w = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    top = limits.center_loss(w, kappa, h, tau)
    (slope,) = torch.autograd.grad(top, w)
    drop = float(limits.center_loss(1.0 - small, kappa, h, tau) - top.detach())
    # J is concave with J″ ≥ −β²; what is left is the rounding of J itself
    allowed = small**2 / tau**2 + 1e-15 * (kappa + h + 1.0 / tau)
    assert drop == pytest.approx(-float(slope) * small, abs=allowed)


@given(
    w=cosines, t=st.floats(0.0, 1.0), kappa=concentrations, d=st.integers(1, 300), tau=temperatures
)
def test_subspace_loss_is_least_at_the_projected_centre(w, t, kappa, d, tau):
    loss = limits.subspace_pair_loss(w * t, t, kappa, d, tau)
    slack = 4e-16 * (kappa + d + 1.0 / tau)
    aligned = limits.subspace_pair_loss(t, t, kappa, d, tau)
    assert loss >= aligned - slack
    assert aligned >= limits.subspace_pair_loss(1.0, 1.0, kappa, d, tau) - slack


@given(w=cosines, h=dimensions, tau=temperatures)
def test_without_concentration_only_the_linear_term_is_left(w, h, tau):
    expected = limits.log_partition(1.0 / tau, h) - w / tau
    assert limits.center_loss(w, 0.0, h, tau) == pytest.approx(expected, rel=1e-13, abs=1e-13)


def test_tensors_are_differentiable_twice_in_every_argument():
    w = torch.tensor([-0.4, 0.3], dtype=torch.float64, requires_grad=True)
    t = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    kappa = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    tau = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)

    def loss(w, t, kappa, tau):
        return limits.subspace_center_loss(w, t, kappa, 5, tau)

    assert torch.autograd.gradcheck(loss, (w, t, kappa, tau))
    assert torch.autograd.gradgradcheck(loss, (w, t, kappa, tau))
    assert torch.autograd.gradgradcheck(lambda x: limits.uniform_optimum(5, x), (tau,))


def test_gradient_where_the_tilted_mean_vanishes():
    # M = 0 at w = −1, κ = β: dJ/dw = −β + κβ A(M)/M = −β + κβ/h
    w = torch.tensor(-1.0, dtype=torch.float64, requires_grad=True)
    limits.center_loss(w, 2.0, 4, 0.5).backward()
    assert w.grad.item() == pytest.approx(-2.0 + 4.0 / 4.0, rel=1e-14)


def test_broadcasts_and_keeps_the_dtype():
    w = np.linspace(-1.0, 1.0, 3)
    assert limits.center_loss(w, 1.0, [[3], [4]], 1.0).shape == (2, 3)
    assert isinstance(limits.center_loss(0.5, 1.0, 3, 1.0), float)
    single = limits.center_loss(torch.tensor(w).float(), 1.0, 3, 0.5)
    assert single.dtype == torch.float32
    np.testing.assert_allclose(single, limits.center_loss(w, 1.0, 3, 0.5), rtol=1e-6)
    assert limits.excess(torch.tensor(1.0), 8).item() == pytest.approx(2.0 - 2.0 * math.log(8))
    assert limits.excess(1.0, np.array([1, 8])).shape == (2,)


def test_cosines_may_exceed_their_range_by_rounding():
    assert np.isfinite(limits.center_loss(1.0 + 4e-16, 2.0, 4, 0.5))
    assert np.isfinite(limits.center_loss(-1.0 - 4e-16, 2.0, 4, 0.5))
    assert torch.isfinite(limits.center_loss(torch.tensor(1.0 + 2e-7), 2.0, 4, 0.5))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: limits.center_loss(1.1, 1.0, 3, 1.0), "w is 1.1; a cosine lies in"),
        (lambda: limits.subspace_center_loss(0.6, 0.5, 1.0, 3, 1.0), "w is 0.6"),
        (lambda: limits.subspace_center_loss(0.6, 1.5, 1.0, 3, 1.0), "t is 1.5"),
        (lambda: limits.center_loss(0.1, -1.0, 3, 1.0), "kappa is -1"),
        (lambda: limits.center_loss(0.1, 1.0, 1, 1.0), "h is 1; it must be finite and at least 2"),
        (lambda: limits.subspace_center_loss(0.1, 1.0, 1.0, 2, 1.0), "h is 2"),
        (lambda: limits.subspace_pair_loss(0.1, 1.0, 1.0, 0, 1.0), "dimension is 0"),
        (lambda: limits.uniform_optimum(3, 0.0), "tau is 0; it must be finite and positive"),
        (lambda: limits.log_partition(-1.0, 3), "beta is -1"),
        (lambda: limits.excess(1.0, 0), "n is 0"),
    ],
)
def test_bad_input_names_the_argument(call, words):
    with pytest.raises(InputError, match=words):
        call()
