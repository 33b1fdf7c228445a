"""Singular-value spectra of each modality, and the angles between their subspaces."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from figures.base import FIGURES, Figure, Panels
from figures.drawing import draw_band
from figures.folder import find_named
from figures.series import Band, band_of
from figures.style import label
from gaplab.records import load_trajectory

__all__ = ["Spectra", "SpectraData"]

MODALITIES = {"spectrum_x": "image", "spectrum_y": "text"}

FLOOR = 1e-5
"""Share of the largest value below which rounding and centring decide; not shown."""


class SpectraData(NamedTuple):
    """By loss, then by modality: the spectrum at the first and at the last step.

    ``angles``: by loss, the principal angles (degrees) at the first and at the last step.
    """

    start: dict[str, dict[str, Band]]
    end: dict[str, dict[str, Band]]
    angles: dict[str, tuple[Band, Band]]


@FIGURES.register("spectra")
class Spectra(Figure):
    """Normalised singular values before and after training, per loss; principal angles."""

    name = "spectra"
    title = "Spectra and principal angles"
    section = "training"
    place = 3
    needs = ("training/*/trajectory.nc",)

    def load(self, run: Path) -> SpectraData:
        """Read spectra and angles at the first and last measured step of every loss."""
        start, end, angles = {}, {}, {}
        for loss, path in find_named(run, "training/*/trajectory.nc", "loss").items():
            trajectory = load_trajectory(path)
            start[loss] = _spectra(trajectory, 0)
            end[loss] = _spectra(trajectory, -1)
            both = [_angles(trajectory, step) for step in (0, -1)]
            if both[0] is not None and both[1] is not None:
                angles[loss] = (both[0], both[1])
        return SpectraData(start, end, angles)

    def panels(self, data: SpectraData) -> Panels:
        """One panel a loss, and one for the angles."""
        columns = len(data.end) + bool(data.angles)
        return Panels(1, max(1, columns), width=4.0, height=3.7)

    def plot(self, data: SpectraData, axes: np.ndarray) -> np.ndarray:
        """Draw each modality's spectrum: solid at the end, dotted at the start."""
        for ax, loss in zip(axes.flat, data.end, strict=False):
            for modality, band in data.start[loss].items():
                draw_band(
                    ax, band, self.style.color(modality), f"{modality}, untrained",
                    linestyle=(0, (1, 1.6)), linewidth=1.3,
                )  # fmt: skip
            for modality, band in data.end[loss].items():
                draw_band(ax, band, self.style.color(modality), f"{modality}, trained")
            ax.set_yscale("log")
            top = max(band.mean.max() for band in data.end[loss].values())
            ax.set_ylim(bottom=max(FLOOR * top, ax.get_ylim()[0]))
            ax.set_xlim(left=1)
            ax.set_title(label(loss))
            ax.set_xlabel("direction (by size)")
            ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.18), ncols=2)
        axes.flat[0].set_ylabel("singular value / sum")
        if data.angles:
            self._angles(axes.flat[-1], data.angles)
        return axes

    def _angles(self, ax: Axes, angles: dict[str, tuple[Band, Band]]) -> None:
        for loss, (start, end) in angles.items():
            color = self.style.color(loss)
            draw_band(
                ax, start, color, f"{label(loss)}, untrained", linestyle=(0, (1, 1.6)),
                linewidth=1.3,
            )  # fmt: skip
            draw_band(ax, end, color, f"{label(loss)}, trained")
        ax.set_ylim(0, 93)
        ax.set_yticks([0, 30, 60, 90])
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_title("principal angles (°)")
        ax.set_xlabel("angle (by size)")
        ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.18), ncols=1)

    def caption(self, data: SpectraData) -> str:
        """Say what the spectra are of."""
        angles = (
            " Right: the principal angles between the subspaces that hold 99 % of each "
            "modality's second moment; 0° means a shared direction."
            if data.angles
            else ""
        )
        bands = [band for by_modality in data.end.values() for band in by_modality.values()]
        seeds = max((band.n for band in bands), default=0)
        width = max((int(band.x[-1]) for band in bands), default=0)
        return (
            f"Singular values of each modality's embeddings (dimension {width}, divided by their "
            "sum) on validation pairs, dotted before and solid after training; geometric mean of "
            f"{seeds} seeds with 95 % interval. A few large values mean that the modality lives "
            f"in a small subspace or a narrow cone.{angles}"
        )


def _angles(trajectory: xr.Dataset, step: int) -> Band | None:
    """Principal angles in degrees at the first (0) or last (−1) step that measured them."""
    if "principal_angles" not in trajectory:
        return None
    block = trajectory["principal_angles"].transpose("run", "step", "angle").values
    measured = np.flatnonzero(np.isfinite(block).any(axis=(0, 2)))
    if not measured.size:
        return None
    at = np.degrees(block[:, measured[step]])
    return band_of(np.arange(1.0, at.shape[1] + 1), at)


def _spectra(trajectory: xr.Dataset, step: int) -> dict[str, Band]:
    """Spectrum of each modality at the first (0) or last (−1) step that measured it."""
    found = {}
    for variable, modality in MODALITIES.items():
        if variable not in trajectory:
            continue
        block = trajectory[variable].transpose("run", "step", "direction").values
        measured = np.flatnonzero(np.isfinite(block).any(axis=(0, 2)))
        if not measured.size:
            continue
        at = block[:, measured[step]]
        band = band_of(np.arange(1.0, at.shape[1] + 1), at, log=True)
        if band is not None:
            found[modality] = band
    return found
