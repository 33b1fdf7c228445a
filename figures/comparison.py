"""Dynamics of any runs on the clock of the first one, with the rates that theory predicts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from figures.base import FIGURES, Figure, Panels
from figures.drawing import grid_shape
from figures.results import load_comparison, load_rates
from figures.style import label
from figures.words import ANGLES

__all__ = ["Comparison", "ComparisonData"]

CLOCK = "centroid_gap"
MOST = 3
"""Runs whose agreement fits above a panel."""
PREDICTED = "predicted decay of its gap"


class Follower(NamedTuple):
    """One run beside the reference, on the reference's clock."""

    run: str
    time: NDArray[np.float64]
    reference: NDArray[np.float64]
    values: NDArray[np.float64]
    correlation: float
    error: float


class ComparisonData(NamedTuple):
    """The reference's name, followers by quantity, and decay rates by run."""

    reference: str
    followers: dict[str, list[Follower]]
    rates: dict[str, dict[str, Any]]


@FIGURES.register("comparison")
class Comparison(Figure):
    """One panel a quantity: the reference solid, the others dashed, predicted decays dotted."""

    name = "comparison"
    title = "Runs on a common clock"
    section = "training"
    place = 4
    needs = ("comparison/comparison.json",)

    def load(self, run: Path) -> ComparisonData:
        """Read the compared curves, and the rates if they were saved."""
        followers: dict[str, list[Follower]] = {}
        rows = load_comparison(run)
        short = _short_names([str(row[key]) for row in rows for key in ("reference", "other")])
        reference = ""
        for row in rows:
            if not (curve := row.get("curve")):
                continue
            reference = short[str(row["reference"])]
            scale = np.degrees(1.0) if row["quantity"] in ANGLES else 1.0
            followers.setdefault(str(row["quantity"]), []).append(
                Follower(
                    short[str(row["other"])],
                    np.array(curve["time"], dtype=float),
                    scale * np.array(curve["reference"], dtype=float),
                    scale * np.array(curve["other"], dtype=float),
                    _value(row, "correlation"),
                    _value(row, "error"),
                )
            )
        rates = {short.get(str(row["run"]), str(row["run"])): row for row in load_rates(run)}
        return ComparisonData(reference, followers, rates)

    @classmethod
    def drawable(cls, run: Path) -> bool:
        """Whether the curves were saved."""
        return bool(cls().load(run).followers)

    def panels(self, data: ComparisonData) -> Panels:
        """One panel a quantity."""
        rows, columns = grid_shape(list(data.followers), columns=2)
        return Panels(rows, columns, width=4.8, height=3.2)

    def plot(self, data: ComparisonData, axes: np.ndarray) -> np.ndarray:
        """Draw every run's curve; in the panel of the gap also what decay is predicted."""
        names = list(dict.fromkeys(f.run for found in data.followers.values() for f in found))
        for ax, (quantity, found) in zip(axes.flat, data.followers.items(), strict=False):
            longest = max(found, key=lambda f: len(f.time))
            ax.plot(longest.time, longest.reference, color=self.style.ink, label=data.reference)
            for follower in found:
                color = self.style.cycle(names.index(follower.run))
                ax.plot(
                    follower.time, follower.values, color=color, linestyle=(0, (4, 1.5)),
                    label=follower.run,
                )  # fmt: skip
            if quantity == CLOCK:
                self._predicted(ax, data, names, float(longest.time[-1]))
            ax.set_xscale("log")
            ax.set_title(label(quantity) + (" (°)" if quantity in ANGLES else ""))
            ax.set_title(
                _agreement(found), loc="right", fontweight="normal", fontsize="small",
                color=self.style.muted,
            )  # fmt: skip
        columns, used = axes.shape[1], len(data.followers)
        for ax in axes.flat[used:]:
            ax.set_axis_off()
        for k in range(used):
            if k + columns >= used:
                axes.flat[k].set_xlabel(f"time of {data.reference}")
        handles, texts = axes.flat[0].get_legend_handles_labels()
        axes.flat[0].figure.legend(
            handles, texts, loc="outside lower center", ncols=min(len(texts), 3)
        )
        return axes

    def _predicted(self, ax: Axes, data: ComparisonData, names: list[str], end: float) -> None:
        limits = ax.get_ylim()
        name = PREDICTED
        for run, rate in data.rates.items():
            if not np.isfinite(_value(rate, "predicted")) or rate["start"] >= end:
                continue
            color = self.style.cycle(names.index(run)) if run in names else self.style.ink
            since = np.linspace(0.0, end - rate["start"], 200)
            ax.plot(
                rate["start"] + since, rate["level"] * np.exp(-rate["predicted"] * since),
                color=color, linestyle=(0, (1, 1.5)), linewidth=1.4, label=name,
            )  # fmt: skip
            name = "_" + PREDICTED
        ax.set_ylim(*limits)

    def caption(self, data: ComparisonData) -> str:
        """Say what was fitted, and what the dots are."""
        runs = dict.fromkeys(f.run for found in data.followers.values() for f in found)
        dotted = (
            " Dotted: the decay of the gap that theory predicts for a run's dimension and "
            "temperature, from where its gap last was half its largest."
            if any(np.isfinite(_value(r, "predicted")) for r in data.rates.values())
            else ""
        )
        return (
            f"Means over the runs of {', '.join(runs)} beside {data.reference}. For each, one "
            "number is fitted, the ratio of the clocks, on the centroid gap; the other quantities "
            "use it as it is. r: correlation, e: error over the reference's range, in the order of "
            f"the runs.{dotted}"
        )


def _short_names(runs: Sequence[str]) -> dict[str, str]:
    """The last parts of the paths that tell the runs apart."""
    parts = {run: Path(run.removesuffix("/trajectory.nc")).parts for run in runs}
    depth = 1
    while True:
        short = {run: "/".join(found[-depth:]) for run, found in parts.items()}
        if len(set(short.values())) == len(short) or depth >= max(map(len, parts.values())):
            return short
        depth += 1


def _value(row: dict[str, Any], key: str) -> float:
    value = row.get(key)
    return float("nan") if value is None else float(value)


def _agreement(found: list[Follower]) -> str:
    """Correlations and errors in the order of the runs; of many, the printed table has them."""
    if len(found) > MOST or not all(np.isfinite(f.correlation) for f in found):
        return ""
    r, e = (" / ".join(f"{getattr(f, k):.2f}" for f in found) for k in ("correlation", "error"))
    return f"r = {r}   e = {e}".replace("-", "−")
