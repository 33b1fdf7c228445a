import numpy as np
import pytest

from theory.metrics import evaluate
from theory.sphere import sample_uniform, sample_vmf


def separability(x, y, **options):
    result = evaluate(x, y, names=["separability"], **options)
    return result["separability_auc"], result["separability_accuracy"]


def probe(x, y, labels):
    return evaluate(x, y, labels=labels, names=["linear_probe"])["linear_probe"]


def test_equal_views_cannot_be_told_apart(rng):
    x = sample_uniform(60, 5, rng)
    assert separability(x, x) == (0.5, 0.5)


def test_views_of_one_law_are_near_chance(rng):
    auc, accuracy = separability(sample_uniform(500, 8, rng), sample_uniform(500, 8, rng))
    # 1000 held-out decisions in all: 4 standard errors of a fair coin.
    assert abs(accuracy - 0.5) < 4 * 0.5 / np.sqrt(1000)
    assert abs(auc - 0.5) < 4 * np.sqrt(1 / (6 * 500))


def test_a_gap_parts_the_views(rng):
    x = sample_vmf(np.eye(16)[0], 200.0, 100, rng)
    y = sample_vmf(np.eye(16)[1], 200.0, 100, rng)
    assert separability(x, y) == (1.0, 1.0)


def test_pairs_are_kept_on_one_side(rng):
    # High dimension, no law of modality, x_i ≈ −y_i: with the partner seen, memory would answer.
    x = sample_uniform(40, 200, rng)
    auc, _ = separability(x, -x)
    assert abs(auc - 0.5) < 4 * np.sqrt(1 / (6 * 40))


def test_collapsed_views_at_two_points():
    x, y = np.tile([1.0, 0.0], (6, 1)), np.tile([0.0, 1.0], (6, 1))
    assert separability(x, y) == (1.0, 1.0)
    assert separability(x, x) == (0.5, 0.5)


def test_two_pairs_suffice_and_one_does_not():
    assert separability(np.eye(3)[[0, 0]], np.eye(3)[[1, 1]]) == (1.0, 1.0)
    assert np.isnan(separability([[1.0]], [[-1.0]])).all()


def test_probe_finds_linear_classes(rng):
    labels = np.arange(60) % 3
    x = np.eye(5)[labels] + 0.05 * rng.standard_normal((60, 5))
    assert probe(x, x + np.eye(5)[4], labels) == 1.0


def test_probe_of_drawn_labels_is_chance(rng):
    # More dimensions than items, equal views: a split pair would be remembered.
    x = sample_uniform(200, 300, rng)
    labels = rng.integers(4, size=200)
    # Twins share their fate, so 200 independent answers.
    assert probe(x, x, labels) == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 200))


def test_probe_needs_two_classes_in_each_half():
    assert np.isnan(probe(np.eye(2), np.eye(2), [0, 1]))
