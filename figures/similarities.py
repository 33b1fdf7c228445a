"""Cosines of true pairs and of random pairs, before and after each repair."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.drawing import draw_densities, grid_shape, legend_beside
from figures.folder import BASELINE
from figures.repaired import load_repaired
from figures.style import label
from theory.maps import CosineDensities, cosine_densities

__all__ = ["Similarities"]


@FIGURES.register("similarities")
class Similarities(Figure):
    """Densities of true-pair and random-pair cosines, one panel a repair."""

    name = "similarities"
    title = "True pairs against random pairs"
    section = "repairs"
    place = 4
    needs = ("repairs/none.safetensors",)

    def load(self, run: Path) -> dict[str, CosineDensities]:
        """Read the embeddings after each repair and count their cosines."""
        found = {}
        for method, saved in load_repaired(run).items():
            x, y = list(saved.views.values())[:2]
            found[method] = cosine_densities(x, y)
        return found

    def panels(self, data: dict[str, CosineDensities]) -> Panels:
        """One panel a method, on common scales."""
        rows, columns = grid_shape(list(data))
        return Panels(rows, columns, width=3.3, height=2.5, share_x=True)

    def plot(self, data: dict[str, CosineDensities], axes: np.ndarray) -> np.ndarray:
        """Draw both densities as steps, filled, with a tick at each mean."""
        for ax, (method, found) in zip(axes.flat, data.items(), strict=False):
            draw_densities(ax, found, self.style)
            ax.set_title(label(method))
            ax.set_xticks([-1, -0.5, 0, 0.5, 1])
        for ax in axes[:, 0]:
            ax.set_ylabel("density")
        for ax in axes[-1]:
            ax.set_xlabel("cosine")
        legend_beside(axes, len(data))
        return axes

    def caption(self, data: dict[str, CosineDensities]) -> str:
        """Say whose cosines, and what the dashes are."""
        return (
            f"Cosine between the modalities on held-out pairs of {label(BASELINE)} (first seed), "
            "before and after each repair; dashes mark the means. A gap moves both densities "
            "to the left together; retrieval depends on how far they lie apart."
        )
