"""Spectra of the views, and the principal angles between their subspaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.folder import find
from gaplab.records import read_json

__all__ = ["ShapeData", "Shapes"]

FLOOR = 1e-5
"""Share of the largest singular value below which rounding decides; not shown."""


class ShapeData(NamedTuple):
    """Spectra by view, principal angles by pair of views in degrees, and their resolution."""

    spectra: dict[str, np.ndarray]
    angles: dict[str, np.ndarray]
    resolution: dict[str, float]


@FIGURES.register("diagnosis_shapes")
class Shapes(Figure):
    """Normalised singular values of each view; principal angles of every two."""

    name = "diagnosis_shapes"
    title = "Spectra and principal angles"
    section = "diagnosis"
    place = 3
    needs = ("diagnosis/diagnosis.json",)

    def load(self, run: Path) -> ShapeData:
        """Read the spectra and angles of the record."""
        record: dict[str, Any] = read_json(find(run, self.needs[0])[0])
        predictions = {", ".join(pair["names"]): pair["prediction"] for pair in record["pairs"]}
        return ShapeData(
            {name: np.array(values) for name, values in record["spectra"].items()},
            {names: np.degrees(p["angles"]) for names, p in predictions.items()},
            {names: float(np.degrees(p["resolution"])) for names, p in predictions.items()},
        )

    def panels(self, data: ShapeData) -> Panels:
        """Two panels."""
        return Panels(1, 2, width=4.2, height=3.2)

    def plot(self, data: ShapeData, axes: np.ndarray) -> np.ndarray:
        """Draw the spectra on a logarithmic scale, the angles with their resolution dotted."""
        left, right = axes[0]
        for k, (name, values) in enumerate(data.spectra.items()):
            shown = values[values > FLOOR * values[0]]
            left.plot(np.arange(1, len(shown) + 1), shown, color=self.style.cycle(k), label=name)
        left.set_yscale("log")
        left.set_title("singular values")
        left.set_xlabel("direction (by size)")
        left.set_ylabel("value / sum")
        left.legend()
        for k, (names, angles) in enumerate(data.angles.items()):
            color = self.style.color("none") if len(data.angles) == 1 else self.style.cycle(k)
            right.plot(np.arange(1, len(angles) + 1), angles, color=color, label=names)
            right.axhline(data.resolution[names], color=color, linewidth=1, linestyle=(0, (1, 2)))
        right.set_ylim(0, 90)
        right.set_yticks([0, 30, 60, 90])
        right.set_title("principal angles")
        right.set_xlabel("pair of directions (nearest first)")
        right.set_ylabel("angle (°)")
        if len(data.angles) > 1:
            right.legend(fontsize="small")
        return axes

    def caption(self, data: ShapeData) -> str:
        """Say what the spectra and angles are of."""
        return (
            "Left: singular values of each view's rows over their sum. Right: principal angles "
            "between the subspaces that hold 99 % of the second moment of each view; below the "
            "dotted line, which sampling alone reaches, two directions count as shared."
        )
