"""Cosines of true pairs and of other pairs, for every two views."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.drawing import draw_densities, grid_shape, legend_beside
from figures.folder import find
from gaplab.records import Embeddings
from theory.maps import CosineDensities, cosine_densities

__all__ = ["PairCosines"]

BINS = 80


@FIGURES.register("diagnosis_cosines")
class PairCosines(Figure):
    """Densities of true-pair and other-pair cosines, one panel every two views."""

    name = "diagnosis_cosines"
    title = "Cosines of true pairs and of others"
    section = "diagnosis"
    place = 2
    needs = ("diagnosis/sample.safetensors",)

    def load(self, run: Path) -> dict[str, CosineDensities]:
        """Read the sample of pairs and count its cosines."""
        views = Embeddings.load(find(run, self.needs[0])[0]).views
        return {
            f"{a}, {b}": cosine_densities(views[a], views[b], BINS)
            for a, b in combinations(views, 2)
        }

    def panels(self, data: dict[str, CosineDensities]) -> Panels:
        """One panel every two views, on common scales."""
        rows, columns = grid_shape(list(data), 2)
        return Panels(rows, columns, width=6.5 if len(data) == 1 else 4.2, height=3.0, share_x=True)

    def plot(self, data: dict[str, CosineDensities], axes: np.ndarray) -> np.ndarray:
        """Draw both densities as filled steps, with dashes at the means."""
        for ax, (names, found) in zip(axes.flat, data.items(), strict=False):
            draw_densities(ax, found, self.style)
            ax.set_title(names)
            ax.set_xlabel("cosine")
        for ax in axes[:, 0]:
            ax.set_ylabel("density")
        legend_beside(axes, len(data))
        return axes

    def caption(self, data: dict[str, CosineDensities]) -> str:
        """Say whose cosines, and how to read them."""
        return (
            "Cosines between the views, of true pairs and of all other pairs of a sample; dashes "
            "mark the means. Retrieval depends on how far the two densities lie apart, not on "
            "where they are: a gap moves both to the left together."
        )
