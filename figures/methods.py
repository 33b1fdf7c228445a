"""Losses and repairs side by side: gap, retrieval and group structure with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.drawing import within_range
from figures.folder import BASELINE
from figures.results import interval_of, load_evaluations, load_repairs
from figures.style import label, marker
from figures.words import number
from theory.statistics import Interval

__all__ = ["MethodData", "Methods"]

METRICS = ("centroid_gap", "r1_xy", "v_measure")


class MethodRow(NamedTuple):
    """A line of the dot plot: what it is, and its interval of each metric."""

    name: str
    text: str
    intervals: dict[str, Interval]


class MethodData(NamedTuple):
    """Rows from top to bottom, the metrics that any of them has, and chance levels."""

    rows: list[MethodRow]
    metrics: list[str]
    chance: dict[str, float]
    n_test: int | None


@FIGURES.register("methods")
class Methods(Figure):
    """Dot plot with 95 % intervals: every loss, and every repair of plain CLIP."""

    name = "methods"
    title = "Losses and repairs compared"
    section = "repairs"
    place = 1
    needs = ("training/*/evaluation.json",)

    def load(self, run: Path) -> MethodData:
        """Read evaluations and the repair table, and take intervals over seeds."""
        evaluations = load_evaluations(run)
        rows = [
            _row(loss, f"{label(loss)} training", evaluation.seeds)
            for loss, evaluation in evaluations.items()
        ]
        table = [r for r in load_repairs(run) if r.get("loss", BASELINE) == BASELINE]
        for method in dict.fromkeys(str(r["method"]) for r in table):
            if method != "none":
                mine = [r for r in table if r["method"] == method]
                rows.append(_row(method, f"CLIP + {label(method)}", mine))
        first = next(iter(evaluations.values()))
        metrics = [m for m in METRICS if any(m in row.intervals for row in rows)]
        return MethodData(rows, metrics, first.chance, first.n_test)

    def panels(self, data: MethodData) -> Panels:
        """One panel a metric, on common rows."""
        height = 1.0 + 0.34 * len(data.rows)
        return Panels(1, max(1, len(data.metrics)), width=3.4, height=height, share_y=True)

    def plot(self, data: MethodData, axes: np.ndarray) -> np.ndarray:
        """Draw a dot and its interval a row."""
        for ax, metric in zip(axes.flat, data.metrics, strict=False):
            for height, row in enumerate(data.rows):
                found = row.intervals.get(metric)
                if found is None:
                    continue
                color = self.style.color(row.name)
                if np.isfinite(found.low):
                    ax.plot([found.low, found.high], [height, height], color=color, linewidth=2)
                ax.plot(found.mean, height, marker(row.name), color=color, markersize=7)
            ax.set_title(label(metric))
            if (chance := data.chance.get(metric)) is not None:
                ax.set_xlabel(f"chance {number(chance)}")
            ax.grid(axis="y", visible=False)
            ax.margins(x=0.08)
            within_range(ax, metric, "x")
        first = axes.flat[0]
        first.set_yticks(range(len(data.rows)), [row.text for row in data.rows])
        first.set_ylim(len(data.rows) - 0.4, -0.6)
        return axes

    def caption(self, data: MethodData) -> str:
        """State what was judged, on how many pairs and seeds."""
        seeds = max((i.n for row in data.rows for i in row.intervals.values()), default=0)
        return (
            f"Held-out pairs ({data.n_test or 'all'} a seed): mean and 95 % interval over "
            f"{seeds} seeds. Repairs are fitted on the training pairs of {label(BASELINE)}. "
            f"Where an interval is invisible it is narrower than the dot."
        )


def _row(name: str, text: str, seeds: list[dict[str, object]]) -> MethodRow:
    found = {metric: interval_of(seeds, metric) for metric in METRICS}
    return MethodRow(name, text, {m: i for m, i in found.items() if i is not None})
