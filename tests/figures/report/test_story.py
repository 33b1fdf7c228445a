"""The summary says what the numbers say, whichever way they came out."""

import pytest

from figures.report.story import (
    agrees,
    comparison_findings,
    ledger_finding,
    prediction_finding,
    repair_finding,
    training_findings,
)
from figures.results import Evaluation


def evaluation(loss, **metrics):
    seeds = range(len(next(iter(metrics.values()))))
    rows = [{"seed": s, **{name: values[s] for name, values in metrics.items()}} for s in seeds]
    return Evaluation(loss, rows)


def answers(ours, base):
    found = training_findings(
        {"infonce": evaluation("infonce", **base), "gap_closing": evaluation("gap_closing", **ours)}
    )
    return [f.answer for f in found], [f.text for f in found]


@pytest.mark.parametrize(
    ("gap", "answer", "word"),
    [
        ([0.1, 0.1, 0.11], "yes", "Yes: 0.103"),
        ([0.9, 0.91, 0.9], "no", "No, it had a larger gap"),
        ([0.1, 0.9, 0.5], "undecided", "contains 0"),
    ],
)
def test_gap(gap, answer, word):
    found, texts = answers({"centroid_gap": gap}, {"centroid_gap": [0.5, 0.52, 0.51]})
    assert found == [answer]
    assert word in texts[0]


@pytest.mark.parametrize(
    ("v", "answer"),
    [
        ([0.8, 0.81, 0.8], "yes"),
        ([0.2, 0.21, 0.2], "no"),
        ([0.5, 0.51, 0.49], "undecided"),
    ],
)
def test_v_measure(v, answer):
    found, texts = answers({"v_measure": v}, {"v_measure": [0.5, 0.5, 0.51]})
    assert found == [answer]
    assert "3 paired seeds" in texts[0]


def test_pairing_decides_what_separate_intervals_could_not():
    base = {"v_measure": [0.2, 0.5, 0.8]}
    assert answers({"v_measure": [0.21, 0.51, 0.81]}, base)[0] == ["yes"]


def test_one_seed_is_undecided():
    found, texts = answers({"centroid_gap": [0.1]}, {"centroid_gap": [0.5]})
    assert found == ["undecided"]
    assert "one seed" in texts[0]
    assert "nan" not in texts[0]


def test_without_plain_clip_there_is_nothing_to_compare_with():
    assert training_findings({"gap_closing": evaluation("gap_closing", v_measure=[0.5])}) == []
    assert training_findings({}) == []


def test_ledger():
    verdicts = [
        {"id": "A", "status": "proved", "expected": "proved"},
        {"id": "B", "status": "open", "expected": None},
    ]
    assert ledger_finding(verdicts).answer == "yes"
    odd = ledger_finding([*verdicts, {"id": "C", "status": "refuted", "expected": "proved"}])
    assert odd.answer == "no"
    assert "Not as expected: C." in odd.text
    assert ledger_finding([]) is None


def test_predictions():
    row = {"quantity": "q", "predicted": 1.0, "measured": 1.1, "low": 0.9, "high": 1.3}
    off = row | {"low": 1.05}
    assert "1 of 2" in prediction_finding({"free": [row, off]}).text
    assert prediction_finding({"free": [row | {"predicted": None}]}) is None
    exact = row | {"low": 2.0, "high": 2.0, "predicted": 2.0 + 1e-9}
    assert agrees(exact)
    assert not agrees(exact | {"predicted": 2.001})


def test_repairs():
    rows = [
        {"method": m, "loss": "infonce", "seed": s, "centroid_gap": g + 0.01 * s, "r1_xy": 0.5}
        for m, g in (("none", 0.6), ("rotation", 0.1))
        for s in range(3)
    ]
    found = repair_finding(rows)
    (point,) = found.points
    assert point.startswith("rotation: gap 0.610 → 0.110 (−0.500")
    assert "undecided" in point
    assert repair_finding([]) is None
    assert repair_finding(rows[:3]) is None


def test_comparison():
    row = {
        "reference": "real", "other": "simulated", "quantity": "centroid_gap", "time_scale": 620.0,
        "correlation": 0.83, "error": 0.2,
    }  # fmt: skip
    own = [row | {"reference": "a", "other": other, "time_scale": 2.0} for other in ("b", "c")]
    matched, *others = comparison_findings([row, *own, row | {"quantity": "loss"}])
    assert matched.question == "Does the matched simulation follow real training?"
    assert "620 steps a unit of flow time" in matched.text
    assert "correlation 0.830, error 0.200" in matched.text
    assert [found.question for found in others] == ["Does b follow a?", "Does c follow a?"]
    assert comparison_findings([]) == []
