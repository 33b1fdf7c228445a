import numpy as np
import pytest

from theory.metrics import evaluate

GAP = ["centroid_gap", "gap_angle", "mean_length"]


def test_rows_are_normalised_before_the_mean():
    # One public code averages raw rows: the long row would pull the mean to 10.
    x = np.array([[10.0, 0.0], [0.0, 1.0]])
    y = np.array([[-1.0, 0.0], [0.0, -0.1]])
    result = evaluate(x, y, names=GAP)
    assert result["centroid_gap"] == pytest.approx(np.sqrt(2))
    assert result["gap_angle"] == pytest.approx(np.pi)
    assert result["mean_length_x"] == pytest.approx(np.sqrt(0.5))


def test_the_mean_is_over_items_not_features():
    # Averaging over the feature axis (another public code) would give 0 here.
    x = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    y = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    result = evaluate(x, y, names=GAP)
    assert result["centroid_gap"] == pytest.approx(np.sqrt(2))
    assert result["gap_angle"] == pytest.approx(np.pi / 2)


def test_identical_views_have_no_gap(rng):
    x = rng.standard_normal((20, 4))
    result = evaluate(x, x, names=GAP)
    assert result["centroid_gap"] == result["gap_angle"] == 0.0


def test_the_angle_of_a_vanished_mean_is_undefined():
    x = np.array([[1.0, 0.0], [-1.0, 0.0]])
    y = np.array([[1.0, 0.0], [1.0, 0.0]])
    result = evaluate(x, y, names=GAP)
    assert np.isnan(result["gap_angle"])
    assert result["mean_length_x"] == 0.0
    assert result["centroid_gap"] == 1.0


@pytest.mark.parametrize("angle", [1e-12, 1e-9, 1e-4, 1.0, np.pi - 1e-9])
def test_small_and_flat_angles_are_exact(angle):
    # arccos would return 0 for the first two.
    x, y = np.array([[1.0, 0.0]]), np.array([[np.cos(angle), np.sin(angle)]])
    assert evaluate(x, y, names=GAP)["gap_angle"] == pytest.approx(angle, rel=1e-6)


def test_one_dimension_and_one_pair():
    result = evaluate([[2.0]], [[-3.0]], names=GAP)
    assert result == pytest.approx(
        {"centroid_gap": 2.0, "gap_angle": np.pi, "mean_length_x": 1.0, "mean_length_y": 1.0}
    )
