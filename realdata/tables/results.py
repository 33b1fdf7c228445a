"""From evaluations of paired seeds to rows with intervals, decisions and published numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from realdata.tables.definitions import Column
from theory.statistics import holm, mean_interval, paired_interval, paired_p_value

__all__ = ["BASELINE", "PRESERVED", "PUBLISHED", "ordering", "published", "summarise"]

BASELINE = "clip"
"""The method that the others are compared with."""

PRESERVED = -0.02
"""R@1 is preserved if the interval of its difference lies above: two points."""

LEVEL = 0.05

ORDERED = ("gap_closing", "gap_closing_published")
"""The methods that [Grassucci2026] puts before CLIP."""

_ANSWERS = {
    "better": "holds",
    "worse": "does not hold",
    "yes": "holds",
    "no": "does not hold",
    "undecided": "undecided",
}

PUBLISHED: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "cifar10": {
        "CLIP (learned τ)": {
            "centroid_gap": 0.86,
            "r1_xy": 0.820,
            "v_measure": 0.670,
            "knn": 0.812,
        },
        "CLIP (fixed τ)": {"centroid_gap": 0.14, "r1_xy": 0.821, "v_measure": 0.676, "knn": 0.819},
        "gap-closing": {"centroid_gap": 0.09, "r1_xy": 0.824, "v_measure": 0.679, "knn": 0.824},
    },
    "coco": {
        "CLIP (learned τ)": {
            "centroid_gap": 0.47,
            "r1_xy": 0.746,
            "v_measure": 0.1298,
            "knn": 0.263,
        },
        "CLIP (fixed τ)": {"centroid_gap": 0.12, "r1_xy": 0.732, "v_measure": 0.1299, "knn": 0.310},
        "gap-closing": {"centroid_gap": 0.03, "r1_xy": 0.703, "v_measure": 0.2363, "knn": 0.364},
    },
    "av_mnist": {
        "CLIP (learned τ)": {
            "centroid_gap": 0.20,
            "r1_xy_02": 0.871,
            "r1_xy_12": 0.842,
            "v_measure": 0.776,
            "knn": 0.870,
        },
        "CLIP (fixed τ)": {
            "centroid_gap": 0.24,
            "r1_xy_02": 0.841,
            "r1_xy_12": 0.804,
            "v_measure": 0.738,
            "knn": 0.850,
        },
        "gap-closing": {
            "centroid_gap": 0.09,
            "r1_xy_02": 0.887,
            "r1_xy_12": 0.891,
            "v_measure": 0.827,
            "knn": 0.892,
        },
    },
}
"""Of [Grassucci2026], without error bars there: its own models, data sizes and splits."""


def published(source: str) -> list[dict[str, Any]]:
    """Rows of the paper, labelled as its own; none for a table without a source."""
    return [
        {"method": title, "published": True, **values}
        for title, values in PUBLISHED.get(source, {}).items()
    ]


def summarise(
    evaluations: Mapping[str, Sequence[Mapping[str, Any]]], columns: Sequence[Column]
) -> list[dict[str, Any]]:
    """One row a method: means, paired differences to the first method, and decisions.

    Parameters
    ----------
    evaluations : mapping of str to sequence of dict
        For every method, what `judge` found for each seed, with its ``seed``. The first method
        is the baseline.
    columns : sequence of Column

    Returns
    -------
    list of dict
        ``method``, ``n_seeds`` and per metric ``mean``, ``low``, ``high``; for all but the first
        also ``difference`` (``mean``, ``low``, ``high``: 95 % t-interval over seeds that both
        have), ``p`` (paired t-test, Holm-corrected over all methods and metrics of the table)
        and ``decision``: *better*, *worse* or *undecided* at 5 %. For R@1, ``preserved`` says
        whether the interval lies above −2 points (*yes*), below (*no*), or neither (*undecided*).
    """
    first, *others = evaluations
    rows: list[dict[str, Any]] = []
    tested: list[dict[str, Any]] = []
    for method, seeds in evaluations.items():
        row: dict[str, Any] = {"method": method, "n_seeds": len(seeds), "metrics": {}}
        for column in columns:
            values = [s[column.metric] for s in seeds if s.get(column.metric) is not None]
            if not values:
                continue
            cell: dict[str, Any] = mean_interval(values)._asdict()
            if method in others:
                cell |= _compare(seeds, evaluations[first], column)
                if "p" in cell:
                    tested.append(cell)
            row["metrics"][column.metric] = cell
        rows.append(row)
    for cell, corrected in zip(tested, holm([cell["p"] for cell in tested]), strict=True):
        cell["p"] = float(corrected)
        if corrected >= LEVEL:
            cell["decision"] = "undecided"
    return rows


def ordering(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Whether the order that [Grassucci2026] publishes is found: gap, V-measure, kNN and R@1.

    Parameters
    ----------
    rows : sequence of mapping
        Of `summarise`.
    columns : sequence of Column

    Returns
    -------
    list of dict
        For gap-closing in either form: ``method``, ``metric``, ``expected`` (*smaller*, *larger*,
        or for R@1 *preserved*), the paired ``difference`` to CLIP and the ``answer``: *holds*,
        *does not hold* or *undecided*, by the decisions of `summarise`.
    """
    found = []
    for row in rows:
        if row["method"] not in ORDERED:
            continue
        for column in columns:
            cell = row["metrics"].get(column.metric, {})
            if "difference" not in cell or column.metric == "true_pair_cosine":
                continue
            kept = "preserved" in cell
            found.append(
                {
                    "method": row["method"],
                    "metric": column.metric,
                    "expected": "preserved" if kept else _EXPECTED[column.better],
                    "difference": cell["difference"],
                    "answer": _ANSWERS[cell["preserved" if kept else "decision"]],
                }
            )
    return found


_EXPECTED = {-1: "smaller", 1: "larger"}


def _compare(
    seeds: Sequence[Mapping[str, Any]], baseline: Sequence[Mapping[str, Any]], column: Column
) -> dict[str, Any]:
    """Difference to the baseline over the seeds that both have."""
    theirs = {s["seed"]: s.get(column.metric) for s in baseline}
    pairs = np.array(
        [
            (s[column.metric], theirs[s["seed"]])
            for s in seeds
            if s.get(column.metric) is not None and theirs.get(s["seed"]) is not None
        ],
        dtype=float,
    )
    if len(pairs) == 0:
        return {}
    difference = paired_interval(pairs[:, 0], pairs[:, 1])
    found: dict[str, Any] = {"difference": difference._asdict()}
    if len(pairs) > 1:
        found["p"] = paired_p_value(pairs[:, 0], pairs[:, 1])
        found["decision"] = "better" if difference.mean * column.better > 0 else "worse"
    else:
        found["decision"] = "undecided"
    if column.metric.startswith("r1_"):
        low, high = difference.low, difference.high
        found["preserved"] = "yes" if low > PRESERVED else "no" if high < PRESERVED else "undecided"
    return found
