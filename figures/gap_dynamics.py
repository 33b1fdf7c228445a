"""The gap through real training beside the simulation matched to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.drawing import draw_band, log_from_zero, note, within_range
from figures.folder import BASELINE, find, find_named
from figures.results import load_comparison
from figures.series import Band, bands
from figures.style import label
from gaplab.records import load_trajectory

__all__ = ["DynamicsData", "GapDynamics"]

QUANTITIES = ("centroid_gap", "true_pair_cosine")
SIMULATED = f"simulation matched to {label(BASELINE)}"


class DynamicsData(NamedTuple):
    """Bands by quantity: of every loss, of the simulation on training's clock, and agreement."""

    real: dict[str, dict[str, Band]]
    simulated: dict[str, Band]
    agreement: dict[str, dict[str, Any]]


@FIGURES.register("gap_dynamics")
class GapDynamics(Figure):
    """Centroid gap and true-pair cosine of training, and of the simulation on its clock."""

    name = "gap_dynamics"
    title = "Gap dynamics, real and simulated"
    section = "training"
    place = 2
    needs = (
        "training/*/trajectory.nc",
        "comparison/matched/trajectory.nc",
        "comparison/comparison.json",
    )

    def load(self, run: Path) -> DynamicsData:
        """Read all trajectories; the simulation's time is scaled by the fitted clock ratio."""
        real: dict[str, dict[str, Band]] = {name: {} for name in QUANTITIES}
        for loss, path in find_named(run, "training/*/trajectory.nc", "loss").items():
            for name, band in bands(load_trajectory(path), QUANTITIES).items():
                real[name][loss] = band
        matched = load_trajectory(find(run, "comparison/matched/trajectory.nc")[0])
        agreement = {str(row["quantity"]): row for row in load_comparison(run)}
        scale = next(iter(agreement.values()))["time_scale"] if agreement else 1.0
        clock = "time" if "time" in matched else "step"
        simulated = {
            name: band._replace(x=band.x * scale)
            for name, band in bands(matched, QUANTITIES, clock).items()
        }
        return DynamicsData(real, simulated, agreement)

    def panels(self, data: DynamicsData) -> Panels:
        """One panel a quantity."""
        return Panels(1, len(QUANTITIES), width=4.6, height=3.3)

    def plot(self, data: DynamicsData, axes: np.ndarray) -> np.ndarray:
        """Draw training solid and the simulation dashed."""
        for ax, name in zip(axes.flat, QUANTITIES, strict=True):
            for loss, band in data.real[name].items():
                draw_band(ax, band, self.style.color(loss), f"{label(loss)}, training")
            if name in data.simulated:
                draw_band(
                    ax, data.simulated[name], self.style.color("simulation"), SIMULATED,
                    linestyle=(0, (4, 1.5)),
                )  # fmt: skip
            log_from_zero(ax)
            steps = [band.x[-1] for band in data.real[name].values()]
            if steps:
                ax.set_xlim(0, max(steps) * 1.05)
            within_range(ax, name)
            ax.set_title(label(name))
            ax.set_xlabel("optimiser step (simulation: scaled time)")
            if (row := data.agreement.get(name)) is not None and row.get("correlation") is not None:
                text = f"simulation ~ training: r = {row['correlation']:.2f}"
                corner = "upper left" if name == "true_pair_cosine" else "lower left"
                note(ax, text, self.style.color("simulation"), corner=corner)
        handles, texts = axes.flat[0].get_legend_handles_labels()
        axes.flat[0].figure.legend(handles, texts, loc="outside lower center", ncols=len(texts))
        return axes

    def caption(self, data: DynamicsData) -> str:
        """Say what was matched, and what was fitted."""
        seeds = max((b.n for by_loss in data.real.values() for b in by_loss.values()), default=0)
        return (
            f"Solid: validation pairs through training, mean of {seeds} seeds with 95 % interval. "
            "Dashed: particles on the sphere started from the same cones, with the same batch "
            f"size, loss and temperature as {label(BASELINE)} training. One number is fitted, the "
            "ratio of the two clocks, on the centroid gap; the true-pair cosine uses it as it is."
        )
