import numpy as np
import pytest
from hypothesis import given

from theory.metrics import evaluate
from theory.strategies import paired_clouds

ALIGNMENT = ["true_pair_cosine", "l2i", "relative_modality_gap"]
ROUNDING = 1e-12


def naive_relative_gap(x, y):
    n = len(x)

    def d(u, v):
        return (1 - u @ v) / 2

    between = np.mean([d(x[i], y[i]) for i in range(n)])
    within = [
        np.mean([d(v[i], v[j]) for i in range(n) for j in range(n) if i != j]) for v in (x, y)
    ]
    return between / (between + np.mean(within))


def test_agrees_with_loops(rng):
    x, y = rng.standard_normal((2, 11, 3))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    y /= np.linalg.norm(y, axis=1, keepdims=True)
    result = evaluate(x, y, names=ALIGNMENT)
    cosine = np.mean([x[i] @ y[i] for i in range(11)])
    distance = np.mean([np.linalg.norm(x[i] - y[i]) for i in range(11)])
    assert result["true_pair_cosine"] == pytest.approx(cosine)
    assert result["l2i"] == pytest.approx(distance)
    assert result["relative_modality_gap"] == pytest.approx(naive_relative_gap(x, y))


def test_intra_terms_carry_their_whole_weight():
    # Orthogonal pairs in orthogonal views: every distance is ½, so the ratio is ½.
    # With intra terms 4× too small (one public code) it would be 0.8.
    x, y = np.eye(4)[:2], np.eye(4)[2:]
    assert evaluate(x, y, names=ALIGNMENT)["relative_modality_gap"] == pytest.approx(0.5)


def test_extremes():
    points = np.eye(3)
    same = evaluate(points, points, names=ALIGNMENT)
    assert same == {"true_pair_cosine": 1.0, "l2i": 0.0, "relative_modality_gap": 0.0}
    apart = evaluate(np.ones((3, 1)), -np.ones((3, 1)), names=ALIGNMENT)
    assert apart == {"true_pair_cosine": -1.0, "l2i": 2.0, "relative_modality_gap": 1.0}


def test_undefined_ratios_are_nan():
    assert np.isnan(evaluate([[1.0]], [[-1.0]], names=ALIGNMENT)["relative_modality_gap"])
    one_point = np.ones((3, 1))
    assert np.isnan(evaluate(one_point, one_point, names=ALIGNMENT)["relative_modality_gap"])


@given(paired_clouds())
def test_the_gap_is_at_most_the_pair_distance(cloud):
    # G.3: ‖mean x − mean y‖² ≤ L_ATP = 2(1 − mean cos), and Jensen: gap ≤ mean distance.
    result = evaluate(*cloud, names=["centroid_gap", *ALIGNMENT])
    atp = 2 * (1 - result["true_pair_cosine"])
    assert result["centroid_gap"] ** 2 <= atp + ROUNDING
    assert result["centroid_gap"] <= result["l2i"] + ROUNDING
    assert result["l2i"] ** 2 <= atp + ROUNDING
