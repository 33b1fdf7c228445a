"""What every registered metric must do, whichever it is."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.metrics import METRICS, Sample, View, evaluate, names
from theory.strategies import paired_clouds

# Rounding of float64 inner products, roots of which (distances near 0) keep half the digits.
ROUNDING = 1e-7

# These draw splits or starting centres by row number, so a permutation changes the draw.
DRAWING = {"v_measure", "separability", "linear_probe"}


@pytest.fixture
def cloud(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sixty noisy pairs of three classes in dimension 6, with a gap."""
    labels = np.arange(60) % 3
    shared = rng.standard_normal((3, 6))[labels] + 0.4 * rng.standard_normal((60, 6))
    x = shared + 0.3 * rng.standard_normal((60, 6))
    y = shared + 0.3 * rng.standard_normal((60, 6)) + np.eye(6)[0]
    return x, y, labels


@pytest.mark.parametrize("name", names())
def test_keys_are_those_declared_and_unique(name, cloud):
    x, y, labels = cloud
    result = METRICS.create(name)(Sample.of(x, y, labels=labels))
    bare = {key.removesuffix("_x").removesuffix("_y") for key in result}
    assert bare == set(METRICS[name].keys)
    others = {key for other in names() if other != name for key in METRICS[other].keys}
    assert not others & set(METRICS[name].keys)
    assert all(type(value) is float and np.isfinite(value) for value in result.values())


@pytest.mark.parametrize("name", names())
def test_rotation_of_the_space_changes_nothing(name, cloud, rng):
    x, y, labels = cloud
    q = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    before = evaluate(x, y, labels=labels, names=[name])
    after = evaluate(x @ q, y @ q, labels=labels, names=[name])
    assert after == pytest.approx(before, abs=ROUNDING)


@pytest.mark.parametrize("name", [n for n in names() if n not in DRAWING])
def test_order_of_the_pairs_changes_nothing(name, cloud, rng):
    x, y, labels = cloud
    p = rng.permutation(len(x))
    before = evaluate(x, y, labels=labels, groups=labels, names=[name])
    after = evaluate(x[p], y[p], labels=labels[p], groups=labels[p], names=[name])
    assert after == pytest.approx(before, abs=ROUNDING)


@pytest.mark.parametrize("name", names())
def test_swapping_the_views_swaps_their_names(name, cloud):
    x, y, labels = cloud
    swap = {"x": "y", "y": "x", "xy": "yx", "yx": "xy"}
    before = evaluate(x, y, labels=labels, names=[name])
    after = evaluate(y, x, labels=labels, names=[name])
    for key, value in before.items():
        head, _, tail = key.rpartition("_")
        mirrored = f"{head}_{swap[tail]}" if tail in swap else key
        # k-means starts from row numbers: another order, another local optimum.
        slack = 0.05 if name == "v_measure" else ROUNDING
        assert after[mirrored] == pytest.approx(value, abs=slack), key


@pytest.mark.parametrize("name", names())
def test_length_of_the_rows_changes_nothing(name, cloud, rng):
    x, y, labels = cloud
    stretched = x * rng.uniform(0.1, 10.0, (60, 1))
    before = evaluate(x, y, labels=labels, names=[name])
    assert evaluate(stretched, y, labels=labels, names=[name]) == pytest.approx(
        before, abs=ROUNDING
    )


@pytest.mark.parametrize("name", names())
def test_same_seed_same_numbers(name, cloud):
    x, y, labels = cloud
    assert evaluate(x, y, labels=labels, names=[name], seed=3) == evaluate(
        x, y, labels=labels, names=[name], seed=3
    )


@pytest.mark.parametrize("name", names())
def test_three_views_average_their_pairs(name, cloud, rng):
    x, y, labels = cloud
    views = (x, y, x + rng.standard_normal(x.shape))
    three = evaluate(*views, labels=labels, names=[name])
    for key in METRICS[name].keys:
        if f"{key}_0" in three:
            for i, view in enumerate(views):
                alone = evaluate(view, x, labels=labels, names=[name])[f"{key}_x"]
                assert three[f"{key}_{i}"] == pytest.approx(alone, abs=ROUNDING)
        elif f"{key}_01" in three:
            parts = []
            for a, b in ((0, 1), (0, 2), (1, 2)):
                alone = evaluate(views[a], views[b], labels=labels, names=[name])[key]
                assert three[f"{key}_{a}{b}"] == pytest.approx(alone, abs=ROUNDING)
                parts.append(alone)
            assert three[key] == pytest.approx(np.mean(parts), abs=ROUNDING)
        else:
            assert list(three) == list(METRICS[name].keys)


@given(paired_clouds(), st.booleans())
def test_any_cloud_is_measured_or_said_to_be_undefined(cloud, classes):
    x, y = cloud
    labels = np.arange(len(x)) % 2 if classes and len(x) > 1 else None
    for key, value in evaluate(x, y, labels=labels).items():
        assert isinstance(value, float), key
        assert not np.isinf(value), key


def test_tensors_and_arrays_agree(cloud):
    x, y, _ = cloud
    tensors = (torch.tensor(x, requires_grad=True), torch.tensor(y))
    assert evaluate(*tensors, names=["centroid_gap", "recall"]) == evaluate(
        x, y, names=["centroid_gap", "recall"]
    )


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
