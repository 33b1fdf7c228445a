"""The vMF law's numbers against scipy, quadrature and their own inverses."""

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import vonmises_fisher

from theory import bessel
from theory.errors import InputError

# A solved equation holds as well as its two sides are evaluated.
SOLVED = 4e-15


@given(nu=st.floats(-0.5, 1e5), r=st.floats(0.0, 1.0, exclude_max=True))
@example(nu=-0.5, r=0.5)
@example(nu=-0.5, r=1.0 - 2.0**-53)
@example(nu=-0.499, r=0.999)
@example(nu=0.0, r=1e-300)
@example(nu=0.0, r=1.0 - 1e-6)
@example(nu=255.0, r=0.5)
@example(nu=1e5, r=1.0 - 1e-9)
def test_inverse_solves_its_equation(nu, r):
    kappa = bessel.inverse_ratio(nu, r)
    assert bessel.ratio(nu, kappa) == pytest.approx(r, rel=SOLVED, abs=0.0)
    if nu >= 0.0:
        assert bessel.ratio_complement(nu, kappa) == pytest.approx(1.0 - r, rel=1e-13)


@pytest.mark.parametrize("h", [1, 2, 3, 8, 512])
def test_inverse_returns_the_concentration(h):
    nu = h / 2 - 1
    # a line saturates: 1 − tanh κ must stay above rounding for κ to be recoverable
    kappa = np.geomspace(1e-10, 5.0 if h == 1 else 30.0, 25)
    np.testing.assert_allclose(bessel.inverse_ratio(nu, bessel.ratio(nu, kappa)), kappa, rtol=1e-11)
    orders = np.array([[nu], [nu + 1.0]])
    assert bessel.inverse_ratio(orders, np.array([0.1, 0.2, 0.3])).shape == (2, 3)


@pytest.mark.parametrize("nu", [-0.5, 0.0, 3.0, [[0.5], [100.0]]])
def test_inverse_has_the_gradients_of_an_inverse(nu):
    r = torch.tensor([0.05, 0.5, 0.95], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: bessel.inverse_ratio(nu, x), r)
    assert torch.autograd.gradgradcheck(lambda x: bessel.inverse_ratio(nu, x), r)
    single = r.detach().float().requires_grad_()
    kappa = bessel.inverse_ratio(nu, single)
    assert kappa.dtype == torch.float32
    np.testing.assert_allclose(
        kappa.detach(), bessel.inverse_ratio(nu, single.detach().double()), rtol=1e-7
    )


def test_inverse_at_zero_is_linear():
    r = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(bessel.inverse_ratio(3.0, r), r, create_graph=True)
    assert slope.item() == pytest.approx(8.0, rel=1e-15)  # 2(ν + 1)
    assert torch.autograd.grad(slope, r)[0] == 0.0


@pytest.mark.parametrize("r", [1.0, -0.1, 1.5])
def test_inverse_refuses_what_no_concentration_explains(r):
    with pytest.raises(InputError, match=rf"r is {r:g}; a mean length"):
        bessel.inverse_ratio(1.0, [0.5, r])


@pytest.mark.parametrize("h", [2, 3, 8, 40])
@pytest.mark.parametrize("kappa", [0.1, 3.0, 50.0])
def test_normaliser_and_entropy_agree_with_scipy(h, kappa):
    pole = np.eye(h)[0]
    law = vonmises_fisher(pole, kappa)
    assert bessel.vmf_log_normalizer(kappa, h) + kappa == pytest.approx(law.logpdf(pole), rel=1e-11)
    assert bessel.vmf_entropy(kappa, h) == pytest.approx(law.entropy(), rel=1e-9, abs=1e-11)


def test_density_integrates_to_one_and_the_line_has_two_points():
    h, kappa = 5, 7.0
    area = 2.0 * math.pi ** ((h - 1) / 2) / math.gamma((h - 1) / 2)  # of the latitude sphere

    def density(angle):
        exponent = kappa * math.cos(angle) + bessel.vmf_log_normalizer(kappa, h)
        return area * math.sin(angle) ** (h - 2) * math.exp(exponent)

    assert quad(density, 0.0, math.pi)[0] == pytest.approx(1.0, rel=1e-10)
    weights = np.exp(np.array([2.0, -2.0]) + bessel.vmf_log_normalizer(2.0, 1))
    assert weights.sum() == pytest.approx(1.0, rel=1e-14)
    assert bessel.vmf_entropy(2.0, 1) == pytest.approx(
        -(weights * np.log(weights)).sum(), rel=1e-13
    )


def test_entropy_of_a_concentrated_law_is_that_of_a_gaussian():
    # κ → ∞: h − 1 independent Gaussians of variance 1/κ; the next term is of order 1/κ
    kappa, h = 1e7, 8
    gaussian = 0.5 * (h - 1) * math.log(2.0 * math.pi * math.e / kappa)
    assert bessel.vmf_entropy(kappa, h) == pytest.approx(gaussian, abs=20.0 / kappa)


def test_torch_normaliser_and_entropy():
    kappa = torch.tensor([0.0, 2.0, 60.0], dtype=torch.float64, requires_grad=True)
    for function in (bessel.vmf_log_normalizer, bessel.vmf_entropy):
        values = function(kappa, 6).detach().numpy()
        np.testing.assert_allclose(values, function(kappa.detach().numpy(), 6), rtol=1e-15)
        inside = kappa.detach()[1:].clone().requires_grad_()
        assert torch.autograd.gradcheck(lambda x, f=function: f(x, 6), inside)
    with pytest.raises(InputError, match="h is 0"):
        bessel.vmf_entropy(1.0, 0)
