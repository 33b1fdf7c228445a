"""The modality gap while models train."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.drawing import draw_band, log_from_zero, within_range
from figures.folder import find_named
from figures.series import Band, bands
from figures.style import label
from gaplab.records import config_of, load_trajectory

__all__ = ["Training", "TrainingData"]

QUANTITIES = ("centroid_gap", "true_pair_cosine", "v_measure", "logit_scale")


class TrainingData(NamedTuple):
    """Bands over seeds by quantity, then by loss; and what the training was."""

    curves: dict[str, dict[str, Band]]
    dataset: str
    batch: str


@FIGURES.register("training")
class Training(Figure):
    """Gap, alignment, group structure and temperature over the training steps of every loss."""

    name = "training"
    title = "Through training"
    section = "training"
    place = 1
    needs = ("training/*/trajectory.nc",)

    def load(self, run: Path) -> TrainingData:
        """Read every loss's trajectory."""
        curves: dict[str, dict[str, Band]] = {name: {} for name in QUANTITIES}
        config = {}
        for loss, path in find_named(run, "training/*/trajectory.nc", "loss").items():
            trajectory = load_trajectory(path)
            config = config_of(trajectory)
            for name, band in bands(trajectory, QUANTITIES).items():
                curves[name][loss] = band
        return TrainingData(
            {name: by_loss for name, by_loss in curves.items() if by_loss},
            str(config.get("dataset", "")),
            str(config.get("batch_size", "")),
        )

    def panels(self, data: TrainingData) -> Panels:
        """One panel a quantity, two a row."""
        rows = max(1, (len(data.curves) + 1) // 2)
        return Panels(rows, 2 if len(data.curves) > 1 else 1, width=4.2, height=2.6, share_x=True)

    def plot(self, data: TrainingData, axes: np.ndarray) -> np.ndarray:
        """Draw one line and band a loss into the panel of each quantity."""
        for ax, (name, by_loss) in zip(axes.flat, data.curves.items(), strict=False):
            for loss, band in by_loss.items():
                draw_band(ax, band, self.style.color(loss), label(loss))
            log_from_zero(ax)
            ax.set_title(label(name))
            ax.margins(x=0.01)
            within_range(ax, name)
        for ax in axes.flat[len(data.curves) :]:
            ax.set_axis_off()
        for ax in axes[-1]:
            ax.set_xlabel("optimiser step")
        axes.flat[0].legend()
        return axes

    def caption(self, data: TrainingData) -> str:
        """Say what was trained, and over how many seeds."""
        first = next(iter(data.curves.values()), {})
        losses = ", ".join(label(loss) for loss in first)
        seeds = max((band.n for band in first.values()), default=0)
        return (
            f"Validation pairs of {data.dataset or 'the data set'} while the model trains with "
            f"{losses} (batch {data.batch or 'unknown'}): mean of {seeds} seeds, shaded 95 % "
            "interval. The step axis is logarithmic, linear below 1."
        )
