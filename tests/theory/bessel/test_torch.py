"""Torch: the same values, gradients to second order, dtypes."""

import numpy as np
import pytest
import torch

from theory import bessel
from theory.bessel._torch import SMALL
from theory.errors import InputError

NAMES = [
    "log_f",
    "log_growth",
    "log_iv",
    "log_iv_derivative",
    "ratio",
    "ratio_complement",
    "ratio_derivative",
]
POINTS = [1e-3, 0.4, 3.0, 31.0, 40.0, 300.0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("nu", [-0.5, 0.0, 0.5, 3.0, 40.0, 255.0])
def test_values_and_two_derivatives(name, nu):
    function = getattr(bessel, name)
    z = torch.tensor(POINTS, dtype=torch.float64, requires_grad=True)
    np.testing.assert_array_equal(function(nu, z).detach().numpy(), function(nu, POINTS))
    assert torch.autograd.gradcheck(lambda x: function(nu, x), z)
    assert torch.autograd.gradgradcheck(lambda x: function(nu, x), z)


@pytest.mark.parametrize("nu", [0.0, 0.5, 40.0])
def test_derivatives_at_zero(nu):
    z = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(bessel.log_f(nu, z), z, create_graph=True)
    (second,) = torch.autograd.grad(first, z, create_graph=True)
    (third,) = torch.autograd.grad(second, z)
    assert first == 0.0
    assert second.item() == pytest.approx(0.5 / (nu + 1.0), rel=1e-15)
    assert third == 0.0


@pytest.mark.parametrize("nu", [0.5, 3.0, 40.0])
def test_second_derivative_of_the_ratio_joins_its_series(nu):
    border = SMALL**0.5 * (nu + 1.0)
    z = torch.tensor(
        [border * (1.0 - 1e-9), border * (1.0 + 1e-9)], dtype=torch.float64, requires_grad=True
    )
    slope = bessel.ratio_derivative(nu, z)
    (second,) = torch.autograd.grad(slope.sum(), z)
    scaled = (second / z.detach()).numpy()
    assert scaled[0] == pytest.approx(scaled[1], rel=1e-8)


def test_broadcasts_and_sums_gradients_over_orders():
    z = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    nu = torch.tensor([[0.5], [40.0], [3.0]])
    assert bessel.ratio(nu, z).shape == (3, 2)
    assert torch.autograd.gradcheck(lambda x: bessel.log_iv(nu, x), z)
    assert torch.autograd.gradgradcheck(lambda x: bessel.log_iv(nu, x), z)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
def test_dtype_is_kept_and_computed_in_double(dtype):
    z = torch.tensor([1.5, 40.0], dtype=dtype)
    found = bessel.log_iv(255.0, z)
    assert found.dtype == dtype
    expected = torch.as_tensor(bessel.log_iv(255.0, z.double().numpy())).to(dtype)
    assert torch.equal(found, expected)


def test_a_tensor_order_makes_a_tensor_and_cannot_be_differentiated():
    order = torch.tensor([0.5, 1.5], dtype=torch.float64)
    found = bessel.ratio(order, 2.0)
    np.testing.assert_array_equal(found.numpy(), bessel.ratio([0.5, 1.5], 2.0))
    assert bessel.ratio(0.5, torch.tensor([1, 2])).dtype == torch.get_default_dtype()
    with pytest.raises(InputError, match="only z can be differentiated"):
        bessel.ratio(order.requires_grad_(), 2.0)
    with pytest.raises(TypeError, match="z must hold real numbers"):
        bessel.ratio(0.5, torch.tensor([True]))
