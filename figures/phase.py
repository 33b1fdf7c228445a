"""The collapse transition: above which temperature pairs abandon their own directions (N.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.base import FIGURES, Figure, Panels
from figures.results import load_predictions, row_interval, setting_numbers
from theory.dynamics import collapse_temperature
from theory.statistics import Interval

__all__ = ["Phase", "PhaseData"]

DIMENSIONS = (4, 6, 10, 16)
ANGLES = np.linspace(5.0, 85.0, 81)
EXPERIMENT, QUANTITY = "transition", "collapse temperature"


class Crossing(NamedTuple):
    """A measured transition: where, with its interval, and in how many pairs."""

    h: int
    phi: float
    measured: Interval
    n: int


class PhaseData(NamedTuple):
    """τ* over the angles (degrees) by dimension, and what simulations found."""

    angles: NDArray[np.float64]
    curves: dict[int, NDArray[np.float64]]
    crossings: list[Crossing]


@FIGURES.register("phase")
class Phase(Figure):
    """τ*(φ) for several h, computed when drawn, with the transitions that the run measured."""

    name = "phase"
    title = "The collapse transition"
    section = "claims"
    place = 5
    needs = (("ledger.json", f"simulations/{EXPERIMENT}/table.json"),)

    def load(self, run: Path) -> PhaseData:
        """Compute the curves from N.3, and read the measured transitions, if any."""
        rows = load_predictions(run).get(EXPERIMENT, [])
        crossings = [found for row in rows if (found := _crossing(row)) is not None]
        dimensions = sorted({*DIMENSIONS, *(found.h for found in crossings)})
        phi = np.radians(ANGLES)
        curves = {h: np.asarray(collapse_temperature(h, phi)) for h in dimensions}
        return PhaseData(ANGLES, curves, crossings)

    def panels(self, data: PhaseData) -> Panels:
        """One panel."""
        return Panels(1, 1, width=6.4, height=4.4)

    def plot(self, data: PhaseData, axes: np.ndarray) -> np.ndarray:
        """Draw a curve a dimension, and measured transitions as dots with their interval."""
        ax = axes.flat[0]
        for number, (h, curve) in enumerate(data.curves.items()):
            color = self.style.cycle(number)
            ax.plot(data.angles, curve, color=color, label=f"h = {h}")
            for found in data.crossings:
                if found.h == h:
                    ax.plot([found.phi] * 2, found.measured[1:3], color=color, linewidth=1.5)
                    ax.plot(found.phi, found.measured.mean, "o", color=color, markersize=6)
        ax.set_yscale("log")
        ax.set_xlabel("dihedral angle φ (°)")
        ax.set_ylabel("temperature τ")
        ax.set_xlim(0, 90)
        ax.set_xticks([0, 15, 30, 45, 60, 75, 90])
        for x, y, text in (
            (0.97, 0.96, "pairs collapse into C:\nmodality-specific directions abandoned"),
            (0.03, 0.04, "modality-specific directions used"),
        ):
            side = "right" if x > 0.5 else "left"
            ax.text(
                x, y, text, transform=ax.transAxes, ha=side, va="top" if y > 0.5 else "bottom",
                fontsize="small", color=self.style.muted,
            )  # fmt: skip
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        return axes

    def caption(self, data: PhaseData) -> str:
        """State the claim and what was measured."""
        measured = ""
        if data.crossings:
            sizes = sorted({found.n for found in data.crossings if found.n})
            pairs = f" (N = {', '.join(map(str, sizes))})" if sizes else ""
            measured = (
                " Dots: where the collapsed state of finitely many pairs loses its stability"
                f"{pairs}, with the 95 % interval over seeds."
            )
        return (
            "N.3, computed: two hyperplanes at the angle φ. The state with every pair inside "
            "their intersection C is stable above the curve τ*(φ), where "
            f"A(1/τ*) = 1 − cos φ in dimension h − 2, and unstable below it.{measured}"
        )


def _crossing(row: dict[str, Any]) -> Crossing | None:
    """The transition that a row of the table is about."""
    where = setting_numbers(str(row.get("setting", "")))
    if QUANTITY not in str(row["quantity"]) or not {"h", "φ"} <= where.keys():
        return None
    if row.get("measured") is None:
        return None
    return Crossing(int(where["h"]), where["φ"], row_interval(row), int(where.get("N", 0)))
