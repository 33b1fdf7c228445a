"""Numbers as people read them."""

import math

import pytest

from figures.words import duration, interval, number, signed_interval
from theory.statistics import Interval


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.000"),
        (12.34, "12.3"),
        (-123.4, "−123"),
        (2_000_000.0, "2.00e+06"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (3, "3"),
        (-3, "−3"),
        (True, "True"),
        ("word", "word"),
    ],
)
def test_number(value, text):
    assert number(value) == text


def test_intervals():
    found = Interval(0.5, 0.25, 0.75, 3)
    assert interval(found) == "0.500 [0.250, 0.750]"
    assert interval(found, 10) == "5.000 [2.500, 7.500]"
    assert interval(None) == "–"
    assert interval(Interval(0.5, math.nan, math.nan, 1)) == "0.500"
    assert signed_interval(Interval(0.5, -0.1, 1.1, 3)) == "+0.500 [−0.100, +1.100]"
    assert signed_interval(Interval(-0.5, math.nan, math.nan, 1)) == "−0.500"


def test_durations():
    assert duration(0.04) == "0.0 s"
    assert duration(59.96) == "1 min 0 s"
    assert duration(3600) == "60 min 0 s"


def test_bounds_have_the_decimals_of_the_largest():
    assert signed_interval(Interval(2e-4, -0.003, 0.003, 3)) == "+0.000 [−0.003, +0.003]"
    assert interval(Interval(60.0, 59.96, 60.04, 3)) == "60.0 [60.0, 60.0]"
    assert interval(Interval(1e-9, -1e-9, 3e-9, 3)) == "1.00e−09 [−1.00e−09, 3.00e−09]"
    assert interval(Interval(0.0, 0.0, 0.0, 3)) == "0.000 [0.000, 0.000]"
