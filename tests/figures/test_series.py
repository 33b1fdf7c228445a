"""Bands against naive means and intervals."""

import numpy as np
import pytest

from figures.series import band_of, bands
from gaplab.records import Recorder, concat_runs
from theory.statistics import mean_interval

X = np.array([0.0, 1.0, 2.0])


def test_band_is_the_interval_at_each_point(rng):
    values = rng.normal(size=(4, 3))
    band = band_of(X, values)
    for k in range(3):
        expected = mean_interval(values[:, k])
        assert (band.mean[k], band.low[k], band.high[k]) == expected[:3]
    assert band.n == 4


def test_points_that_nobody_measured_are_left_out():
    values = np.array([[1.0, np.nan, np.nan], [3.0, np.nan, 5.0]])
    band = band_of(X, values)
    np.testing.assert_array_equal(band.x, [0.0, 2.0])
    np.testing.assert_array_equal(band.mean, [2.0, 5.0])
    assert np.isnan(band.low[1])
    assert band_of(X, np.full((2, 3), np.nan)) is None


def test_log_band_is_geometric():
    band = band_of(X, np.array([[1.0, 1e-8, 0.0], [4.0, 1e-4, 0.0]]), log=True)
    np.testing.assert_allclose(band.mean, [2.0, 1e-6])
    assert (band.low > 0).all()
    assert band_of(X, np.zeros((2, 3)), log=True) is None


def test_bands_over_steps_or_time():
    runs = []
    for seed in range(2):
        recorder = Recorder(f"seed {seed}", source="simulation", config={})
        for step in (0, 5, 10):
            recorder.log(step, {"time": 0.1 * step, "centroid_gap": 1.0 + seed})
        runs.append(recorder.dataset())
    found = concat_runs(runs)
    np.testing.assert_array_equal(bands(found, ("centroid_gap",))["centroid_gap"].x, [0, 5, 10])
    on_time = bands(found, ("centroid_gap", "absent"), "time")
    assert set(on_time) == {"centroid_gap"}
    np.testing.assert_allclose(on_time["centroid_gap"].x, [0, 0.5, 1.0])
    assert on_time["centroid_gap"].mean[0] == pytest.approx(1.5)
