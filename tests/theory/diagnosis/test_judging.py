"""The table of repairs, and the recommendation that is read off it."""

import numpy as np
import pytest

from theory import repairs
from theory.diagnosis import BEFORE, Estimate, Judgement, compare_repairs
from theory.diagnosis.judging import recommend
from theory.errors import InputError
from theory.metrics import evaluate


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch):
    monkeypatch.setattr("theory.diagnosis.judging.DRAWS", 4)
    monkeypatch.setattr("theory.diagnosis.judging.RESAMPLES", 60)


def test_every_registered_repair_has_its_row(cloud):
    x, y, labels = cloud(n=200)
    found = compare_repairs(x, y, labels=labels)
    assert [row.method for row in found.rows] == [BEFORE, *repairs.names()]
    assert (found.fitted, found.judged) == (100, 100)
    for row in found.rows:
        if row.note:
            assert not row.values
            continue
        for key in ("centroid_gap", "true_pair_cosine", "r1_xy", "v_measure", "knn"):
            estimate = row.values[key]
            assert estimate.low <= estimate.value <= estimate.high, (row.method, key)
    before = found.rows[0]
    assert all(change.value == 0 for change in before.changes.values())
    assert before.values["neighbourhood"].value == 1


def test_repairs_are_fitted_on_one_half_and_judged_on_the_other(cloud):
    x, y, _ = cloud(n=200, gap=2.0)
    found = compare_repairs(x, y, methods=["translation"], seed=5)
    order = np.random.default_rng(5).permutation(200)
    seen, unseen = order[:100], order[100:]
    repair = repairs.create("translation").fit(x[np.sort(seen)], y[np.sort(seen)])
    after = evaluate(*repair.transform(x[unseen], y[unseen]), names=["centroid_gap"])
    row = found.rows[1]
    assert row.values["centroid_gap"].value == pytest.approx(after["centroid_gap"], rel=1e-9)
    before = evaluate(x[unseen], y[unseen], names=["centroid_gap"])["centroid_gap"]
    change = row.changes["centroid_gap"]
    assert change.value == pytest.approx(after["centroid_gap"] - before, rel=1e-9)
    assert change.high < 0


def test_three_views_and_threads(cloud, rng):
    x, y, labels = cloud(n=120)
    z = x + 0.2 * rng.standard_normal(x.shape)
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    options = {"labels": labels, "methods": ["translation", "procrustes"]}
    one = compare_repairs(x, y, z, **options)
    assert one == compare_repairs(x, y, z, jobs=2, **options)
    assert set(one.to_dict()["rows"][1]["values"]) >= {"r1_xy", "knn", "neighbourhood"}


def test_what_cannot_be_fitted_is_noted(cloud, monkeypatch):
    x, y, _ = cloud(n=60)

    def fail(self, *views):
        raise InputError("the views share no direction; use another repair.")

    monkeypatch.setattr(repairs.SharedProjection, "fit", fail)
    found = compare_repairs(x, y, methods=["shared_projection", "translation"])
    assert found.rows[1].note.startswith("the views share no direction")
    assert found.recommendation.method == "translation"


def test_an_unknown_method_is_refused_before_any_work(cloud):
    x, y, _ = cloud(n=20)
    with pytest.raises(InputError, match="Did you mean 'rotation'"):
        compare_repairs(x, y, methods=["rotatoin"])


def row(method, gap, recall=(0.0, 0.0, 0.0)):
    values = {
        key: Estimate(value, value, value, "")
        for key, value in (("relative_modality_gap", gap), ("neighbourhood", 0.9))
    }
    changes = {
        "relative_modality_gap": Estimate(gap - 0.5, gap - 0.51, gap - 0.49, ""),
        "r1_xy": Estimate(*recall, ""),
    }
    return Judgement(method, values, changes)


def test_the_recommendation_takes_the_closest_at_no_loss():
    none = row(BEFORE, 0.5)
    lossy = row("cca", 0.1, recall=(-0.2, -0.3, -0.1))
    found = recommend([none, row("translation", 0.4), row("rotation", 0.2), lossy])
    assert found.method == "rotation"
    assert found.reason.endswith("Ruled out by a loss: cca.")
    assert recommend([none, lossy]).method == BEFORE
    assert "lowers retrieval" in recommend([none, lossy]).reason
    assert "no repair brings" in recommend([none, row("rotation", 0.6)]).reason
    assert recommend([none]).method == BEFORE
