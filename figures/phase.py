"""The collapse transition: above which temperature pairs abandon their own directions (N.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from figures.base import FIGURES, Figure, Panels
from figures.results import load_predictions, row_interval, setting_numbers
from figures.style import marker_of
from theory.dynamics import collapse_temperature
from theory.statistics import Interval

__all__ = ["Phase", "PhaseData"]

DIMENSIONS = (4, 6, 10, 16)
ANGLES = np.linspace(5.0, 85.0, 81)
EXPERIMENT, TRANSITION = "transition", "transition temperature"
GROWTH = "growth rate of the specific energy"
WAYS = {"by curvature": "o", "by simulation": "s"}
"""How a transition was found, and its mark."""


class Crossing(NamedTuple):
    """A measured transition: where, with its interval, in how many pairs, and how found."""

    h: int
    phi: float
    measured: Interval
    n: int
    way: str


class Growth(NamedTuple):
    """A growth rate outside C of n pairs at a share τ/τ* of the transition temperature."""

    h: int
    phi: float
    n: int
    share: float
    predicted: float
    measured: Interval


class PhaseData(NamedTuple):
    """τ* over the angles (degrees) by dimension, and what simulations found."""

    angles: NDArray[np.float64]
    curves: dict[int, NDArray[np.float64]]
    crossings: list[Crossing]
    growths: list[Growth]


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
        growths = sorted(rate for row in rows if (rate := _growth(row)) is not None)
        most = {(g.h, g.phi): g.n for g in growths}
        largest = [g for g in growths if g.n == most[g.h, g.phi]]
        return PhaseData(ANGLES, curves, crossings, largest)

    def panels(self, data: PhaseData) -> Panels:
        """The diagram; beside it the growth rates, if the run measured them."""
        if data.growths:
            return Panels(1, 2, width=5.4, height=4.4, width_ratios=(1.2, 1.0))
        return Panels(1, 1, width=6.4, height=4.4)

    def plot(self, data: PhaseData, axes: np.ndarray) -> np.ndarray:
        """Draw a curve a dimension, measured transitions, and growth rates that change sign."""
        self._diagram(axes.flat[0], data)
        if data.growths:
            self._growths(axes.flat[1], data)
        return axes

    def _diagram(self, ax: Axes, data: PhaseData) -> None:
        most: dict[tuple[int, float, str], int] = {}
        for found in data.crossings:
            key = (found.h, found.phi, found.way)
            most[key] = max(found.n, most.get(key, 0))
        for number, (h, curve) in enumerate(data.curves.items()):
            color = self.style.cycle(number)
            ax.plot(data.angles, curve, color=color, label=f"h = {h}")
            for found in data.crossings:
                if found.h != h:
                    continue
                fill = "full" if found.n == most[h, found.phi, found.way] else "none"
                ax.plot([found.phi] * 2, found.measured[1:3], color=color, linewidth=1.5)
                ax.plot(
                    found.phi, found.measured.mean, WAYS[found.way], color=color, markersize=6,
                    fillstyle=fill, label="_measured",
                )  # fmt: skip
        ax.set_yscale("log")
        ax.set_xlabel("dihedral angle φ (°)")
        ax.set_ylabel("temperature τ")
        ax.set_xlim(0, 90)
        ax.set_title("the transition τ*(φ)")
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
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=4)

    def _growths(self, ax: Axes, data: PhaseData) -> None:
        ax.axhline(0, color=self.style.ink, linewidth=1)
        cases = list(dict.fromkeys((g.h, g.phi) for g in data.growths))
        for number, (h, phi) in enumerate(cases):
            mine = [g for g in data.growths if (g.h, g.phi) == (h, phi)]
            color, share = self.style.cycle(number + 4), [g.share for g in mine]
            ax.plot(
                share, [g.predicted for g in mine], color=color, linewidth=1.2,
                linestyle=(0, (3, 1.5)), label="_predicted",
            )  # fmt: skip
            for g in mine:
                ax.plot([g.share] * 2, g.measured[1:3], color=color, linewidth=2)
            ax.plot(
                share, [g.measured.mean for g in mine], marker_of(number), color=color,
                markersize=6, label=f"h = {h}, φ = {phi:g}°",
            )  # fmt: skip
        ax.set_xlabel("temperature τ / τ*")
        ax.set_title("growth rate outside C")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)

    def caption(self, data: PhaseData) -> str:
        """State the claim and what was measured."""
        measured = ""
        if data.crossings:
            sizes = sorted({found.n for found in data.crossings if found.n})
            pairs = f" (N = {', '.join(map(str, sizes))})" if sizes else ""
            measured = (
                " Marks: where the collapsed state of finitely many pairs loses its stability"
                f"{pairs}, by its curvature (circles) and by simulation (squares), with the 95 % "
                "interval over seeds; hollow for the smaller numbers of pairs."
            )
        if data.growths:
            measured += (
                " Right: the rate at which energy outside C grows, which changes sign at τ*, for "
                "the most pairs simulated; dashed is the linear prediction."
            )
        return (
            "N.3, computed: two hyperplanes at the angle φ. The state with every pair inside "
            "their intersection C is stable above the curve τ*(φ), where "
            f"A(1/τ*) = 1 − cos φ in dimension h − 2, and unstable below it.{measured}"
        )


def _crossing(row: dict[str, Any]) -> Crossing | None:
    """The transition that a row of the table is about."""
    where, quantity = setting_numbers(str(row["setting"])), str(row["quantity"])
    way = next((way for way in WAYS if quantity == f"{TRANSITION}, {way}"), None)
    if way is None or not {"h", "φ"} <= where.keys() or row.get("measured") is None:
        return None
    return Crossing(int(where["h"]), where["φ"], row_interval(row), int(where.get("N", 0)), way)


def _growth(row: dict[str, Any]) -> Growth | None:
    """The growth rate that a row of the table is about."""
    where = setting_numbers(str(row["setting"]))
    if row["quantity"] != GROWTH or not {"h", "φ", "τ"} <= where.keys():
        return None
    if row.get("measured") is None:
        return None
    predicted = float(row["predicted"])
    n = int(where.get("N", 0))
    return Growth(int(where["h"]), where["φ"], n, where["τ"], predicted, row_interval(row))
