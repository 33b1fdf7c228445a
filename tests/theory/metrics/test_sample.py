"""Views, and what is known of the pairs."""

import numpy as np
import pytest
import torch

from theory.errors import InputError
from theory.metrics import METRICS, Sample, View, evaluate


@pytest.fixture
def cloud(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sixty pairs of three classes without structure, in dimension 6."""
    x, y = rng.standard_normal((2, 60, 6))
    return x, y, np.arange(60) % 3


def test_labels_of_any_kind_are_codes(cloud):
    x, y, labels = cloud
    words = np.array(["zebra", "ant", "cat"])[labels]
    expected = evaluate(x, y, labels=labels, names=["knn"])
    assert evaluate(x, y, labels=list(words), names=["knn"]) == expected
    assert evaluate(x, y, labels=torch.tensor(labels), names=["knn"]) == expected
    assert evaluate(x, y, labels=words.astype(object), names=["knn"]) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": [0, 1]}, r"labels has shape \(2,\).*60 rows"),
        ({"labels": np.zeros(60)}, "labels holds a single class"),
        ({"groups": np.zeros((60, 1))}, r"groups has shape \(60, 1\)"),
        ({"labels": [0.0, 1.0, np.nan] * 20}, "labels has no value for row 2"),
        ({"groups": ["a", None, "b"] * 20}, "groups has no value for row 1"),
    ],
)
def test_bad_annotations_are_named(cloud, options, message):
    x, y, _ = cloud
    with pytest.raises(InputError, match=message):
        evaluate(x, y, **options)


def test_one_view_has_no_gap(cloud):
    with pytest.raises(InputError, match="two or more"):
        evaluate(cloud[0])


def test_view_statistics_follow_their_definitions(rng):
    rows = rng.standard_normal((9, 4)).astype(np.float32)
    view = View(rows)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert view.rows.dtype == np.float64
    np.testing.assert_allclose(view.rows, unit, atol=1e-7)  # float32 rows
    unit = view.rows
    np.testing.assert_allclose(view.covariance, np.cov(unit.T, bias=True), atol=1e-15)
    np.testing.assert_allclose(view.singular_values, np.linalg.svd(unit)[1], rtol=1e-13)
    # Right singular vectors diagonalise the second moment, in order.
    moment = view.right_vectors @ unit.T @ unit @ view.right_vectors.T
    np.testing.assert_allclose(moment, np.diag(view.singular_values**2), atol=1e-13)


def test_halves_split_pairs_never(rng):
    sample = Sample.of(rng.standard_normal((7, 2)), rng.standard_normal((7, 2)))
    first, second = sample.halves()
    assert sorted([*first, *second]) == list(range(7))
    assert len(first) == 3


def test_float32_rows_give_the_same_numbers_to_their_digits(rng):
    labels = np.arange(300) % 3
    x = rng.standard_normal((300, 6)) + np.eye(6)[labels]
    y = x + 0.3 * rng.standard_normal((300, 6)) + 1
    x[:, 5] = 0.0  # a direction that is not used
    exact = Sample.of(x, y, labels=labels, groups=np.arange(300) // 2)
    single = exact.subset(np.arange(300), np.float32)
    assert single.views[0].rows.dtype == np.float32
    for name, metric in METRICS.items():
        found, wanted = metric()(single), metric()(exact)
        # Seven digits in the rows; angles of equal directions and k-means see their rounding.
        assert found == pytest.approx(wanted, rel=2e-3, abs=2e-3), name


def test_a_subset_keeps_items_with_their_labels_and_groups(rng):
    rows = rng.standard_normal((4, 3))
    part = Sample.of(rows, -rows, labels=[0, 1, 2, 1], groups=list("abca")).subset(np.array([3, 1]))
    np.testing.assert_allclose(part.views[1].rows, View(-rows[[3, 1]]).rows, rtol=1e-15)
    assert part.labels.tolist() == [0, 0]
    assert part.groups.tolist() == [0, 1]
