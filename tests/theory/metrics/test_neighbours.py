import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from theory.metrics import evaluate
from theory.sphere import sample_uniform


def knn(x, y, labels):
    return evaluate(x, y, labels=labels, names=["knn"])["knn"]


def test_agrees_with_a_classifier_per_pair(rng):
    # Two classes and five votes cannot tie.
    n = 40
    labels = rng.integers(2, size=n)
    x = sample_uniform(n, 3, rng) + 0.5 * np.eye(3)[labels]
    y = sample_uniform(n, 3, rng) + 0.5 * np.eye(3)[labels]
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    y /= np.linalg.norm(y, axis=1, keepdims=True)
    hits = 0
    for i in range(n):
        others = np.arange(n) != i
        model = KNeighborsClassifier(5).fit(
            np.vstack([x[others], y[others]]), np.tile(labels[others], 2)
        )
        hits += (model.predict(np.stack([x[i], y[i]])) == labels[i]).sum()
    assert knn(x, y, labels) == pytest.approx(hits / (2 * n))


def test_a_pair_does_not_vote_for_itself(rng):
    # Equal views with labels drawn by lot: the twin would give every class away.
    n = 400
    x = sample_uniform(n, 16, rng)
    labels = rng.integers(4, size=n)
    accuracy = knn(x, x, labels)
    # Neighbours come twice, so votes tie often; the fair draw keeps the expectation at ¼.
    assert accuracy == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / n))


def test_ties_earn_a_fair_draw():
    # All rows equal: everyone else votes. Class sizes 2, 2: one own against two others.
    point = np.ones((4, 3))
    assert knn(point, point, [0, 0, 1, 1]) == 0.0
    # Three items, classes a, b, c: a's neighbours are b and c, tied without a.
    assert knn(point[:3], point[:3], ["a", "b", "c"]) == 0.0
    # Classes a, a, b: an a sees one a and one b (tie, ½); b sees only a.
    assert knn(point[:3], point[:3], ["a", "a", "b"]) == pytest.approx((0.5 + 0.5 + 0.0) / 3)


def test_two_pairs_of_two_classes_know_nothing():
    assert knn(np.eye(2), np.eye(2), [0, 1]) == 0.0


def test_one_pair_has_no_neighbours():
    assert np.isnan(knn([[1.0]], [[1.0]], [0]))


def test_clean_classes_are_known_across_views(rng):
    labels = np.arange(30) % 3
    x = np.eye(4)[labels] + 0.01 * rng.standard_normal((30, 4))
    three = evaluate(x, x, x, labels=labels, names=["knn"])
    assert three == {"knn": 1.0}
