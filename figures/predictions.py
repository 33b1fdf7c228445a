"""How far every simulated measurement lies from its prediction."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.results import load_predictions
from theory.statistics import Interval

__all__ = ["Predictions", "PredictionsData"]

NARROW = 1.0
"""Percent within which the axis is linear; logarithmic beyond."""


class Deviation(NamedTuple):
    """One prediction: where, what, and the measurement's deviation in percent."""

    experiment: str
    text: str
    percent: Interval


class PredictionsData(NamedTuple):
    """Deviations in order, and how many predictions are 0 and so have no relative one."""

    rows: list[Deviation]
    zeros: int


@FIGURES.register("predictions")
class Predictions(Figure):
    """Dot plot of relative deviations with the interval over seeds."""

    name = "predictions"
    title = "Measured against predicted"
    section = "simulations"
    place = 1
    needs = ("simulations/*/table.json",)

    def load(self, run: Path) -> PredictionsData:
        """Read the tables and take every deviation relative to its prediction."""
        rows, zeros = [], 0
        for experiment, table in load_predictions(run).items():
            for row in table:
                values = [row.get(key) for key in ("predicted", "measured", "low", "high")]
                if None in values[:2]:
                    continue
                predicted, measured, low, high = (
                    np.nan if value is None else float(value) for value in values
                )
                if predicted == 0:
                    zeros += 1
                    continue
                off = [
                    100 * (value - predicted) / abs(predicted) for value in (measured, low, high)
                ]
                text = f"{row['quantity']}\n{row.get('setting') or experiment}"
                found = Interval(off[0], off[1], off[2], int(row.get("n_seeds") or 0))
                rows.append(Deviation(experiment, text, found))
        return PredictionsData(rows, zeros)

    def panels(self, data: PredictionsData) -> Panels:
        """One panel, as high as there are rows."""
        return Panels(1, 1, width=8.4, height=1.0 + 0.42 * max(1, len(data.rows)))

    def plot(self, data: PredictionsData, axes: np.ndarray) -> np.ndarray:
        """Draw a dot and its interval a row, and the prediction as a line at 0."""
        ax = axes.flat[0]
        experiments = list(dict.fromkeys(row.experiment for row in data.rows))
        ax.axvline(0, color=self.style.ink, linewidth=1)
        for height, row in enumerate(data.rows):
            color = self.style.cycle(experiments.index(row.experiment))
            ax.plot(row.percent.mean, height, "o", color=color, markersize=6)
            if np.isfinite(row.percent.low):
                ax.plot(row.percent[1:3], [height, height], color=color, linewidth=2)
        ax.set_yticks(range(len(data.rows)), [row.text for row in data.rows], fontsize="x-small")
        ax.set_ylim(max(1, len(data.rows)) - 0.4, -0.6)
        ax.set_xscale("symlog", linthresh=NARROW)
        reach = max((np.nanmax(np.abs(row.percent[:3])) for row in data.rows), default=NARROW)
        ticks = [tick for tick in (0.5, 1, 10, 100, 1000) if tick <= max(reach, NARROW) * 3]
        ax.set_xticks([*(-t for t in reversed(ticks)), 0, *ticks])
        ax.xaxis.set_major_formatter(
            lambda value, _: f"{value:+g}".replace("-", "−") if value else "0"
        )
        ax.minorticks_off()
        ax.set_xlim(-max(reach, NARROW) * 1.3, max(reach, NARROW) * 1.3)
        ax.set_xlabel("measured − predicted, % of the prediction")
        ax.grid(axis="y", visible=False)
        return axes

    def caption(self, data: PredictionsData) -> str:
        """Say what the intervals are, and what is left out."""
        seeds = max((row.percent.n for row in data.rows), default=0)
        left = f" {data.zeros} predictions of 0 are in the table only." if data.zeros else ""
        return (
            f"Deviation of each simulated quantity from its prediction: mean and 95 % interval "
            f"over {seeds} seeds, linear within ±{NARROW:g} % and logarithmic beyond. Predictions "
            f"for infinitely many particles are met up to what finite N leaves.{left}"
        )
