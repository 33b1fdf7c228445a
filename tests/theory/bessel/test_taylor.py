"""Taylor polynomials of log F: known coefficients, and how little the ones left out are."""

import numpy as np
import pytest

from theory.bessel._taylor import near, taylor

ORDERS = [-0.5, -0.4, 0.0, 0.5, 3.0, 12.0, 19.9]


def test_coefficients_at_one_half_are_those_of_sinh():
    """log(sinh z/z) = z²/6 − z⁴/180 + z⁶/2835 − …, and its derivative coth z − 1/z."""
    series = taylor(0.5)
    expected = [4 / 6, -(4**2) / 180, 4**3 / 2835]
    np.testing.assert_allclose(series.log[:3], expected, rtol=1e-15)
    np.testing.assert_allclose(series.rho[:3], [1.0, -4 / 15, 32 / 315], rtol=1e-15)
    np.testing.assert_allclose(series.derivative[:3], [1 / 3, -4 / 15, 32 / 189], rtol=1e-15)


@pytest.mark.parametrize("nu", ORDERS)
def test_what_is_left_out_is_below_rounding(nu):
    """Terms fall off by more than a tenth: the first one left out bounds the rest nine times."""
    square = 0.25 * near(nu) ** 2
    for polynomial in vars(taylor(nu)).values():
        last, first = (abs(polynomial[k]) * square**k for k in (-1 + len(polynomial), 0))
        assert last / 9 < 2.0**-57 * first


def test_an_array_of_orders_has_the_coefficients_of_each():
    whole = taylor(np.array(ORDERS))
    for k, nu in enumerate(ORDERS):
        own = taylor(nu)
        for name, polynomial in vars(own).items():
            found = [np.asarray(c)[k] for c in getattr(whole, name)]
            np.testing.assert_allclose(found, polynomial, rtol=1e-15)
