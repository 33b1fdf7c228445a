"""Embeddings before and after each repair, as maps with the links of true pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from figures.base import FIGURES, Figure, Panels
from figures.drawing import draw_links, grid_shape, legend_beside
from figures.folder import BASELINE
from figures.repaired import load_repaired
from figures.results import load_repairs
from figures.style import label
from theory.maps import PlaneMap, pca_map

__all__ = ["MapData", "Repairs"]


class MapData(NamedTuple):
    """A plane map for each method, the names of the views, and rows of the repair table."""

    maps: dict[str, PlaneMap]
    modalities: list[str]
    rows: dict[str, dict[str, Any]]


@FIGURES.register("repairs")
class Repairs(Figure):
    """Small multiples: the plane of largest variance, with a line for every true pair."""

    name = "repairs"
    title = "Maps before and after each repair"
    section = "repairs"
    place = 3
    needs = ("repairs/none.safetensors",)

    def load(self, run: Path) -> MapData:
        """Read the embeddings after each repair and map each to its plane."""
        found = load_repaired(run)
        rows: dict[str, dict[str, Any]] = {}
        for row in load_repairs(run):
            if row.get("loss", BASELINE) == BASELINE:
                rows.setdefault(str(row["method"]), row)
        maps = {method: pca_map(*saved.views.values()) for method, saved in found.items()}
        return MapData(maps, list(found["none"].views), rows)

    def panels(self, data: MapData) -> Panels:
        """One panel a method, on common scales."""
        rows, columns = grid_shape(list(data.maps))
        return Panels(rows, columns, width=3.6, height=3.6, share_x=True, share_y=True)

    def plot(self, data: MapData, axes: np.ndarray) -> np.ndarray:
        """Draw links below, then the points of each modality."""
        for ax, (method, plane) in zip(axes.flat, data.maps.items(), strict=False):
            draw_links(ax, plane.views[0], plane.views[1], self.style.muted)
            for modality, points in zip(data.modalities, plane.views, strict=True):
                ax.plot(
                    *points.T, ".", color=self.style.color(modality), markersize=3.5, alpha=0.8,
                    label=modality, markeredgewidth=0,
                )  # fmt: skip
            ax.set_title(label(method))
            ax.set_title(
                _numbers(data.rows.get(method)), loc="right", fontweight="normal",
                fontsize="small", color=self.style.muted,
            )  # fmt: skip
            first, second = 100 * plane.explained
            ax.set_xlabel(f"PC 1 ({first:.0f} %)")
            ax.set_ylabel(f"PC 2 ({second:.0f} %)")
            ax.set_aspect("equal", adjustable="box")
            ax.tick_params(labelbottom=True)
        legend_beside(axes, len(data.maps), markerscale=3)
        return axes

    def caption(self, data: MapData) -> str:
        """Say what is mapped."""
        n = len(next(iter(data.maps.values())).views[0])
        return (
            f"{n} held-out pairs of {label(BASELINE)} (first seed) before and after repairs fitted "
            "on the training pairs. Each panel is the plane of largest variance of both "
            "modalities together, with one line a true pair; the percentages are the variance "
            "that the axes explain, the numbers the centroid gap and the mean true-pair cosine."
        )


def _numbers(row: dict[str, Any] | None) -> str:
    """Gap and true-pair cosine, as the repair table has them."""
    if row is None or row.get("centroid_gap") is None or row.get("true_pair_cosine") is None:
        return ""
    return f"gap {row['centroid_gap']:.2f} · cos {row['true_pair_cosine']:.2f}"
