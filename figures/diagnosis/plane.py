"""The diagnosed pairs in the plane of largest variance, linked."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.drawing import draw_links
from figures.folder import find
from gaplab.records import Embeddings
from theory.maps import PlaneMap, pca_map

__all__ = ["MAPPED", "MapData", "PairMap"]

MAPPED = 300
"""Pairs drawn: more links hide each other."""


class MapData(NamedTuple):
    """The map, and what the views are called."""

    plane: PlaneMap
    names: list[str]


@FIGURES.register("diagnosis_map")
class PairMap(Figure):
    """All views in one plane, a line for every pair of the first view with each other."""

    name = "diagnosis_map"
    title = "Where the views lie"
    section = "diagnosis"
    place = 1
    needs = ("diagnosis/sample.safetensors",)

    def load(self, run: Path) -> MapData:
        """Read the sample of pairs and map the first of them."""
        saved = Embeddings.load(find(run, self.needs[0])[0])
        views = [rows[:MAPPED] for rows in saved.views.values()]
        return MapData(pca_map(*views), list(saved.views))

    def panels(self, data: MapData) -> Panels:
        """One wide panel."""
        return Panels(1, 1, width=6.5, height=4.6)

    def plot(self, data: MapData, axes: np.ndarray) -> np.ndarray:
        """Draw links below, then the points of each view."""
        ax = axes[0, 0]
        first, *others = data.plane.views
        for other in others:
            draw_links(ax, first, other, self.style.muted)
        for k, (name, points) in enumerate(zip(data.names, data.plane.views, strict=True)):
            ax.plot(
                *points.T, ".", color=self.style.cycle(k), markersize=5, alpha=0.8, label=name,
                markeredgewidth=0,
            )  # fmt: skip
        one, two = 100 * data.plane.explained
        ax.set_xlabel(f"PC 1 ({one:.0f} %)")
        ax.set_ylabel(f"PC 2 ({two:.0f} %)")
        ax.set_aspect("equal", adjustable="datalim")
        ax.legend(markerscale=2, loc="best")
        return axes

    def caption(self, data: MapData) -> str:
        """Say what is mapped."""
        n = len(data.plane.views[0])
        return (
            f"{n} pairs of {' and '.join(data.names)} in the plane of largest variance of all "
            "views together, with one line a pair; the percentages are the variance that the "
            "axes explain. A large gap is itself a leading direction."
        )
