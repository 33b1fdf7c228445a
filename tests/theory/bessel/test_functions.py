"""log I, its relatives and the ratios against ball arithmetic, closed forms and limits."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import hyp0f1, ive

from theory import bessel
from theory.bessel._debye import FAR, LARGE
from theory.bessel._kernel import SMALL_CHUNK
from theory.bessel._taylor import near
from theory.errors import InputError

# The package's promise, in terms of the conditioning of log I in its arguments.
LOG_ERROR = 1e-14
RATIO_ERROR = 2e-15
# Relative errors of the smooth quantities: a few roundings of each of the 20 steps.
GROWTH_ERROR = 4e-15
# Where 1 − r is formed below z = FAR, its rounding is that of r, and 1 − r > 1/(4 FAR).
COMPLEMENT_ERROR = 1e-13

LOW = [-0.5, -0.4, -0.1, 0.0, 0.5, 1.0, 1.5, 2.0, 5.5, 12.0, 17.0, 19.5]
HIGH = [20.0, 24.0, 31.0, 63.0, 100.0, 255.0, 1023.0, 4095.0, 2e4, 1e5]
ORDERS = [*LOW, *HIGH]
ARGUMENTS = [*np.geomspace(1e-12, 1e7, 39), 20.0, 31.999, 32.0, 32.001, 50.0]

orders = st.one_of(
    st.floats(-0.5, 30.0), st.floats(20.0, 1e5), st.integers(0, 4096).map(lambda h: h / 2 - 0.5)
)
arguments = st.floats(math.log(1e-12), math.log(1e7)).map(math.exp)


def handovers(test):
    """Pin both sides of every border between regimes."""
    below, above = math.nextafter(LARGE, 0.0), math.nextafter(FAR, 0.0)
    for nu in (-0.5, math.nextafter(-0.5, 0.0), 0.0, 0.5, 19.0, below, LARGE):
        for z in (1e-12, above, FAR, 1e7):
            test = example(nu=nu, z=z)(test)
        border = float(near(nu))
        for z in (math.nextafter(border, 0.0), border, math.nextafter(border, math.inf)):
            test = example(nu=nu, z=z)(test)
    for nu in (LARGE, 1e5):
        test = example(nu=nu, z=nu)(test)
    return test


def scale(value, nu, z):
    """Size of log I's conditioning: at least 1, |log I| and |(ν, z)|."""
    return max(1.0, abs(float(value.mid())), math.hypot(nu, z))


@given(nu=orders, z=arguments)
@handovers
def test_logarithm_and_ratio_keep_their_promise(exact, distance, nu, z):
    true = exact(nu, z)
    for name in ("log_iv", "log_f"):
        error = distance(getattr(bessel, name)(nu, z), true[name])
        assert error <= LOG_ERROR * scale(true[name], nu, z)
    assert distance(bessel.ratio(nu, z), true["ratio"]) <= RATIO_ERROR * float(true["ratio"].mid())


@pytest.mark.parametrize("nu", ORDERS)
def test_every_quantity_on_a_grid(exact, distance, nu):
    log_iv = bessel.log_iv(nu, ARGUMENTS)
    ratio = bessel.ratio(nu, ARGUMENTS)
    growth = bessel.log_growth(nu, ARGUMENTS)
    scaled = bessel.log_growth(nu, ARGUMENTS, scaled=True)
    slope = bessel.log_iv_derivative(nu, ARGUMENTS)
    for i, z in enumerate(ARGUMENTS):
        true = exact(nu, z)
        assert distance(log_iv[i], true["log_iv"]) <= LOG_ERROR * scale(true["log_iv"], nu, z)
        for found, name, allowed in (
            (ratio[i], "ratio", RATIO_ERROR),
            (growth[i], "log_growth", GROWTH_ERROR),
            (scaled[i], "log_growth_scaled", GROWTH_ERROR),
            (slope[i], "log_iv_derivative", RATIO_ERROR if nu >= 0.0 else 0.0),
        ):
            size = abs(float(true[name].mid()))
            if allowed:
                assert distance(found, true[name]) <= allowed * size, (name, z)


@pytest.mark.parametrize("nu", [nu for nu in ORDERS if nu == -0.5 or nu >= 0.0])
def test_complement_and_derivative_do_not_cancel(exact, distance, nu):
    complement = bessel.ratio_complement(nu, ARGUMENTS)
    derivative = bessel.ratio_derivative(nu, ARGUMENTS)
    for i, z in enumerate(ARGUMENTS):
        true = exact(nu, z)
        for found, name in (
            (complement[i], "ratio_complement"),
            (derivative[i], "ratio_derivative"),
        ):
            size = float(true[name].mid())
            assert distance(found, true[name]) <= COMPLEMENT_ERROR * size, (name, z)


def test_agrees_with_closed_forms():
    z = np.geomspace(1e-3, 300.0, 50)
    np.testing.assert_allclose(bessel.ratio(-0.5, z), np.tanh(z), rtol=4e-16)
    np.testing.assert_allclose(bessel.log_growth(-0.5, z[:30]), np.log(np.cosh(z[:30])), atol=4e-16)
    langevin = 1.0 / np.tanh(z[25:]) - 1.0 / z[25:]
    np.testing.assert_allclose(bessel.ratio(0.5, z[25:]), langevin, rtol=4e-15)
    sinh = z + np.log(-np.expm1(-2.0 * z)) - 0.5 * np.log(2.0 * np.pi * z)
    np.testing.assert_allclose(bessel.log_iv(0.5, z), sinh, rtol=1e-14, atol=1e-14)


def test_agrees_with_scipy_where_it_is_finite(rng):
    nu, z = rng.uniform(0.0, 40.0, 500), rng.uniform(0.1, 200.0, 500)
    np.testing.assert_allclose(bessel.log_iv(nu, z), np.log(ive(nu, z)) + z, rtol=1e-12, atol=1e-12)
    nu, z = nu[:50], rng.uniform(0.0, 10.0, 50)
    power_series = np.log(hyp0f1(nu + 1.0, 0.25 * z * z))
    np.testing.assert_allclose(bessel.log_growth(nu, z), power_series, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("nu", "log_iv"), [(0.0, 0.0), (1.0, -np.inf), (-0.5, np.inf)])
def test_values_at_zero(nu, log_iv):
    assert bessel.log_iv(nu, 0.0) == log_iv
    assert bessel.ratio(nu, 0.0) == 0.0
    assert bessel.log_growth(nu, 0.0) == 0.0
    assert bessel.ratio_complement(nu, 0.0) == 1.0
    assert bessel.ratio_derivative(nu, 0.0) == pytest.approx(0.5 / (nu + 1.0), rel=1e-15)
    constant = -nu * math.log(2.0) - math.lgamma(nu + 1.0)
    assert bessel.log_f(nu, 0.0) == pytest.approx(constant, rel=1e-15)


def test_zero_in_an_array_of_orders_that_holds_zero():
    found = bessel.log_iv(np.array([0.0, 0.0, 2.0]), np.array([0.0, 1.0, 0.0]))
    np.testing.assert_allclose(found, [0.0, bessel.log_iv(0.0, 1.0), -np.inf])
    slopes = bessel.log_iv_derivative(np.array([0.0, 1.0]), 0.0)
    np.testing.assert_array_equal(slopes, [0.0, np.inf])


@given(nu=orders, z=arguments)
@handovers
def test_three_term_recurrence(nu, z):
    # 1/r_ν = 2(ν+1)/z + r_{ν+1}; ν + 1 is rounded when ν is not a multiple of 2^-49
    left = 1.0 / bessel.ratio(nu, z)
    right = 2.0 * (nu + 1.0) / z + bessel.ratio(nu + 1.0, z)
    assert left == pytest.approx(right, rel=3 * RATIO_ERROR)


@given(nu=st.floats(0.0, 1e5), z=arguments)
def test_ratio_lies_between_amos_bounds(nu, z):
    lower = z / (nu + 0.5 + math.hypot(z, nu + 1.5))
    upper = z / (nu + 0.5 + math.hypot(z, nu + 0.5))
    slack = 1.0 + RATIO_ERROR
    assert lower / slack <= bessel.ratio(nu, z) <= upper * slack


@given(nu=orders, z=arguments)
@handovers
def test_complement_and_scaled_form_agree_with_their_partners(nu, z):
    assert bessel.ratio(nu, z) + bessel.ratio_complement(nu, z) == pytest.approx(1.0, rel=4e-16)
    whole, scaled = bessel.log_growth(nu, z), bessel.log_growth(nu, z, scaled=True)
    assert whole == pytest.approx(scaled + z, rel=1e-14, abs=1e-15 * z)


@pytest.mark.parametrize("shape", [(200,), (8, 1)])
@pytest.mark.parametrize(
    "name", ["log_iv", "log_growth", "ratio", "ratio_complement", "ratio_derivative"]
)
def test_arrays_of_orders_agree_with_scalars(rng, shape, name):
    function = getattr(bessel, name)
    nu = rng.choice([-0.5, 0.0, 0.5, 3.0, 23.0, 24.0, 40.5, 511.0], size=shape)
    z = np.exp(rng.uniform(-5.0, 8.0, shape[0] if len(shape) == 1 else 30))
    found = function(nu, z)
    one_by_one = np.array([function(n, x) for n, x in np.broadcast(nu, z)]).reshape(found.shape)
    np.testing.assert_allclose(found, one_by_one, rtol=1e-13, atol=1e-300)


def test_a_few_orders_over_many_points_take_the_grouped_path(rng):
    nu, z = np.array([[0.5], [31.0], [np.nan]]), rng.uniform(0.0, 100.0, 4000)
    found = bessel.ratio(nu, z)
    np.testing.assert_array_equal(found[0], bessel.ratio(0.5, z))
    np.testing.assert_array_equal(found[1], bessel.ratio(31.0, z))
    assert np.isnan(found[2]).all()


def test_chunks_do_not_show(rng):
    z = rng.uniform(0.0, 100.0, SMALL_CHUNK + 99)
    whole, some = bessel.log_iv(3.0, z), slice(None, None, 97)
    np.testing.assert_array_equal(whole[some], bessel.log_iv(3.0, z[some]))
    assert whole[-1] == bessel.log_iv(3.0, z[-1])


@pytest.mark.parametrize("name", bessel.__all__)
def test_nan_gives_nan_and_empty_gives_empty(name):
    function = getattr(bessel, name)
    first, second = (2.0, np.nan) if not name.startswith("vmf") else (np.nan, 5.0)
    assert np.isnan(function(first, second))
    empty = np.empty((0, 3))
    arguments = (2.0, empty) if not name.startswith("vmf") else (empty, 5.0)
    assert function(*arguments).shape == (0, 3)


@pytest.mark.parametrize("nu", [-0.5, 0.0, 3.0, 40.0])
def test_nan_order_and_nan_among_numbers(nu):
    assert np.isnan(bessel.log_iv(np.nan, 1.0))
    found = bessel.ratio([nu, np.nan, nu], [1.0, 1.0, np.nan])
    np.testing.assert_array_equal(np.isnan(found), [False, True, True])
    assert np.isnan(bessel.log_iv(nu, [np.nan, 1.0])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("nu", "z", "words"),
    [
        (-0.6, 1.0, "nu is -0.6; the order must be finite and at least -1/2"),
        (np.inf, 1.0, "nu is inf"),
        (1.0, [0.0, -2.0], "z is -2; it must be finite and at least 0"),
        (1.0, np.inf, "z is inf"),
    ],
)
@pytest.mark.parametrize("name", ["log_iv", "ratio", "log_f", "log_iv_derivative"])
def test_bad_numbers_are_refused(name, nu, z, words):
    with pytest.raises(InputError, match=words):
        getattr(bessel, name)(nu, z)


def test_integers_are_converted_and_other_types_refused():
    assert bessel.ratio(1, 2) == bessel.ratio(1.0, 2.0)
    assert isinstance(bessel.log_iv(1, 2), float)
    np.testing.assert_array_equal(bessel.log_iv([1, 2], 3), bessel.log_iv([1.0, 2.0], 3.0))
    with pytest.raises(TypeError, match="z must hold real numbers"):
        bessel.ratio(1.0, 1j)
    with pytest.raises(TypeError, match="nu must hold real numbers"):
        bessel.ratio("one", 1.0)


def test_one_ulp_beyond_the_domain_still_makes_sense():
    assert bessel.log_iv(3.0, 1e200) == pytest.approx(1e200)
    assert bessel.ratio(3.0, 1e200) == 1.0
    assert bessel.log_growth(1e8, 1e8) == pytest.approx(bessel.log_growth(1e7, 1e7) * 10, rel=1e-7)
