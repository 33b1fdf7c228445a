"""The stability spectrum: how fast every mode of a small perturbation decays (N.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.base import FIGURES, Figure, Panels
from figures.results import load_predictions, row_interval, setting_numbers
from figures.style import marker_of
from figures.words import number
from theory.dynamics import stability_spectrum
from theory.statistics import Interval

__all__ = ["Stability", "StabilityData"]

EXPERIMENT = "decay_modes"
MOST = 6
"""Settings drawn."""
CASES = ((3, 0.5), (3, 0.1), (16, 0.2), (512, 0.01))
DEGREES = np.arange(1, 13)


class Mode(NamedTuple):
    """A measured rate over 4β: of which case, degree and side (0 apart, 1 together)."""

    case: tuple[int, float]
    degree: int
    side: int
    n: int
    rate: Interval


class StabilityData(NamedTuple):
    """Degrees, rates over 4β by (h, τ): (degrees × 2), apart and together; measured modes."""

    degrees: NDArray[np.int64]
    rates: dict[tuple[int, float], NDArray[np.float64]]
    modes: list[Mode]


@FIGURES.register("stability")
class Stability(Figure):
    """Rates of the modes over their degree, computed when drawn; those that a run measured."""

    name = "stability"
    title = "How fast small perturbations decay"
    section = "claims"
    place = 4
    needs = (("ledger.json", f"simulations/{EXPERIMENT}/table.json"),)

    def load(self, run: Path) -> StabilityData:
        """Compute the spectrum, at the settings where the run measured modes, if it did."""
        rows = load_predictions(run).get(EXPERIMENT, [])
        modes = _largest([found for row in rows if (found := _mode(row)) is not None])
        cases = sorted({mode.case for mode in modes})[:MOST] or CASES
        rates = {(h, tau): stability_spectrum(h, tau, DEGREES) * tau / 4 for h, tau in cases}
        return StabilityData(DEGREES, rates, [mode for mode in modes if mode.case in rates])

    def panels(self, data: StabilityData) -> Panels:
        """One panel a symmetry, on a common scale."""
        return Panels(1, 2, width=4.6, height=3.6, share_y="row")

    def plot(self, data: StabilityData, axes: np.ndarray) -> np.ndarray:
        """Draw the rates as dots on a line; a ring marks the gap of the centres."""
        for side, (ax, title) in enumerate(
            zip(axes.flat, ("x and y move apart", "x and y move together"), strict=True)
        ):
            for k, ((h, tau), rates) in enumerate(data.rates.items()):
                color = self.style.cycle(k)
                ax.plot(
                    data.degrees, rates[:, side], marker_of(k) + "-", color=color, linewidth=1.2,
                    markersize=2.5 if data.modes else 4.5, label=f"h = {h}, τ = {tau:g}",
                )  # fmt: skip
                for mode in data.modes:
                    if (mode.case, mode.side) == ((h, tau), side):
                        at = [mode.degree] * 2
                        ax.plot(at, mode.rate[1:3], color=color, linewidth=2, label="_interval")
                        ax.plot(
                            mode.degree, mode.rate.mean, marker_of(k), color=color, markersize=7,
                            label="_measured",
                        )  # fmt: skip
                if side == 0:
                    ax.plot(
                        1, rates[0, 0], "o", markersize=11, fillstyle="none",
                        color=self.style.ink, label="_gap",
                    )  # fmt: skip
            ax.set_title(title)
            ax.set_xlabel("degree l of the mode")
            ax.set_xticks(data.degrees[::2])
        axes.flat[0].set_ylabel("decay rate λ / 4β")
        axes.flat[0].set_ylim(0, 1.08)
        handles, texts = axes.flat[0].get_legend_handles_labels()
        axes.flat[0].figure.legend(handles, texts, loc="outside lower center", ncols=len(texts))
        return axes

    def caption(self, data: StabilityData) -> str:
        """State the claim, and which mode is slowest."""
        slow = [
            f"degree {data.degrees[rates[:, 0].argmin()]} for h = {h}, τ = {tau:g} "
            f"({number(float(rates[:, 0].min()))}, the gap {number(float(rates[0, 0]))})"
            for (h, tau), rates in data.rates.items()
            if rates[:, 0].argmin() > 0
        ]
        behind = f" The gap is not the slowest of them at {'; '.join(slow)}." if slow else ""
        measured = ""
        if data.modes:
            pairs = ", ".join(str(n) for n in sorted({mode.n for mode in data.modes}))
            measured = (
                f" Large marks: measured on N = {pairs} pairs displaced along one harmonic, with "
                "the 95 % interval over seeds."
            )
        return (
            "Computed from N.2 for infinitely many pairs: decay rates of small perturbations of "
            "the paired uniform law along gradients of spherical harmonics, in units of 4β. "
            f"Rings: degree 1 on the left, the gap between the centres.{behind}{measured}"
        )


def _mode(row: Mapping[str, Any]) -> Mode | None:
    """The measured rate that a row of the table is about."""
    where = setting_numbers(str(row["setting"]))
    if not {"h", "τ", "l"} <= where.keys() or row.get("measured") is None:
        return None
    found, unit = row_interval(row), where["τ"] / 4
    rate = Interval(found.mean * unit, found.low * unit, found.high * unit, found.n)
    side = int("together" in str(row["setting"]))
    case = (int(where["h"]), where["τ"])
    return Mode(case, int(where["l"]), side, int(where.get("N", 0)), rate)


def _largest(modes: Sequence[Mode]) -> list[Mode]:
    """Of every mode, the measurement with the most pairs."""
    best: dict[tuple[object, ...], Mode] = {}
    for mode in sorted(modes, key=lambda mode: mode.n):
        best[mode[:3]] = mode
    return list(best.values())
