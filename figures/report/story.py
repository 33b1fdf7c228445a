"""The findings of a run in plain words, derived from its numbers, whichever way they came out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from figures.folder import BASELINE
from figures.results import Evaluation, interval_of, paired_difference
from figures.style import label
from figures.words import interval, number, signed_interval

__all__ = [
    "MATCHED",
    "Finding",
    "agrees",
    "comparison_findings",
    "ledger_finding",
    "prediction_finding",
    "repair_finding",
    "table_findings",
    "training_findings",
]

_QUESTIONS = (
    ("centroid_gap", -1, "a smaller gap", "a larger gap"),
    ("v_measure", 1, "a better V-measure", "a worse V-measure"),
    ("r1_xy", 1, "a better R@1 image → text", "a worse R@1 image → text"),
    ("r1_yx", 1, "a better R@1 text → image", "a worse R@1 text → image"),
)


_REPAIRED = (("centroid_gap", "gap"), ("r1_xy", "R@1 image → text"), ("v_measure", "V-measure"))
MATCHED = ("real", "simulated")
"""What `gaplab reproduce` calls training and the simulation matched to it."""

_COMPARED = ("centroid_gap", "true_pair_cosine")

Rows = Sequence[Mapping[str, Any]]


class Finding(NamedTuple):
    """The answer to a question: yes, no, undecided or told; a sentence, and points below it."""

    answer: str
    question: str
    text: str
    points: tuple[str, ...] = ()


def training_findings(evaluations: Mapping[str, Evaluation]) -> list[Finding]:
    """Whether each loss beat plain CLIP, by paired intervals over the seeds."""
    if BASELINE not in evaluations:
        return []
    base = evaluations[BASELINE]
    return [
        found
        for loss, evaluation in evaluations.items()
        if loss != BASELINE
        for question in _QUESTIONS
        if (found := _versus(evaluation, base, *question)) is not None
    ]


def _versus(
    ours: Evaluation, base: Evaluation, metric: str, wanted: int, better: str, worse: str
) -> Finding | None:
    difference = paired_difference(ours.seeds, base.seeds, metric)
    if difference is None:
        return None
    name, against = label(ours.loss), label(base.loss)
    values = (
        f"{interval(interval_of(ours.seeds, metric))} against "
        f"{interval(interval_of(base.seeds, metric))}; "
        f"difference {signed_interval(difference)} over {difference.n} paired "
        f"{'seeds' if difference.n > 1 else 'seed'}"
    )
    question = f"Did {name} training reach {better} than {against}?"
    if math.isnan(difference.low):
        return Finding("undecided", question, f"Undecided, one seed has no interval: {values}.")
    if difference.sign == 0:
        return Finding(
            "undecided",
            question,
            f"Undecided, the interval contains 0: {values}.",
        )
    if difference.sign == wanted:
        return Finding("yes", question, f"Yes: {values}.")
    return Finding("no", question, f"No, it had {worse}: {values}.")


def repair_finding(rows: Rows, loss: str = BASELINE) -> Finding | None:
    """What each repair of plain CLIP's embeddings did to gap, R@1 and V-measure."""
    mine = [row for row in rows if row.get("loss", loss) == loss]
    before = [row for row in mine if row["method"] == "none"]
    points = []
    for method in dict.fromkeys(str(row["method"]) for row in mine if row["method"] != "none"):
        after = [row for row in mine if row["method"] == method]
        changes = [
            f"{short} {_change(after, before, metric)}"
            for metric, short in _REPAIRED
            if interval_of(before, metric) and interval_of(after, metric)
        ]
        if changes:
            points.append(f"{label(method)}: {'; '.join(changes)}.")
    if not points:
        return None
    return Finding(
        "told",
        f"What do repairs do to the embeddings of {label(loss)}?",
        "Mean before → after on held-out pairs, with the 95 % interval of the paired change:",
        tuple(points),
    )


def table_findings(tables: Mapping[str, Any]) -> list[Finding]:
    """Whether the published order of the methods is found in each benchmark table."""
    return [
        Finding(found["answer"], f"{table['title']}: is the published order found?", found["text"])
        for table in tables.values()
        if isinstance(table, Mapping)
        for found in table.get("findings", ())
    ]


def _change(after: Rows, before: Rows, metric: str) -> str:
    difference = paired_difference(after, before, metric)
    start, end = interval_of(before, metric), interval_of(after, metric)
    assert start is not None
    assert end is not None
    text = f"{number(start.mean)} → {number(end.mean)}"
    if difference is None or math.isnan(difference.low):
        return f"{text} (one seed)"
    unsure = "" if difference.sign else "undecided, "
    return f"{text} ({unsure}{signed_interval(difference)})"


def ledger_finding(verdicts: Rows) -> Finding | None:
    """How many claims were examined, and whether each verdict is the expected one."""
    if not verdicts:
        return None
    counts: dict[str, int] = {}
    for verdict in verdicts:
        counts[verdict["status"]] = counts.get(verdict["status"], 0) + 1
    odd = [str(v["id"]) for v in verdicts if v.get("expected") and v["status"] != v["expected"]]
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    plural = "claims" if len(verdicts) > 1 else "claim"
    rest = f"Not as expected: {', '.join(odd)}." if odd else "Each as expected."
    return Finding(
        "no" if odd else "yes",
        "Is every verdict on the theory the expected one?",
        f"{len(verdicts)} {plural} examined: {told}. {rest}",
    )


def prediction_finding(tables: Mapping[str, Rows]) -> Finding | None:
    """How many predictions lie in the 95 % interval of what was measured."""
    rows = [row for table in tables.values() for row in table]
    judged = [r for r in rows if None not in (r.get("predicted"), r.get("low"), r.get("high"))]
    if not judged:
        return None
    inside = sum(map(agrees, judged))
    return Finding(
        "told",
        "Do simulations on the sphere agree with the predictions?",
        f"{inside} of {len(judged)} predictions lie inside the 95 % interval of the measurement; "
        "the table of predictions has every one, with its deviation.",
    )


def agrees(row: Mapping[str, Any]) -> bool:
    """Whether the prediction lies in the interval of the measurement, up to rounding.

    The interval of a quantity that is the same for every seed has no width; 1e-6 of the
    prediction (1e-6 where it is 0) stands for what a simulation's last step leaves.
    """
    slack = 1e-6 * (abs(row["predicted"]) or 1.0)
    return bool(row["low"] - slack <= row["predicted"] <= row["high"] + slack)


def comparison_findings(rows: Rows) -> list[Finding]:
    """How closely each run follows the reference, such as the matched simulation real training."""
    pairs: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["quantity"] in _COMPARED:
            pairs.setdefault((str(row["reference"]), str(row["other"])), []).append(row)
    return [_following(*pair, found) for pair, found in pairs.items()]


def _following(reference: str, other: str, rows: Rows) -> Finding:
    matched = (reference, other) == MATCHED
    question = (
        "Does the matched simulation follow real training?"
        if matched
        else f"Does {other} follow {reference}?"
    )
    unit = "steps a unit of flow time" if matched else "of the first's time a unit of the second's"
    parts = [
        f"{label(row['quantity'])}: correlation {number(row.get('correlation'))}, "
        f"error {number(row.get('error'))} of its range"
        for row in rows
    ]
    scale = number(rows[0].get("time_scale"))
    return Finding(
        "told",
        question,
        f"With one fitted number, the ratio of the clocks ({scale} {unit}): {'; '.join(parts)}.",
    )
