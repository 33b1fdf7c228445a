"""The decay law of the gap: predicted over temperature, measured in simulations (N.2)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.base import FIGURES, Figure, Panels
from figures.results import load_predictions, row_interval, setting_numbers
from figures.style import marker_of
from theory.dynamics import gap_decay_rate
from theory.statistics import Interval

__all__ = ["Decay", "DecayData"]

QUANTITY = "decay rate of the centre gap"
BESIDE = 1.08
"""Factor by which the dots of one dimension stand beside those of the next at the same N."""
TEMPERATURES = np.geomspace(0.02, 5.0, 121)


class Rate(NamedTuple):
    """A measured decay rate: dimension, temperature, pairs, interval over seeds, prediction."""

    h: int
    tau: float
    n: int
    measured: Interval
    predicted: float


class DecayData(NamedTuple):
    """The law over the temperatures by dimension, and what was measured."""

    temperatures: NDArray[np.float64]
    laws: dict[int, NDArray[np.float64]]
    rates: list[Rate]


@FIGURES.register("decay")
class Decay(Figure):
    """λ(τ) of the gap as curves, measured rates as dots; and their deviation over N."""

    name = "decay"
    title = "The decay law of the gap"
    section = "simulations"
    place = 2
    needs = (
        (
            "simulations/free/table.json",
            "simulations/finite_n/table.json",
            "simulations/temperature_sweep/table.json",
        ),
    )

    @classmethod
    def drawable(cls, run: Path) -> bool:
        """Whether a decay rate was measured."""
        return bool(cls().load(run).rates)

    def load(self, run: Path) -> DecayData:
        """Read every measured rate, and compute the law for its dimension."""
        rates = [
            Rate(
                int(where["h"]),
                where["τ"],
                int(where.get("N", 0)),
                row_interval(row),
                float(row["predicted"]),
            )
            for rows in load_predictions(run).values()
            for row in rows
            if QUANTITY in str(row["quantity"]) and row.get("measured") is not None
            and {"h", "τ"} <= (where := setting_numbers(str(row["setting"]))).keys()
        ]  # fmt: skip
        dimensions = sorted({rate.h for rate in rates})
        laws = {h: np.asarray(gap_decay_rate(h, TEMPERATURES)) for h in dimensions}
        return DecayData(TEMPERATURES, laws, sorted(rates))

    def panels(self, data: DecayData) -> Panels:
        """The law, and the deviations from it."""
        return Panels(1, 2, width=4.6, height=3.8)

    def plot(self, data: DecayData, axes: np.ndarray) -> np.ndarray:
        """Draw curves and dots on the left, deviations in percent over N on the right."""
        law, off = axes.flat
        off.axhline(0, color=self.style.ink, linewidth=1)
        for number, (h, curve) in enumerate(data.laws.items()):
            color, mark = self.style.cycle(number), marker_of(number)
            scaled = curve * data.temperatures / 4
            law.plot(data.temperatures, scaled, color=color, linewidth=1.3, label="_law")
            mine = [rate for rate in data.rates if rate.h == h]
            law.plot(
                [rate.tau for rate in mine],
                [rate.measured.mean * rate.tau / 4 for rate in mine],
                mark, color=color, markersize=6, label=f"h = {h}",
            )  # fmt: skip
            for rate in mine:
                percent = [100 * (value / rate.predicted - 1) for value in rate.measured[:3]]
                at = rate.n * BESIDE**number
                off.plot([at, at], percent[1:], color=color, linewidth=2)
                off.plot(at, percent[0], mark, color=color, markersize=6)
        law.set_xscale("log")
        law.set_xlabel("temperature τ")
        law.set_ylabel("decay rate λ / 4β of the gap")
        law.set_title("law and measurement")
        off.set_xscale("log", base=2)
        sizes = sorted({rate.n for rate in data.rates})
        off.set_xticks(sizes, [str(n) for n in sizes])
        off.minorticks_off()
        off.set_xlim(sizes[0] / 1.5, sizes[-1] * 1.5 * BESIDE ** len(data.laws))
        off.set_xlabel("pairs N")
        off.set_ylabel("measured − predicted (%)")
        off.set_title("deviation")
        law.legend()
        return axes

    def caption(self, data: DecayData) -> str:
        """State the law and what the dots are."""
        seeds = max((rate.measured.n for rate in data.rates), default=0)
        return (
            "N.2: near the unconstrained optimum the gap of the centres decays at "
            "λ = 4β − (h − 1)(2A + A²), A = I_{h/2}(β)/I_{h/2−1}(β) (curves, computed, for "
            "infinitely many pairs). Dots: free particles under the full loss; right, their "
            f"deviation with the 95 % interval over {seeds} seeds. The law holds for evenly spread "
            "points; what finite N leaves is shown, not corrected."
        )
