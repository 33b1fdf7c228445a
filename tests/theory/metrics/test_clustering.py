import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import v_measure_score

from theory.metrics import evaluate
from theory.metrics.clustering import Clustering


@pytest.fixture
def classes(rng):
    """Three tight classes far apart, paired exactly, 30 items."""
    labels = np.arange(30) % 3
    return np.eye(8)[labels] + 0.02 * rng.standard_normal((30, 8)), labels


def scores(x, y, labels, **options):
    return evaluate(x, y, labels=labels, names=["v_measure"], **options)


def test_clean_classes_are_found(classes):
    x, labels = classes
    assert scores(x, x, labels) == pytest.approx({"v_measure": 1.0, "ari": 1.0, "nmi": 1.0})


def test_labels_without_relation_score_near_zero(rng):
    # Labels laid out across 100 points of no structure; ARI is 0 in expectation.
    x = rng.standard_normal((100, 8))
    result = scores(x, x, np.arange(100) % 2)
    assert result["v_measure"] < 0.1
    assert abs(result["ari"]) < 0.1


def test_a_wide_gap_clusters_by_modality(classes):
    # G.8: two classes, each modality a tight cluster of its own: V-measure falls to 0 …
    x, labels = classes
    x, labels = x[labels < 2], labels[labels < 2]
    y = x + 20 * np.eye(8)[7]
    x = x - 20 * np.eye(8)[7]
    result = scores(x, y, labels)
    assert result["v_measure"] == pytest.approx(0.0, abs=1e-6)
    # … while each text still finds its image among the others' class.
    assert evaluate(x, y, labels=labels, groups=labels, names=["r1_xy"])["r1_xy"] == 1.0


def test_a_collapsed_model_scores_zero_without_a_warning():
    # Fewer distinct rows than classes: scikit-learn warns, and warnings are errors here.
    x = np.ones((12, 4))
    result = scores(x, x, np.arange(12) % 3)
    assert result == pytest.approx({"v_measure": 0.0, "ari": 0.0, "nmi": 0.0}, abs=1e-12)


def test_the_class_counts_not_its_name(classes):
    x, labels = classes
    noisy = x + np.random.default_rng(0).standard_normal(x.shape)
    swapped = np.array([2, 0, 1])[labels]
    assert scores(noisy, x, labels) == pytest.approx(scores(noisy, x, swapped))


def test_seeds_are_averaged(classes, rng):
    x, labels = classes
    noisy = x + 0.5 * rng.standard_normal(x.shape)
    rows = np.vstack([noisy, x])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    truth = np.tile(labels, 2)
    each = []
    for state in np.random.SeedSequence(7).generate_state(Clustering().seeds):
        model = KMeans(3, n_init=Clustering().starts, random_state=int(state)).fit(rows)
        each.append((v_measure_score(truth, model.labels_), geometric(truth, model.labels_)))
    v_measure, nmi = np.mean(each, axis=0)
    result = scores(noisy, x, labels, seed=7)
    assert result["v_measure"] == pytest.approx(v_measure)
    assert result["nmi"] == pytest.approx(nmi)


def geometric(truth, found):
    """Mutual information over the geometric mean of the entropies, from the contingencies."""
    joint = np.zeros((max(truth) + 1, max(found) + 1))
    np.add.at(joint, (truth, found), 1 / len(truth))
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    seen = joint > 0
    information = (joint * np.log(np.where(seen, joint, 1) / np.outer(rows, columns)))[seen].sum()
    return information / np.sqrt((rows @ np.log(rows)) * (columns @ np.log(columns)))


def test_v_measure_of_a_known_clustering():
    # Classes a and b coincide, c lies opposite: two clusters are found where three are asked.
    x = np.array([[1.0, 0.0]] * 4 + [[-1.0, 0.0]] * 2)
    labels = ["a", "a", "b", "b", "c", "c"]
    merged = v_measure_score([0, 0, 1, 1, 2, 2] * 2, [0, 0, 0, 0, 1, 1] * 2)
    assert scores(x, x, labels)["v_measure"] == pytest.approx(merged)
