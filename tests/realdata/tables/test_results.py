"""Rows, differences, corrections and decisions of a table."""

from typing import Any

import numpy as np
import pytest

from realdata.tables import Column, ordering, published, summarise
from theory.statistics import holm, paired_interval, paired_p_value

GAP, RECALL = Column("centroid_gap", "gap", -1), Column("r1_xy", "R@1", 1)


def seeds(gaps: list[float], recalls: list[float]) -> list[dict[str, Any]]:
    return [
        {"seed": k, "centroid_gap": g, "r1_xy": r}
        for k, (g, r) in enumerate(zip(gaps, recalls, strict=True))
    ]


BASE = seeds([0.50, 0.52, 0.48, 0.51, 0.49], [0.80, 0.81, 0.79, 0.80, 0.80])
CLOSED = seeds([0.10, 0.13, 0.07, 0.12, 0.08], [0.80, 0.81, 0.79, 0.805, 0.795])
NOISY = seeds([0.30, 0.90, 0.10, 0.80, 0.40], [0.60, 0.99, 0.55, 0.90, 0.70])
COLLAPSED = seeds([0.49, 0.53, 0.47, 0.52, 0.49], [0.50, 0.51, 0.49, 0.50, 0.50])


def test_differences_are_paired_and_corrected_over_the_table() -> None:
    rows = summarise({"clip": BASE, "a": CLOSED, "b": NOISY, "c": COLLAPSED}, (GAP, RECALL))
    assert [row["method"] for row in rows] == ["clip", "a", "b", "c"]
    raw = [
        paired_p_value([s[c.metric] for s in m], [s[c.metric] for s in BASE])
        for m in (CLOSED, NOISY, COLLAPSED)
        for c in (GAP, RECALL)
    ]
    corrected = [row["metrics"][c.metric]["p"] for row in rows[1:] for c in (GAP, RECALL)]
    np.testing.assert_allclose(corrected, holm(raw))
    gap = rows[1]["metrics"]["centroid_gap"]
    expected = paired_interval([s["centroid_gap"] for s in CLOSED], [0.50, 0.52, 0.48, 0.51, 0.49])
    assert gap["difference"] == expected._asdict()
    assert "difference" not in rows[0]["metrics"]["centroid_gap"]


def test_decisions_know_which_way_is_better() -> None:
    rows = summarise({"clip": BASE, "a": CLOSED, "b": NOISY, "c": COLLAPSED}, (GAP, RECALL))
    decided = {row["method"]: row["metrics"] for row in rows[1:]}
    assert decided["a"]["centroid_gap"]["decision"] == "better"
    assert decided["b"]["centroid_gap"]["decision"] == "undecided"
    assert decided["c"]["r1_xy"]["decision"] == "worse"
    assert {m: d["r1_xy"]["preserved"] for m, d in decided.items()} == {
        "a": "yes",
        "b": "undecided",
        "c": "no",
    }


def test_seeds_are_paired_by_number_whatever_their_order() -> None:
    shuffled = [CLOSED[k] for k in (3, 0, 4)]
    rows = summarise({"clip": BASE, "a": shuffled}, (GAP,))
    difference = rows[1]["metrics"]["centroid_gap"]["difference"]
    assert difference["n"] == 3
    assert difference["mean"] == pytest.approx(np.mean([0.12 - 0.51, 0.10 - 0.50, 0.08 - 0.49]))


def test_one_seed_decides_nothing_and_a_missing_metric_is_left_out() -> None:
    rows = summarise({"clip": BASE[:1], "a": CLOSED[:1], "b": [{"seed": 0}]}, (GAP, RECALL))
    assert rows[1]["metrics"]["centroid_gap"]["decision"] == "undecided"
    assert rows[1]["metrics"]["r1_xy"]["preserved"] == "undecided"
    assert rows[2]["metrics"] == {}


def test_the_published_order_is_held_against_the_decisions() -> None:
    columns = (GAP, RECALL)
    rows = summarise({"clip": BASE, "gap_closing": CLOSED, "other": NOISY}, columns)
    found = ordering(rows, columns)
    assert [(e["method"], e["metric"], e["expected"], e["answer"]) for e in found] == [
        ("gap_closing", "centroid_gap", "smaller", "holds"),
        ("gap_closing", "r1_xy", "preserved", "holds"),
    ]
    assert found[0]["difference"] == rows[1]["metrics"]["centroid_gap"]["difference"]
    against = summarise({"clip": CLOSED, "gap_closing_published": COLLAPSED}, columns)
    assert [e["answer"] for e in ordering(against, columns)] == ["does not hold"] * 2
    unclear = summarise({"clip": BASE, "gap_closing": NOISY}, columns)
    assert [e["answer"] for e in ordering(unclear, columns)] == ["undecided"] * 2
    assert (
        ordering(summarise({"clip": BASE[:1], "gap_closing": CLOSED[:1]}, (GAP,)), (GAP,))[0][
            "answer"
        ]
        == "undecided"
    )


def test_published_rows_say_that_they_are() -> None:
    rows = published("av_mnist")
    assert len(rows) == 3
    assert all(row["published"] for row in rows)
    assert rows[2]["centroid_gap"] == 0.09
    assert published("") == []
