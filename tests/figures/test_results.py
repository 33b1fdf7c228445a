"""Tables of results as records hold them."""

import numpy as np
import pytest

from figures.results import (
    interval_of,
    load_comparison,
    load_evaluations,
    load_predictions,
    load_repairs,
    load_verdicts,
    paired_difference,
)
from gaplab.records import RecordError, write_json


def test_everything_a_reproduction_holds(full_run):
    evaluations = load_evaluations(full_run)
    assert list(evaluations) == ["infonce", "gap_closing"]
    assert evaluations["infonce"].n_test == 360
    assert set(load_predictions(full_run)) >= {"free", "cone", "finite_n"}
    assert {row["method"] for row in load_repairs(full_run)} >= {"none", "rotation"}
    assert load_comparison(full_run)[0]["quantity"] == "centroid_gap"
    assert [v["id"] for v in load_verdicts(full_run)] == ["Y.T2", "Y.T3", "Y.T3|A6", "X.1"]


def test_nothing_in_an_empty_folder(tmp_path):
    assert load_evaluations(tmp_path) == {}
    assert load_predictions(tmp_path) == {}
    assert load_repairs(tmp_path) == load_comparison(tmp_path) == load_verdicts(tmp_path) == []


def test_differences_are_paired_by_seed_and_skip_what_is_missing():
    ours = [{"seed": 2, "v": 3.0}, {"seed": 0, "v": 1.0}, {"seed": 1, "v": None}]
    base = [{"seed": 0, "v": 0.5}, {"seed": 2, "v": 1.5}, {"seed": 3, "v": 9.0}]
    found = paired_difference(ours, base, "v")
    assert found.mean == pytest.approx(np.mean([0.5, 1.5]))
    assert found.n == 2
    assert paired_difference(ours, base, "absent") is None
    assert interval_of(ours, "v").n == 2
    assert interval_of(ours, "absent") is None


@pytest.mark.parametrize(
    ("path", "content", "load", "message"),
    [
        ("training/a/evaluation.json", {"loss": "a"}, load_evaluations, "no list of seeds"),
        ("repairs/table.json", {"rows": []}, load_repairs, "not a list of rows"),
        ("repairs/table.json", [{"loss": "a"}], load_repairs, "a row without method"),
        ("comparison/comparison.json", [{"quantity": "a"}], load_comparison, "without reference"),
    ],
)
def test_broken_tables_are_named(tmp_path, path, content, load, message):
    write_json(content, tmp_path / path)
    with pytest.raises(RecordError, match=message):
        load(tmp_path)
