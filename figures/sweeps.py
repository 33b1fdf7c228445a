"""What the figures of a swept parameter share: measured dots over it, predictions as lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from figures.base import Figure, Panels
from figures.drawing import grid_shape, within_range
from figures.results import load_predictions, row_interval, setting_numbers
from figures.style import label, marker_of
from theory.statistics import Interval

__all__ = ["Series", "Sweep", "SweepData"]


class Series(NamedTuple):
    """One setting of the other parameters: predictions and measurements over the swept one."""

    setting: str
    x: np.ndarray
    predicted: np.ndarray
    measured: list[Interval]


class SweepData(NamedTuple):
    """Series by quantity; the unit of each quantity."""

    panels: dict[str, list[Series]]
    units: dict[str, str]


class Sweep(Figure):
    """Small multiples, one a quantity, from the table of one experiment.

    A leaf says which experiments, which parameter of the setting is on the axis, and which
    quantities (parts of their names) in which order.

    Attributes
    ----------
    experiments : tuple of str
    parameter, axis : str
        Its sign in the setting, and the words on the axis.
    quantities : tuple of str
        Those of them that the run has rows of are drawn.
    logarithmic : bool
        Whether the parameter's axis is.
    steep : tuple of str
        Quantities whose own axis is logarithmic.
    """

    section = "simulations"
    experiments: ClassVar[tuple[str, ...]]
    parameter: ClassVar[str]
    axis: ClassVar[str]
    quantities: ClassVar[tuple[str, ...]]
    logarithmic: ClassVar[bool] = True
    steep: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def drawable(cls, run: Path) -> bool:
        """Whether a table has rows over the parameter."""
        return bool(cls().load(run).panels)

    def load(self, run: Path) -> SweepData:
        """Group the rows that name the parameter by quantity and by the rest of the setting."""
        tables = load_predictions(run)
        rows = [row for name in self.experiments for row in tables.get(name, [])]
        panels: dict[str, list[Series]] = {}
        units: dict[str, str] = {}
        for wanted in self.quantities:
            groups: dict[str, list[tuple[float, dict[str, Any]]]] = {}
            for row in rows:
                where = setting_numbers(str(row["setting"]))
                if wanted not in str(row["quantity"]) or self.parameter not in where:
                    continue
                if row.get("measured") is None:
                    continue
                groups.setdefault(self._rest(str(row["setting"])), []).append(
                    (where[self.parameter], row)
                )
                units[wanted] = str(row.get("unit") or "")
            if groups:
                panels[wanted] = [_series(name, points) for name, points in groups.items()]
        return SweepData(panels, units)

    def _rest(self, setting: str) -> str:
        """The setting without the swept parameter."""
        kept = [
            part
            for part in setting.split(", ")
            if not re.fullmatch(rf"{re.escape(self.parameter)}[= ].*", part)
        ]
        return ", ".join(kept)

    def panels(self, data: SweepData) -> Panels:
        """One panel a quantity."""
        rows, columns = grid_shape(list(data.panels), columns=2)
        return Panels(rows, columns, width=4.6, height=3.5)

    def plot(self, data: SweepData, axes: np.ndarray) -> np.ndarray:
        """Draw every series: the prediction as a line, measurements as dots with intervals."""
        names = list(dict.fromkeys(s.setting for found in data.panels.values() for s in found))
        for ax, (quantity, found) in zip(axes.flat, data.panels.items(), strict=False):
            for series in found:
                self._draw(ax, series, names.index(series.setting))
            if data.units[quantity] == "°":  # what is 0 up to rounding shall look like 0
                low, high = ax.get_ylim()
                ax.set_ylim(min(low, -1.0), max(high, 1.0))
            within_range(ax, quantity)
            if self.logarithmic:
                ax.set_xscale("log")
            if quantity in self.steep:
                ax.set_yscale("log")
            ax.set_xlabel(self.axis)
            unit = data.units[quantity]
            ax.set_title(label(quantity) + (f" ({unit})" if unit else ""))
        self._legend(axes, names, len(data.panels))
        return axes

    def _draw(self, ax: Axes, series: Series, number: int) -> None:
        color = self.style.cycle(number)
        ax.plot(
            series.x, series.predicted, color=color, linewidth=1.2, linestyle=(0, (3, 1.5)),
            label="_predicted",
        )  # fmt: skip
        for x, found in zip(series.x, series.measured, strict=True):
            ax.plot([x, x], found[1:3], color=color, linewidth=2, label="_interval")
        means = [found.mean for found in series.measured]
        ax.plot(
            series.x, means, marker_of(number), color=color, markersize=5.5, label=series.setting
        )

    def _legend(self, axes: np.ndarray, names: list[str], used: int) -> None:
        for ax in axes.flat[used:]:
            ax.set_axis_off()
        found: dict[str, Any] = {}
        for ax in axes.flat[:used]:
            for handle, text in zip(*ax.get_legend_handles_labels(), strict=True):
                found.setdefault(text, handle)
        if any(names):
            place: dict[str, Any] = {"loc": "outside lower center", "ncols": min(len(found), 3)}
            axes.flat[0].figure.legend(found.values(), found.keys(), **place)

    def told(self, data: SweepData) -> str:
        """How measurements and predictions are drawn, for captions."""
        seeds = max(
            (m.n for found in data.panels.values() for s in found for m in s.measured), default=0
        )
        return (
            f"Dots: mean of {seeds} seeds with 95 % interval (invisible where narrower than the "
            "dot); dashed: the prediction."
        )


def _series(setting: str, points: list[tuple[float, dict[str, Any]]]) -> Series:
    points = sorted(points, key=lambda point: point[0])
    rows = [row for _, row in points]
    return Series(
        setting,
        np.array([x for x, _ in points]),
        np.array([np.nan if row.get("predicted") is None else row["predicted"] for row in rows]),
        [row_interval(row) for row in rows],
    )
