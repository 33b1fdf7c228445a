import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.comparison import compare_curves, late_decay
from theory.errors import InputError

TIME = np.concatenate([[0.0], np.geomspace(0.01, 100, 300)])


def decay(rate):
    return 0.2 + 0.8 * np.exp(-rate * TIME)


@given(st.floats(0.05, 20))
def test_finds_the_clock(scale):
    found = compare_curves(TIME, decay(1.0), TIME / scale, decay(1.0))
    assert found.time_scale == pytest.approx(scale, rel=1e-3)
    assert found.correlation == pytest.approx(1.0, abs=1e-6)
    assert found.error < 1e-3
    assert found.overlap >= 0.5


def test_a_given_clock_is_kept():
    found = compare_curves(TIME, decay(1.0), TIME, decay(2.0), time_scale=1.0)
    other = np.interp(found.time, TIME, decay(2.0))
    np.testing.assert_allclose(found.other, other)
    by_hand = np.sqrt(np.mean((found.reference - other) ** 2)) / np.ptp(found.reference)
    assert found.time_scale == 1.0
    assert found.overlap == 1.0
    assert found.error == pytest.approx(by_hand, rel=1e-6)


def test_curves_that_move_apart_are_told_apart():
    found = compare_curves(TIME, decay(1.0), TIME, 1.2 - decay(1.0))
    assert found.correlation < 0
    assert found.error > 0.2  # no shift does better than a nearly constant curve


def test_does_not_extrapolate():
    short = TIME < 10
    found = compare_curves(TIME, decay(0.05), TIME[short], decay(0.05)[short])
    assert found.time[-1] <= 10 * found.time_scale * 1.0001


def test_a_constant_curve_has_no_correlation():
    assert np.isnan(compare_curves(TIME, decay(1.0), TIME, np.ones_like(TIME)).correlation)


@pytest.mark.parametrize(
    ("time", "values", "message"),
    [
        ([0, 1], [1, 2], "positive times"),
        ([0, 2, 1, 3], [1, 1, 1, 1], "ascend"),
        ([1, 2, 3], [1, 2], "equal lists"),
        ([1, 2, 3], [1, np.nan, 2], "finite"),
    ],
)
def test_bad_curves(time, values, message):
    with pytest.raises(InputError, match=message):
        compare_curves(time, values, TIME, decay(1.0))


def test_a_clock_that_leaves_nothing_in_common():
    with pytest.raises(InputError, match="in common"):
        compare_curves(TIME, decay(1.0), TIME, decay(1.0), time_scale=1e-4)


@given(st.floats(0.05, 5), st.floats(0.1, 10))
def test_late_decay_of_an_exponential_is_its_rate(rate, size):
    found = late_decay(TIME, size * np.exp(-rate * TIME))
    assert found.rate == pytest.approx(rate, rel=1e-9)
    assert found.level == pytest.approx(size * np.exp(-rate * found.start))


def test_late_decay_ignores_what_rises_first_and_stops_at_rounding():
    rising = np.where(TIME < 1, 1 + TIME, 2 * np.exp(-3 * (TIME - 1)) + 1e-15)
    assert late_decay(TIME, rising).rate == pytest.approx(3.0, rel=0.02)
    assert np.isnan(late_decay(TIME, 1 + TIME).rate)
    assert late_decay(TIME, decay(1.0)).rate < 0.05  # a gap that stays
