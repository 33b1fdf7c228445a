"""What other losses change beside CLIP, over the benchmark tables, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.results import load_tables, saved_interval
from figures.style import marker_of
from theory.statistics import Interval

__all__ = ["Ordering", "OrderingData"]

PANELS = (("centroid_gap", "gap"), ("r1_", "R@1"), ("knn", "kNN"), ("v_measure", "V-measure"))
"""Beginning of the metrics of a panel, and its title: from instances to groups."""

FEWEST = 3
"""Seeds from which an interval is worth a line: that of two is 12.7 standard errors either way."""


class Row(NamedTuple):
    """A method of a table, and its paired differences to CLIP by metric."""

    table: str
    method: str
    title: str
    differences: dict[str, Interval]


class OrderingData(NamedTuple):
    """Rows from top to bottom, and the bound above which R@1 counts as preserved."""

    rows: list[Row]
    preserved: float


@FIGURES.register("ordering")
class Ordering(Figure):
    """Forest plot: the paired difference to CLIP, a row a method of a table."""

    name = "ordering"
    title = "The published order over the benchmark tables"
    section = "tables"
    needs = ("tables/*/table.json",)

    @classmethod
    def drawable(cls, run: Path) -> bool:
        """Whether a table has a method with enough seeds beside CLIP."""
        return bool(_rows(run))

    def load(self, run: Path) -> OrderingData:
        """Read the differences of every trained method with enough seeds."""
        preserved = [t["preserved"] for t in load_tables(run).values() if "preserved" in t]
        return OrderingData(_rows(run), preserved[0])

    def panels(self, data: OrderingData) -> Panels:
        """One panel a metric, on common rows."""
        return Panels(1, len(PANELS), width=3.0, height=1.2 + 0.36 * len(data.rows), share_y=True)

    def plot(self, data: OrderingData, axes: np.ndarray) -> np.ndarray:
        """Draw a dot and its interval a difference; both directions of R@1 one above the other."""
        methods = list(dict.fromkeys(row.method for row in data.rows))
        for ax, (start, title) in zip(axes.flat, PANELS, strict=True):
            ax.axvline(0, color=self.style.ink, linewidth=1)
            if start == "r1_":
                ax.axvline(data.preserved, color=self.style.muted, linewidth=1, linestyle="--")
            for height, row in enumerate(data.rows):
                number = methods.index(row.method)
                mine = [found for m, found in row.differences.items() if m.startswith(start)]
                for place, found in enumerate(mine):
                    y = height + 0.24 * (place - (len(mine) - 1) / 2)
                    color = self.style.cycle(number)
                    ax.plot([found.low, found.high], [y, y], color=color, linewidth=2)
                    ax.plot(found.mean, y, marker_of(number), color=color, markersize=6)
            ax.set_title(title)
            ax.set_xlabel("difference to CLIP")
            ax.grid(axis="y", visible=False)
            ax.margins(x=0.08)
            ax.locator_params(axis="x", nbins=4)
        first = axes.flat[0]
        first.set_yticks(range(len(data.rows)), [f"{row.table}: {row.title}" for row in data.rows])
        first.set_ylim(len(data.rows) - 0.4, -0.6)
        return axes

    def caption(self, data: OrderingData) -> str:
        """Say what is compared with what, and over how many seeds."""
        seeds = sorted({found.n for row in data.rows for found in row.differences.values()})
        told = " or ".join(map(str, seeds))
        return (
            f"Held-out items: difference to CLIP with a learned temperature, paired over {told} "
            "seeds, with its 95 % interval (not corrected; the table is). Published: a smaller "
            "gap, larger kNN and V-measure, and R@1 preserved, which is to lie right of the dashed "
            "line. R@1 has one dot a direction. Methods of fewer seeds are in the table only."
        )


def _rows(run: Path) -> list[Row]:
    found: list[Row] = []
    for table in load_tables(run).values():
        if not isinstance(table, dict) or "rows" not in table:
            continue
        name = table["title"].partition(",")[0]
        found += [
            Row(name, row["method"], row["title"], differences)
            for row in table["rows"]
            if row["method"] in table["trained"] and (differences := _differences(row))
        ]
    return found


def _differences(row: dict[str, Any]) -> dict[str, Interval]:
    """Paired differences over enough seeds, by metric."""
    found = {
        metric: saved_interval(cell["difference"])
        for metric, cell in row["metrics"].items()
        if "difference" in cell
    }
    return {metric: change for metric, change in found.items() if change.n >= FEWEST}
