"""Simulated gaps under each constraint, beside what the theory predicts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from figures.base import FIGURES, Figure, Panels
from figures.drawing import draw_band, grid_shape
from figures.folder import find_named
from figures.results import load_predictions
from figures.series import Band, bands
from figures.style import label
from gaplab.records import load_trajectory

__all__ = ["SimulationData", "Simulations"]

HEADINGS = {
    "free": "free particles",
    "cone": "rigid cones",
    "subspace": "subspaces",
    "circle": "the circle",
}
MOST = 6
"""Settings drawn of an experiment; a sweep has a figure of its own."""
GAP, ANGLE = "centroid_gap", "gap_angle"
AS_ANGLE = frozenset({"cone"})
"""Experiments whose means never vanish, so that the angle between them always has a meaning."""
FADED = 1e-9
"""Gap below which rounding takes over; the curve ends there."""


class Curve(NamedTuple):
    """One setting: measured gap, and the predicted course (empty) or end (NaN) of it."""

    setting: str
    band: Band
    guide: np.ndarray
    end: float


class SimulationData(NamedTuple):
    """Curves by experiment; `angles` says which experiments show an angle in degrees."""

    curves: dict[str, list[Curve]]
    angles: frozenset[str]


@FIGURES.register("simulations")
class Simulations(Figure):
    """The gap over flow time, one panel a constraint, with predicted rates and ends."""

    name = "simulations"
    title = "The gap under each constraint"
    section = "simulations"
    needs = ("simulations/*/trajectory.nc",)

    def load(self, run: Path) -> SimulationData:
        """Read trajectories and tables; a predicted rate becomes a line beside its curve."""
        tables = load_predictions(run)
        curves: dict[str, list[Curve]] = {}
        angles = set()
        found = find_named(run, "simulations/*/trajectory.nc", "experiment")
        if len(found) > 1:
            found = {name: path for name, path in found.items() if name in HEADINGS}
        for name, path in found.items():
            trajectory = load_trajectory(path)
            variable = ANGLE if name in AS_ANGLE else GAP
            if variable not in trajectory:
                variable = GAP
            if variable == ANGLE:
                angles.add(name)
                trajectory = trajectory.assign(gap_angle=np.degrees(trajectory["gap_angle"]))
            drawn = [
                curve
                for setting, runs in _settings(trajectory)[:MOST]
                if (curve := _curve(setting, runs, variable, tables.get(name, []))) is not None
            ]
            if drawn:
                curves[name] = drawn
        ordered = {name: curves[name] for name in sorted(curves, key=_place)}
        return SimulationData(ordered, frozenset(angles))

    def panels(self, data: SimulationData) -> Panels:
        """One panel an experiment."""
        rows, columns = grid_shape(list(data.curves), columns=2)
        most = max(map(len, data.curves.values()), default=1)
        return Panels(rows, columns, width=4.8, height=3.2 + 0.19 * most)

    def plot(self, data: SimulationData, axes: np.ndarray) -> np.ndarray:
        """Draw every setting's band solid and its prediction dashed."""
        for ax, (name, curves) in zip(axes.flat, data.curves.items(), strict=False):
            for number, curve in enumerate(curves):
                color = self.style.cycle(number)
                draw_band(ax, curve.band, color, curve.setting)
                if curve.guide.size:
                    ax.plot(
                        *curve.guide, color=self.style.ink, linestyle=(0, (2, 1.5)), linewidth=1.2
                    )
                if np.isfinite(curve.end):
                    ax.plot(
                        [0, curve.band.x[-1]], [curve.end] * 2, color=color, linewidth=1.2,
                        linestyle=(0, (2, 1.5)),
                    )  # fmt: skip
            ax.set_title(HEADINGS.get(name, label(name)))
            ax.set_xlabel("flow time")
            if name in data.angles:
                ax.set_ylabel("gap angle Δθ (°)")
                ax.set_ylim(-3, min(185, ax.get_ylim()[1]))
            else:
                ax.set_ylabel("centroid gap")
                ax.set_yscale("log")
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=1)
        for ax in axes.flat[len(data.curves) :]:
            ax.set_axis_off()
        return axes

    def caption(self, data: SimulationData) -> str:
        """Say what moves, over how many seeds, and what is predicted."""
        seeds = max((c.band.n for curves in data.curves.values() for c in curves), default=0)
        return (
            f"Particles follow the gradient flow of the full loss; mean of {seeds} seeds with 95 % "
            "interval (geometric on logarithmic axes). Dashed: the predicted decay rate of the "
            "centre gap (N.2; only its slope is predicted) or the predicted end of the angle."
        )


def _place(name: str) -> tuple[int, str]:
    known = list(HEADINGS)
    return (known.index(name) if name in known else len(known), name)


def _settings(trajectory: xr.Dataset) -> list[tuple[str, xr.Dataset]]:
    """Runs of each setting; without a coordinate ``setting``, all runs are one."""
    if "setting" not in trajectory.coords:
        return [("", trajectory)]
    names = trajectory["setting"].values.astype(str)
    return [(name, trajectory.isel(run=names == name)) for name in dict.fromkeys(names)]


def _curve(
    setting: str, runs: xr.Dataset, variable: str, table: Sequence[dict[str, Any]]
) -> Curve | None:
    clock = "time" if "time" in runs else "step"
    band = bands(runs, (variable,), clock, log=variable == GAP).get(variable)
    if band is None:
        return None
    mine = [row for row in table if row.get("setting") == setting]
    rate = _predicted(mine, "decay rate", "")
    end = _predicted(mine, "gap", "°") if variable == ANGLE else float("nan")
    if variable == GAP:
        faded = np.flatnonzero(band.mean < FADED)
        stop = int(faded[0]) + 1 if faded.size else len(band.x)
        x, mean, low, high = (part[:stop] for part in (band.x, band.mean, band.low, band.high))
        band = Band(x, mean, low, high, band.n)
    return Curve(setting, band, _guide(band, rate), end)


def _predicted(rows: Sequence[dict[str, Any]], quantity: str, unit: str) -> float:
    """The prediction of the first row about `quantity` (in `unit`, if given); NaN without."""
    for row in rows:
        if quantity in str(row["quantity"]) and (not unit or row.get("unit") == unit):
            return float(row["predicted"]) if row.get("predicted") is not None else float("nan")
    return float("nan")


def _guide(band: Band, rate: float) -> np.ndarray:
    """A decay at `rate` from the middle of the curve to its end (x, y); empty without a rate."""
    if not np.isfinite(rate):
        return np.empty((2, 0))
    half = len(band.x) // 2
    x = np.array([band.x[half], band.x[-1]])
    return np.stack([x, band.mean[half] * np.exp(-rate * (x - x[0]))])
