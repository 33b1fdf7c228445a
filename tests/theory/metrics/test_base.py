"""What every registered metric must do, whichever it is."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory.metrics import METRICS, Sample, evaluate, names
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
