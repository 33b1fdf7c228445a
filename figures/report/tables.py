"""The report's tables of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from figures.folder import BASELINE
from figures.report.html import Markup, join, paragraph, table, tag
from figures.report.story import MATCHED, agrees
from figures.results import (
    Evaluation,
    interval_of,
    paired_difference,
    row_interval,
    saved_interval,
)
from figures.style import label
from figures.words import ANGLES, interval, number, signed_interval

__all__ = [
    "benchmark",
    "comparison",
    "plain",
    "predictions",
    "pretrained",
    "rates",
    "repairs",
    "training",
    "training_setting",
]

_SHOWN = (
    "centroid_gap",
    "gap_angle",
    "true_pair_cosine",
    "relative_modality_gap",
    "r1_xy",
    "r1_yx",
    "r5_xy",
    "r5_yx",
    "r10_xy",
    "r10_yx",
    "v_measure",
    "knn",
    "effective_rank_x",
    "effective_rank_y",
    "uniformity_x",
    "uniformity_y",
    "infonce",
    "logit_scale",
    "seconds",
)
_IN_TRAINING = {"infonce": "InfoNCE on all test pairs", "seconds": "seconds of training"}
_REPAIRED = ("centroid_gap", "gap_angle", "true_pair_cosine", "r1_xy", "r1_yx", "v_measure", "knn")

plain = table


def _heading(metric: str) -> str:
    unit = " (°)" if metric in ANGLES else ""
    return _IN_TRAINING.get(metric, label(metric)) + unit


def _factor(metric: str) -> float:
    return 180.0 / np.pi if metric in ANGLES else 1.0


def predictions(experiment: str, rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Measured beside predicted, with the interval over seeds, and if the prediction is inside."""
    head = ("quantity", "setting", "predicted", "measured", "inside", "source")
    body = [
        (
            label(str(row["quantity"])) + (f" ({row['unit']})" if row.get("unit") else ""),
            tag("span", row.get("setting") or "–", class_="wrap"),
            number(row.get("predicted")),
            interval(None if row.get("measured") is None else row_interval(row)),
            _inside(row),
            row.get("source") or "–",
        )
        for row in rows
    ]
    seeds = max((int(row["n_seeds"]) for row in rows if row.get("n_seeds")), default=0)
    over = f", with the 95 % interval over {seeds} seeds" if seeds else ""
    return table(f"Predicted and measured{over}: {label(experiment)}", head, body)


def _inside(row: Mapping[str, Any]) -> str:
    if None in (row.get("predicted"), row.get("low"), row.get("high")):
        return "–"
    if agrees(row):
        return "yes"
    if row.get("measured") is None or not row["predicted"]:
        return "no"
    off = (row["measured"] - row["predicted"]) / abs(row["predicted"])
    return f"no, {100 * off:+.2f} %".replace("-", "−")


def training_setting(evaluation: Evaluation) -> str:
    """One paragraph: model, data, what the numbers mean, chance and floor."""
    text = (
        f"Model {evaluation.model or 'unknown'} on {evaluation.dataset or 'the data set'}, "
        f"judged on {evaluation.n_test or 'the'} held-out {evaluation.split or 'test'} pairs after "
        "the last step; nothing is selected on them. Captions repeat: an item with the same "
        "caption counts as correct."
    )
    if evaluation.floor is not None:
        text += (
            f" Equal captions are false negatives, which leave InfoNCE a floor of "
            f"{number(evaluation.floor)} on all test pairs as one batch."
        )
    return text


def training(evaluations: Mapping[str, Evaluation]) -> Markup:
    """Every metric by loss, with intervals, the paired difference from plain CLIP, and chance."""
    losses = list(evaluations)
    others = [loss for loss in losses if loss != BASELINE and BASELINE in evaluations]
    chance = next(iter(evaluations.values())).chance
    rows = []
    for metric in _SHOWN:
        found = {loss: interval_of(e.seeds, metric) for loss, e in evaluations.items()}
        if not any(found.values()):
            continue
        row: list[object] = [_heading(metric)]
        row += [interval(found[loss], _factor(metric)) for loss in losses]
        for loss in others:
            difference = paired_difference(
                evaluations[loss].seeds, evaluations[BASELINE].seeds, metric
            )
            row.append("–" if difference is None else signed_interval(difference, _factor(metric)))
        row.append(number(chance.get(metric)))
        rows.append(row)
    seeds = max(len(e.seeds) for e in evaluations.values())
    head = [
        "metric",
        *(label(loss) for loss in losses),
        *(f"{label(loss)} − {label(BASELINE)}" for loss in others),
        "chance",
    ]
    return table(f"Held-out results: mean and 95 % interval over {seeds} seeds", head, rows)


def comparison(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Agreement of every run with the reference, such as the matched simulation with training."""
    pairs = dict.fromkeys((str(row["reference"]), str(row["other"])) for row in rows)
    head = ("quantity", "correlation", "error / range", "time in common", "clock ratio", "clock")
    return join(
        *(
            table(
                "Training and the simulation matched to it"
                if pair == MATCHED
                else f"{pair[1]} beside {pair[0]}",
                head,
                [
                    (
                        label(str(row["quantity"])),
                        number(row.get("correlation")),
                        number(row.get("error")),
                        number(row.get("overlap")),
                        number(row.get("time_scale")),
                        "fitted" if row.get("clock_fitted_here") else "kept",
                    )
                    for row in rows
                    if (str(row["reference"]), str(row["other"])) == pair
                ],
            )
            for pair in pairs
        )
    )


def rates(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """How fast the gap of every compared run decays, beside the prediction for its setting."""
    body = [
        (
            str(row["run"]),
            number(row["measured"]),
            number(row["predicted"]),
            row.get("source") or "–",
        )
        for row in rows
    ]
    caption = "Decay of the centroid gap after it last was half its largest, on the first clock"
    return table(caption, ("run", "measured", "predicted", "source"), body)


def repairs(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Metrics after every repair, by loss of the repaired model."""
    keys = list(dict.fromkeys((str(r.get("loss", "")), str(r["method"])) for r in rows))
    metrics = [m for m in _REPAIRED if any(r.get(m) is not None for r in rows)]
    several = len({loss for loss, _ in keys}) > 1
    body = []
    for loss, method in keys:
        mine = [r for r in rows if (str(r.get("loss", "")), str(r["method"])) == (loss, method)]
        name = f"{label(loss)}: {label(method)}" if several else label(method)
        body.append([name, *(interval(interval_of(mine, m), _factor(m)) for m in metrics)])
    head = ["repair", *(_heading(m) for m in metrics)]
    return join(
        table("After each repair: mean and 95 % interval over seeds", head, body),
        _notes(rows),
    )


_MARKS = {"better": " ▲", "worse": " ▼"}


def benchmark(found: Mapping[str, Any]) -> Markup:
    """A benchmark table: means, paired differences with decisions, and the published rows."""
    if "not_run" in found:
        return join(tag("h3", found["title"]), paragraph(f"Not run: {found['not_run']}"))
    columns = found["columns"]
    body = [
        (
            row["title"],
            str(row["n_seeds"]),
            *(_benchmark_cell(row["metrics"].get(column["metric"])) for column in columns),
        )
        for row in found["rows"]
    ]
    for row in found["published"]:
        values = [row.get(column["metric"]) for column in columns]
        body.append((f"published: {row['method']}", "–", *(number(value) for value in values)))
    return join(
        tag("h3", found["title"]),
        paragraph(
            f"Model {found['model']}, {found['n_test']} test items; chance R@1 "
            f"{number(found['chance'].get('r1_xy'))}. Mean and 95 % interval over seeds, then the "
            "paired difference to the first row; ▲ better, ▼ worse at 5 % after Holm's correction."
        ),
        table(found["title"], ("method", "seeds", *(c["title"] for c in columns)), body),
        tag("ul", *(tag("li", note) for note in found["notes"]), class_="notes")
        if found["notes"]
        else join(),
    )


def _benchmark_cell(cell: Mapping[str, Any] | None) -> object:
    if cell is None:
        return "–"
    text = interval(saved_interval(cell))
    if "difference" not in cell:
        return text
    told = signed_interval(saved_interval(cell["difference"]))
    return join(text, tag("br"), told + _MARKS.get(cell["decision"], ""))


def pretrained(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Shared space projection of pretrained models: the published rows beside ours."""
    body = []
    for row in rows:
        theirs = row["published"]
        told = [
            f"{a:.1f}°, {t:.1f} %" for a, t in zip(theirs["angle"], theirs["top1"], strict=True)
        ]
        ours = "not run" if row["status"] != "run" else _angle_and_top1(row["before"])
        after = "not run" if row["status"] != "run" else _angle_and_top1(row["published_knobs"])
        body.append((row["model"], row["dataset"], *told, ours, after, row.get("reason", "")))
    head = ("model", "data", "published before", "published after", "before", "after", "note")
    caption = "Shared space projection of pretrained models: Δθ and R@1"
    return join(tag("h3", caption), table(caption, head, body))


def _angle_and_top1(judged: Mapping[str, Any]) -> str:
    if "reason" in judged:
        return f"not fitted: {judged['reason']}"
    return f"{judged['angle']:.1f}°, {judged['top1']:.1f} %"


def _notes(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """What the table has to say about a repair, once."""
    notes = dict.fromkeys(
        f"{label(str(row['method']))}: {row['note']}" for row in rows if row.get("note")
    )
    return tag("ul", *(tag("li", note) for note in notes), class_="notes") if notes else join()
