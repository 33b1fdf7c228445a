"""The expansion's coefficients against the published polynomials and their own truncation."""

from fractions import Fraction

import numpy as np
import pytest

from theory.bessel import _debye


def test_first_polynomials_are_the_logarithm_of_the_published_ones():
    # u_1 = (3p − 5p³)/24, u_2 = (81p² − 462p⁴ + 385p⁶)/1152 (DLMF 10.41.10)
    first, second = _debye._derivatives()[:2]
    u_1 = {1: Fraction(3, 24), 3: Fraction(-5, 24)}
    assert first == {power - 1: power * c for power, c in u_1.items()}
    # L_2 = u_2 − u_1²/2
    u_2 = {2: Fraction(81, 1152), 4: Fraction(-462, 1152), 6: Fraction(385, 1152)}
    square = {2: Fraction(9, 576), 4: Fraction(-30, 576), 6: Fraction(25, 576)}
    assert second == {p - 1: p * (u_2[p] - square[p] / 2) for p in u_2}


def test_the_sum_at_one_is_stirlings_series():
    # L_k(1) are minus the coefficients B_{2m}/(2m(2m−1)) of log Γ, zero for even k
    integrals = [sum(c / (p + 1) for p, c in ell.items()) for ell in _debye._derivatives()]
    bernoulli = [Fraction(1, 6), Fraction(-1, 30), Fraction(1, 42), Fraction(-1, 30)]
    for m, number in enumerate(bernoulli, start=1):
        assert integrals[2 * m - 2] == -number / (2 * m * (2 * m - 1))
        assert integrals[2 * m - 1] == 0


@pytest.mark.parametrize("series", [_debye.uniform_series, _debye.far_series])
def test_an_array_of_orders_has_the_coefficients_of_each(series):
    orders = np.array([24.0, 100.0]) if series is _debye.uniform_series else np.array([-0.5, 3.0])
    together = series(orders)
    for column, nu in enumerate(orders):
        alone = series(float(nu))
        for name in ("whole", "quotient", "slope", "curvature"):
            kept = getattr(alone, name)
            rows = [row[column] for row in getattr(together, name)]
            np.testing.assert_allclose(kept, rows[: len(kept)], rtol=1e-12, atol=1e-17)
            if series is _debye.uniform_series:  # dropped powers are negligible on [0, 1]
                assert np.sum(np.abs(rows[len(kept) :])) <= 2.0**-57
