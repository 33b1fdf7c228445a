"""Finitely many pairs against the bound that holds for every number of them (N.1, LS.1)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.results import load_predictions, row_interval, setting_numbers
from figures.style import marker_of
from theory.limits import uniform_optimum
from theory.statistics import Interval

__all__ = ["FiniteN", "FiniteNData"]

EXPERIMENT, QUANTITY = "finite_n", "loss − 2 log N at the end"
LEAST = 1e-9
"""Excess below which rounding and the end of the run decide; not shown."""


class Optimum(NamedTuple):
    """The loss that N pairs reach, less 2 log N; and the exact optimum for N ≤ h + 1, else NaN."""

    n: int
    reached: Interval
    simplex: float


class FiniteNData(NamedTuple):
    """Optima by (h, τ), in order of N; and the bound K of each."""

    optima: dict[tuple[int, float], list[Optimum]]
    bounds: dict[tuple[int, float], float]


@FIGURES.register("finite_n")
class FiniteN(Figure):
    """Loss reached over N with the bound as a line, and the excess over it on log axes."""

    name = "finite_n"
    title = "Finitely many pairs against the bound"
    section = "simulations"
    place = 3
    needs = (f"simulations/{EXPERIMENT}/table.json",)

    @classmethod
    def drawable(cls, run: Path) -> bool:
        """Whether the loss at the end was measured."""
        return bool(cls().load(run).optima)

    def load(self, run: Path) -> FiniteNData:
        """Read the losses reached, and compute the bound."""
        found: dict[tuple[int, float], list[Optimum]] = {}
        for row in load_predictions(run).get(EXPERIMENT, []):
            where = setting_numbers(str(row["setting"]))
            if row["quantity"] != QUANTITY or not {"h", "τ", "N"} <= where.keys():
                continue
            h, tau, n = int(where["h"]), where["τ"], int(where["N"])
            exact = float(row["predicted"]) if n <= h + 1 else float("nan")
            found.setdefault((h, tau), []).append(Optimum(n, row_interval(row), exact))
        optima = {case: sorted(of_case) for case, of_case in sorted(found.items())}
        return FiniteNData(optima, {case: float(uniform_optimum(*case)) for case in optima})

    def panels(self, data: FiniteNData) -> Panels:
        """The losses, and the excess over the bound."""
        return Panels(1, 2, width=4.6, height=3.9)

    def plot(self, data: FiniteNData, axes: np.ndarray) -> np.ndarray:
        """Draw dots for what was reached, lines for the simplex and for the bound."""
        losses, excess = axes.flat
        for number, (case, optima) in enumerate(data.optima.items()):
            color, mark, bound = self.style.cycle(number), marker_of(number), data.bounds[case]
            n = np.array([o.n for o in optima])
            reached = np.array([o.reached[:3] for o in optima])
            simplex = np.array([o.simplex for o in optima])
            name = f"h = {case[0]}, τ = {case[1]:g}"
            losses.axhline(bound, color=color, linewidth=1, label="_bound")
            for ax, less, least in ((losses, 0.0, -np.inf), (excess, bound, LEAST)):
                shown = reached - less
                kept = shown[:, 0] > least
                ax.plot(n, simplex - less, color=color, linestyle=(0, (3, 1.5)), linewidth=1.2)
                ax.plot(n[kept], shown[kept, 0], mark, color=color, markersize=5, label=name)
                for at, (_, low, high) in zip(n[kept], shown[kept], strict=True):
                    ax.plot([at, at], [max(low, least), high], color=color, linewidth=1.5)
        for ax in (losses, excess):
            ax.set_xscale("log", base=2)
            ax.set_xlabel("pairs N")
        excess.set_yscale("log")
        losses.set_title("L − 2 log N at the end")
        excess.set_title("above the bound K")
        handles, texts = losses.get_legend_handles_labels()
        losses.figure.legend(handles, texts, loc="outside lower center", ncols=min(len(texts), 4))
        return axes

    def caption(self, data: FiniteNData) -> str:
        """State the bound and the exact regime."""
        seeds = max((o.reached.n for found in data.optima.values() for o in found), default=0)
        return (
            f"Free particles under the full loss, mean of {seeds} seeds with 95 % interval. Lines: "
            "K = −2β + 2 log Z(β), which no number of pairs falls below (N.1) and infinitely many "
            "reach (Y.T1). Dashed: the exact optimum of N ≤ h + 1 pairs, a simplex (LS.1)."
        )
