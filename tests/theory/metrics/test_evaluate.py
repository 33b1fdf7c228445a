"""The two entry points: which keys come back, in which form."""

import numpy as np
import pytest

from theory.errors import InputError
from theory.metrics import METRICS, evaluate, names, snapshot

FIXED_KEYS = [
    "centroid_gap",
    "gap_angle",
    "mean_length_x",
    "mean_length_y",
    "true_pair_cosine",
    "l2i",
    "uniformity_x",
    "uniformity_y",
    "relative_modality_gap",
    "effective_rank_x",
    "effective_rank_y",
    "r1_xy",
    "r1_yx",
    "r5_xy",
    "r5_yx",
    "r10_xy",
    "r10_yx",
    "v_measure",
    "knn",
]


@pytest.fixture
def pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.standard_normal((24, 5)), rng.standard_normal((24, 5))


def test_default_is_everything_that_applies(pair):
    labels = np.arange(24) % 4
    with_labels = evaluate(*pair, labels=labels)
    assert set(FIXED_KEYS) <= set(with_labels)
    need = {key for n in names() if METRICS[n].needs_labels for key in METRICS[n].keys}
    assert set(with_labels) - set(evaluate(*pair)) == need


def test_names_are_metrics_or_keys(pair):
    assert list(evaluate(*pair, names=["r1_xy"])) == ["r1_xy"]
    assert list(evaluate(*pair, names=["uniformity_y"])) == ["uniformity_y"]
    assert list(evaluate(*pair, names="participation_ratio")) == [
        "participation_ratio_x",
        "participation_ratio_y",
    ]
    assert len(evaluate(*pair, names=["recall"])) == 6
    three = evaluate(*pair, pair[0], names=["r1_xy", "centroid_gap_12"])
    assert list(three) == ["r1_xy", "r1_xy_01", "r1_xy_02", "r1_xy_12", "centroid_gap_12"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ("centroid_gapp", "unknown metric 'centroid_gapp'.*Did you mean 'centroid_gap'"),
        ("centroid_gap_x", "'centroid_gap_x' does not exist for 2 views"),
        ("uniformity_2", "'uniformity_2' does not exist for 2 views"),
        ("v_measure", "'v_measure' needs classes; pass labels"),
        ("ari", "'ari' needs classes"),
    ],
)
def test_a_name_that_cannot_be_given_is_explained(pair, request_, message):
    with pytest.raises(InputError, match=message):
        evaluate(*pair, names=[request_])


def test_each_metric_runs_once(pair, monkeypatch):
    calls = []
    recall = METRICS["recall"]
    original = recall.of_pair
    monkeypatch.setattr(recall, "of_pair", lambda *a: calls.append(1) or original(*a))
    evaluate(*pair, names=["r1_xy", "r5_xy", "recall"])
    assert calls == [1]


def test_snapshot_adds_spectra_and_angles_to_the_cheap_metrics(pair):
    labels = np.arange(24) % 4
    result = snapshot(*pair, labels=labels)
    arrays = {key for key, value in result.items() if isinstance(value, np.ndarray)}
    assert arrays == {"spectrum_x", "spectrum_y", "principal_angles"}
    assert "knn" in result
    assert "v_measure" not in result
    assert "v_measure" in snapshot(*pair, labels=labels, names=["v_measure"])
    floats = {k: v for k, v in result.items() if k not in arrays}
    assert floats == {k: v for k, v in evaluate(*pair, labels=labels).items() if k in floats}
    assert result["spectrum_x"].sum() == pytest.approx(1.0)
    assert (np.diff(result["spectrum_x"]) <= 0).all()
    entropy = -(result["spectrum_x"] * np.log(result["spectrum_x"])).sum()
    assert np.exp(entropy) == pytest.approx(result["effective_rank_x"])


def test_snapshot_arrays_stack_over_steps(rng):
    # Dimensions 1 and 3 of the same data set at two steps: equal shapes, padded with nan.
    narrow = rng.standard_normal((9, 1)) * np.eye(4)[0]
    full = rng.standard_normal((9, 4))
    early, late = snapshot(narrow, full), snapshot(full, full)
    assert early["principal_angles"].shape == late["principal_angles"].shape == (4,)
    assert np.isfinite(early["principal_angles"]).sum() == 1
    assert early["principal_angles"][0] == early["smallest_principal_angle"]
    assert early["spectrum_x"].shape == (4,)


def test_snapshot_of_three_views_names_them_by_number(pair, rng):
    result = snapshot(*pair, rng.standard_normal((24, 5)))
    assert {"spectrum_0", "spectrum_1", "spectrum_2"} <= set(result)
    assert {"principal_angles_01", "principal_angles_02", "principal_angles_12"} <= set(result)
