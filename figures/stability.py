"""The stability spectrum: how fast every mode of a small perturbation decays (N.2)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.base import FIGURES, Figure, Panels
from figures.style import marker_of
from figures.words import number
from theory.dynamics import stability_spectrum

__all__ = ["Stability", "StabilityData"]

CASES = ((3, 0.5), (3, 0.1), (16, 0.2), (512, 0.01))
DEGREES = np.arange(1, 13)


class StabilityData(NamedTuple):
    """Degrees, and rates over 4β by (h, τ): (degrees × 2), antisymmetric and symmetric."""

    degrees: NDArray[np.int64]
    rates: dict[tuple[int, float], NDArray[np.float64]]


@FIGURES.register("stability")
class Stability(Figure):
    """Rates of the antisymmetric and symmetric modes over their degree. Computed when drawn."""

    name = "stability"
    title = "How fast small perturbations decay"
    section = "claims"
    place = 4
    needs = ("ledger.json",)

    def load(self, run: Path) -> StabilityData:
        """Compute the spectrum: it follows from N.2, not from the run."""
        rates = {(h, tau): stability_spectrum(h, tau, DEGREES) * tau / 4 for h, tau in CASES}
        return StabilityData(DEGREES, rates)

    def panels(self, data: StabilityData) -> Panels:
        """One panel a symmetry, on a common scale."""
        return Panels(1, 2, width=4.6, height=3.6, share_y="row")

    def plot(self, data: StabilityData, axes: np.ndarray) -> np.ndarray:
        """Draw the rates as dots on a line; a ring marks the gap of the centres."""
        for side, (ax, title) in enumerate(
            zip(axes.flat, ("x and y move apart", "x and y move together"), strict=True)
        ):
            for k, ((h, tau), rates) in enumerate(data.rates.items()):
                ax.plot(
                    data.degrees, rates[:, side], marker_of(k) + "-",
                    color=self.style.cycle(k), markersize=4.5, linewidth=1.2,
                    label=f"h = {h}, τ = {tau:g}",
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
        return (
            "Computed from N.2 for infinitely many pairs: decay rates of small perturbations of "
            "the paired uniform law along gradients of spherical harmonics, in units of 4β. "
            f"Rings: degree 1 on the left, the gap between the centres.{behind}"
        )
