import numpy as np
import pytest

from theory.metrics import evaluate
from theory.sphere import sample_uniform

ISOMETRY = ["cka", "mutual_knn", "ims_residual"]


def naive_mutual(x, y, k):
    near = []
    for view in (x, y):
        cosines = view @ view.T
        np.fill_diagonal(cosines, -np.inf)
        near.append([set(np.argsort(-row)[:k]) for row in cosines])
    return np.mean([len(a & b) / k for a, b in zip(*near, strict=True)])


def test_agree_with_their_definitions(rng):
    x, y = sample_uniform(30, 4, rng), sample_uniform(30, 4, rng)
    y = y + 2 * x
    y /= np.linalg.norm(y, axis=1, keepdims=True)
    result = evaluate(x, y, names=ISOMETRY)
    a, b = x - x.mean(0), y - y.mean(0)
    cka = np.linalg.norm(b.T @ a) ** 2 / np.linalg.norm(a.T @ a) / np.linalg.norm(b.T @ b)
    assert result["cka"] == pytest.approx(cka)
    assert result["mutual_knn"] == pytest.approx(naive_mutual(x, y, 10))
    cx, cy = (m / np.linalg.norm(m) for m in (x.mean(0), y.mean(0)))
    assert result["ims_residual"] == pytest.approx(np.abs(x @ cx - y @ cy).mean())


def test_a_rotated_view_is_isometric_across_any_gap(rng):
    x = sample_uniform(25, 3, rng) + np.eye(3)[0]
    rotation = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    result = evaluate(x, x @ rotation, names=[*ISOMETRY, "centroid_gap"])
    assert result["centroid_gap"] > 0.1
    assert result["cka"] == pytest.approx(1.0)
    assert result["mutual_knn"] == 1.0
    assert result["ims_residual"] == pytest.approx(0.0, abs=1e-12)


def test_cka_is_centred():
    # A common offset makes uncentred views look alike; the centred ones are uncorrelated.
    t = np.array([1.0, 1.0, -1.0, -1.0])
    u = np.array([1.0, -1.0, 1.0, -1.0])
    x, y = np.column_stack([0.1 * t, np.ones(4)]), np.column_stack([0.1 * u, np.ones(4)])
    assert evaluate(x, y, names=ISOMETRY)["cka"] == pytest.approx(0.0, abs=1e-12)


def test_a_collapsed_view_scores_chance_not_one(rng):
    x = sample_uniform(41, 3, rng)
    collapsed = np.tile([0.0, 0.0, 1.0], (41, 1))
    result = evaluate(x, collapsed, names=ISOMETRY)
    assert result["mutual_knn"] == pytest.approx(10 / 40)
    assert np.isnan(result["cka"])


def test_few_pairs():
    one = evaluate([[1.0, 0.0]], [[0.0, 1.0]], names=ISOMETRY)
    assert np.isnan(one["mutual_knn"])
    assert np.isnan(one["cka"])
    assert one["ims_residual"] == 0.0
    two = evaluate(np.eye(2), -np.eye(2), names=ISOMETRY)
    assert two["mutual_knn"] == 1.0


def test_isometry_needs_means():
    balanced = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert np.isnan(evaluate(balanced, np.eye(2), names=ISOMETRY)["ims_residual"])
