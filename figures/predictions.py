"""How far every simulated measurement lies from its prediction."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from figures.base import FIGURES, Figure, Panels
from figures.results import deviation, load_predictions
from theory.statistics import Interval

__all__ = ["Predictions", "PredictionsData"]

NARROW = 1.0
"""Percent within which the axis is linear; logarithmic beyond."""

SPREAD = 0.56
"""Height of a row over which its settings are spread."""


class Deviations(NamedTuple):
    """One quantity of one experiment: deviations in percent, one a setting."""

    experiment: str
    quantity: str
    percents: list[Interval]


class PredictionsData(NamedTuple):
    """Rows in order, and how many predictions are 0 and so have no relative deviation."""

    rows: list[Deviations]
    zeros: int


@FIGURES.register("predictions")
class Predictions(Figure):
    """Dot plot of relative deviations with the interval over seeds, a row a quantity."""

    name = "predictions"
    title = "Measured against predicted"
    section = "simulations"
    place = 1
    needs = ("simulations/*/table.json",)

    def load(self, run: Path) -> PredictionsData:
        """Read the tables and take every deviation relative to its prediction."""
        found: dict[tuple[str, str], list[Interval]] = {}
        zeros = 0
        for experiment, table in load_predictions(run).items():
            for row in table:
                percent = deviation(row)
                if percent is not None:
                    found.setdefault((experiment, str(row["quantity"])), []).append(percent)
                elif row.get("predicted") == 0 and row.get("measured") is not None:
                    zeros += 1
        return PredictionsData([Deviations(*key, rows) for key, rows in found.items()], zeros)

    def panels(self, data: PredictionsData) -> Panels:
        """One panel, as high as there are rows."""
        return Panels(1, 1, width=8.4, height=1.5 + 0.36 * max(1, len(data.rows)))

    def plot(self, data: PredictionsData, axes: np.ndarray) -> np.ndarray:
        """Draw a dot and its interval a setting, and the prediction as a line at 0."""
        ax = axes.flat[0]
        experiments = list(dict.fromkeys(row.experiment for row in data.rows))
        ax.axvline(0, color=self.style.ink, linewidth=1)
        for height, row in enumerate(data.rows):
            color = self.style.cycle(experiments.index(row.experiment))
            at = height + SPREAD * (np.arange(len(row.percents)) + 0.5) / len(row.percents)
            for y, percent in zip(at - SPREAD / 2, row.percents, strict=True):
                ax.plot(percent.mean, y, "o", color=color, markersize=4.5)
                if np.isfinite(percent.low):
                    ax.plot(percent[1:3], [y, y], color=color, linewidth=1.5)
        texts = [f"{row.experiment}: {row.quantity}" for row in data.rows]
        ax.set_yticks(range(len(data.rows)), texts, fontsize="small")
        ax.set_ylim(max(1, len(data.rows)) - 0.4, -0.6)
        self._percent_axis(ax, data)
        ax.grid(axis="y", visible=False)
        return axes

    def _percent_axis(self, ax: Axes, data: PredictionsData) -> None:
        ax.set_xscale("symlog", linthresh=NARROW)
        sizes = [np.abs(percent[:3]) for row in data.rows for percent in row.percents]
        reach = max((float(np.nanmax(size)) for size in sizes), default=NARROW)
        ticks = [tick for tick in (1, 10, 100, 1000) if tick <= max(reach, NARROW) * 1.3]
        ax.set_xticks([*(-t for t in reversed(ticks)), 0, *ticks])
        ax.xaxis.set_major_formatter(
            lambda value, _: f"{value:+g}".replace("-", "−") if value else "0"
        )
        ax.minorticks_off()
        ax.set_xlim(-max(reach, NARROW) * 1.3, max(reach, NARROW) * 1.3)
        ax.set_xlabel("measured − predicted, % of the prediction")

    def caption(self, data: PredictionsData) -> str:
        """Say what the intervals are, and what is left out."""
        seeds = max((percent.n for row in data.rows for percent in row.percents), default=0)
        left = f" {data.zeros} predictions of 0 are in the table only." if data.zeros else ""
        return (
            f"Deviation of each simulated quantity from its prediction, one dot a setting: mean "
            f"and 95 % interval over {seeds} seeds, linear within ±{NARROW:g} % and logarithmic "
            "beyond. Predictions for infinitely many particles are met up to what finite N "
            f"leaves.{left}"
        )
