"""Shared space projection of pretrained models: the published rows, where weights can be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaplab.jobs import Progress
from gaplab.records import RunFolder, write_json, write_text
from realdata import datasets
from realdata.embedding import embed
from realdata.repairing import repaired
from realdata.towers import Towers
from theory import metrics
from theory.errors import InputError

__all__ = ["NAME", "ROWS", "Row", "pretrained_table", "to_markdown"]

NAME = "pretrained"
"""What the command calls this table; it trains nothing."""

KNOBS = {"variance": 0.99, "epsilon": 1e-3}
"""The papers' options of the projection."""


@dataclass(frozen=True)
class Row:
    """A model on a data set, and what [Yi2025] reports of it: before → after the projection.

    Attributes
    ----------
    model, dataset : str
        Name in open_clip; data set.
    angle : pair of float
        Δθ in degrees.
    top1 : pair of float
        Image → text R@1; with one prompt a class, zero-shot accuracy. In per cent.
    """

    model: str
    dataset: str
    angle: tuple[float, float]
    top1: tuple[float, float]


ROWS = (
    Row("ViT-B-32", "cifar10", (74.69, 5.37), (89.00, 86.43)),
    Row("ViT-B-32", "cifar100", (74.19, 30.39), (65.23, 64.51)),
    Row("ViT-L-14", "cifar10", (77.63, 13.27), (95.12, 95.12)),
    Row("ViT-L-14", "coco", (78.16, 68.06), (56.06, 55.54)),
)


def pretrained_table(
    run: RunFolder,
    *,
    rows: Sequence[Row] = ROWS,
    weights: str = "openai",
    n_train: int | None = 5000,
    n_test: int | None = None,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Embed, project with the papers' knobs and with ours, and set it beside the published rows.

    Projections are fitted on the train part and judged on the test part.

    Parameters
    ----------
    run : RunFolder
        Gets ``table.json`` and ``table.md``.
    rows : sequence of Row
    weights : str
        A tag of open_clip, or a file (then `rows` should be of one model).
    n_train, n_test : int, optional
        Balanced subsets of the parts; all if None.
    progress : callable, optional
        Told (done, total, message).

    Returns
    -------
    list of dict
        ``model``, ``dataset``, ``published`` and ``status``: *run*, or *not run* with a
        ``reason``. Rows that were run have ``before``, ``published_knobs`` and ``default``:
        each ``angle`` in degrees and ``top1`` in per cent, or the reason why it cannot be fitted.
    """
    found = []
    for place, row in enumerate(rows):
        if progress is not None:
            progress(place, len(rows), f"{row.model} on {row.dataset}")
        entry: dict[str, Any] = {
            "model": row.model,
            "dataset": row.dataset,
            "published": {"angle": row.angle, "top1": row.top1},
        }
        try:
            entry |= {"status": "run", **_measure(row, weights, n_train, n_test)}
        except InputError as error:
            entry |= {"status": "not run", "reason": str(error)}
        found.append(entry)
    write_json(found, run.file("table.json"))
    write_text(to_markdown(found), run.file("table.md"))
    return found


def _measure(row: Row, weights: str, n_train: int | None, n_test: int | None) -> dict[str, Any]:
    towers = Towers(row.model, seed=0, pretrained=weights)
    data = datasets.create(row.dataset, n_train=n_train, n_test=n_test)
    train, test = (embed(towers, data, part) for part in ("train", "test"))
    found: dict[str, Any] = {"before": _judge(test), "n_test": len(test), "n_fit": len(train)}
    for name, options in (("published_knobs", KNOBS), ("default", {})):
        try:
            after = repaired(train, test, "shared_projection", options)
            found[name] = _judge(after)
        except InputError as error:
            found[name] = {"reason": str(error)}
    return found


def _judge(embeddings: Any) -> dict[str, float]:
    views = list(embeddings.views.values())
    names = ("gap_angle", "r1_xy")
    values = metrics.evaluate(*views, groups=embeddings.groups, names=names)
    return {"angle": float(np.degrees(values["gap_angle"])), "top1": 100.0 * values["r1_xy"]}


def to_markdown(found: Sequence[dict[str, Any]]) -> str:
    """The rows as Markdown; what was not run says so, and why."""
    lines = [
        "# Shared space projection of pretrained models",
        "",
        "Δθ (°) and image → text R@1 (%), which with one prompt a class is zero-shot accuracy.",
        "",
        "| model | data | | before | published knobs | our default |",
        "|---|---|---|---|---|---|",
    ]
    notes = []
    for row in found:
        name = f"| {row['model']} | {row['dataset']} "
        theirs = row["published"]
        before, after = (
            f"{a:.2f}, {t:.2f}" for a, t in zip(theirs["angle"], theirs["top1"], strict=True)
        )
        lines.append(f"{name}| *published* | *{before}* | *{after}* | – |")
        if row["status"] == "run":
            cells = [_cell(row[key]) for key in ("before", "published_knobs", "default")]
            lines.append(f"{name}| ours | " + " | ".join(cells) + " |")
        else:
            lines.append(f"{name}| ours | not run | not run | not run |")
            notes.append(f"- {row['model']} on {row['dataset']}, not run: {row['reason']}")
    return "\n".join([*lines, "", *notes, ""])


def _cell(judged: dict[str, Any]) -> str:
    if "reason" in judged:
        return f"not fitted: {judged['reason']}"
    return f"{judged['angle']:.2f}, {judged['top1']:.2f}"
