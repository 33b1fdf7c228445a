"""Does performance follow the gap? Every seed of every loss and repair as a point."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.folder import BASELINE
from figures.results import load_evaluations, load_repairs
from figures.style import label, marker

__all__ = ["Tradeoff", "TradeoffData"]

METRICS = ("r1_xy", "v_measure")


class TradeoffData(NamedTuple):
    """By metric, then by method: gap and metric of every seed, (seeds × 2)."""

    points: dict[str, dict[str, np.ndarray]]


@FIGURES.register("tradeoff")
class Tradeoff(Figure):
    """R@1 and V-measure against the centroid gap."""

    name = "tradeoff"
    title = "Performance against the gap"
    section = "repairs"
    place = 2
    needs = ("training/*/evaluation.json",)

    def load(self, run: Path) -> TradeoffData:
        """Read every seed's gap and metrics."""
        by_method = {loss: found.seeds for loss, found in load_evaluations(run).items()}
        for row in load_repairs(run):
            if row.get("loss", BASELINE) == BASELINE and row["method"] != "none":
                by_method.setdefault(str(row["method"]), []).append(row)
        points: dict[str, dict[str, np.ndarray]] = {}
        for metric in METRICS:
            for method, rows in by_method.items():
                pairs = [(row.get("centroid_gap"), row.get(metric)) for row in rows]
                kept = [pair for pair in pairs if None not in pair]
                if kept:
                    points.setdefault(metric, {})[method] = np.array(kept, dtype=float)
        return TradeoffData(points)

    def panels(self, data: TradeoffData) -> Panels:
        """One panel a metric."""
        return Panels(1, max(1, len(data.points)), width=4.4, height=3.6)

    def plot(self, data: TradeoffData, axes: np.ndarray) -> np.ndarray:
        """Draw a mark a seed."""
        for ax, (metric, by_method) in zip(axes.flat, data.points.items(), strict=False):
            for method, pairs in by_method.items():
                ax.plot(
                    *pairs.T, marker(method), color=self.style.color(method), markersize=7,
                    alpha=0.85, label=label(method), markeredgewidth=0,
                )  # fmt: skip
            ax.set_title(label(metric))
            ax.set_xlabel(label("centroid_gap"))
            ax.set_xlim(left=0)
        handles, texts = axes.flat[0].get_legend_handles_labels()
        axes.flat[0].figure.legend(
            handles, texts, loc="outside lower center", ncols=min(len(texts), 6)
        )
        return axes

    def caption(self, data: TradeoffData) -> str:
        """State the question and what a mark is."""
        return (
            "Does closing the gap help? Each mark is one seed: models trained with each loss, and "
            f"the repairs of {label(BASELINE)}, on held-out pairs. Retrieval asks for the single "
            "partner (instance level), V-measure for the classes of both modalities together "
            "(group level)."
        )
