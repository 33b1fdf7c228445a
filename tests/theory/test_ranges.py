"""Elementwise range checks."""

import numpy as np
import pytest
import torch

from theory.errors import InputError
from theory.ranges import check_least, check_real, inverse_temperature, refuse


def test_integers_become_float64_and_nan_passes():
    assert check_real([1, 2], "x").dtype == np.float64
    assert np.isnan(check_least(np.nan, "x", 0.0))


@pytest.mark.parametrize("value", ["a", 1j, True, None])
def test_other_types_are_named(value):
    with pytest.raises(TypeError, match="x must hold real numbers, got dtype"):
        check_real(value, "x")


@pytest.mark.parametrize("value", [[3.0, -1.0], -1.0, np.inf])
def test_least_names_the_first_bad_value(value):
    with pytest.raises(InputError, match=r"x is (-1|inf); it must be finite and at least 0\."):
        check_least(value, "x", 0.0)


def test_refuse_is_silent_when_nothing_is_bad():
    assert refuse(np.array([False, False]), np.zeros(2), "x", "unused") is None


def test_inverse_temperature_keeps_tensors():
    tau = torch.tensor([0.5], requires_grad=True)
    assert inverse_temperature(tau).requires_grad
    np.testing.assert_array_equal(inverse_temperature([0.5, 2]), [2.0, 0.5])
    with pytest.raises(InputError, match="tau is 0; it must be finite and positive"):
        inverse_temperature(0)
