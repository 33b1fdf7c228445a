"""The optimum under each of the three constraints, on the sphere in R³."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from figures.base import FIGURES, Figure, Panels
from figures.globe import Globe
from figures.words import number
from theory.optima import Optimum, cone_optimum, free_optimum, plane_optimum

__all__ = ["Optima", "OptimaData"]

PAIRS, CLOUD = 180, 60
KAPPA, TAU, PHI = 30.0, 0.5, 60.0


class OptimaData(NamedTuple):
    """The optimum without constraint, of cones, and both readings of that of two planes."""

    free: Optimum
    cone: Optimum
    inside: Optimum
    orthogonal: Optimum


@FIGURES.register("optima")
class Optima(Figure):
    """Three spheres: no constraint, cones, and two planes. Computed when drawn."""

    name = "optima"
    title = "Where the losses are lowest, on the sphere"
    section = "claims"
    place = 3
    needs = ("ledger.json",)

    def load(self, run: Path) -> OptimaData:
        """Compute the optima: they follow from the theorems, not from the run."""
        rng = np.random.default_rng(0)
        phi = np.radians(PHI)
        return OptimaData(
            free_optimum(PAIRS),
            cone_optimum(CLOUD, KAPPA, TAU, rng),
            plane_optimum(CLOUD, KAPPA, phi, TAU, rng, inside=True),
            plane_optimum(CLOUD, KAPPA, phi, TAU, rng, inside=False),
        )

    def panels(self, data: OptimaData) -> Panels:
        """Three spheres in a row."""
        return Panels(1, 3, width=3.7, height=4.6)

    def plot(self, data: OptimaData, axes: np.ndarray) -> np.ndarray:
        """Draw the clouds, their centres and the two great circles."""
        free, cone, planes = axes.flat
        self._clouds(free, data.free, "Y.T1: no constraint")
        self._clouds(cone, data.cone, "Y.T2: cones")
        self._planes(planes, data)
        for ax, text in (
            (free, "pairs coincide and spread evenly"),
            (cone, "one centre, gap 0"),
            (planes, "centres in C, gap 0, are lower than\ncentres ⊥ C (hollow), gap φ"),
        ):
            ax.set_xlabel(text)
        handles, texts = free.get_legend_handles_labels()
        free.figure.legend(
            handles, texts, loc="outside lower center", ncols=len(texts), markerscale=1.6
        )
        return axes

    def caption(self, data: OptimaData) -> str:
        """State the theorems, the setting and the two losses."""
        return (
            f"Computed from the theorems (h = 3, τ = {TAU:g}, κ = {KAPPA:g}, N = {PAIRS} pairs "
            f"without constraint, {CLOUD} points a cloud else); faint points lie behind the "
            "sphere. Without constraint aligned, evenly spread pairs are optimal (Y.T1); cones "
            f"share their centre (Y.T2). In two planes at φ = {PHI:.0f}° that meet in the line C, "
            f"centres inside C have gap 0 and the loss {number(data.inside.loss)} per direction, "
            f"below the {number(data.orthogonal.loss)} of the published pair orthogonal to C, "
            "whose gap is φ (Y.T3)."
        )

    def _clouds(self, ax: Axes, found: Optimum, title: str) -> None:
        globe = Globe(ax, self.style)
        globe.graticule()
        ax.set_title(title)
        globe.points(found.x, self.style.color("image"), "image", markersize=6.5)
        globe.points(found.y, self.style.color("text"), "text", markersize=3.2)
        for center in found.centers[:1]:
            if center.any():
                globe.arrow(center, self.style.ink)

    def _planes(self, ax: Axes, data: OptimaData) -> None:
        globe = Globe(ax, self.style, azimuth=35.0, elevation=35.0)
        ax.set_title(f"Y.T3: planes at {PHI:.0f}°")
        line = data.inside.centers[0]
        for k, (modality, letter) in enumerate((("image", "A"), ("text", "B"))):
            color, across = self.style.color(modality), data.orthogonal.centers[k]
            globe.circle(line, across, color, label="_circle")
            globe.name(across, letter, color)
            given = (data.orthogonal.x, data.orthogonal.y)[k]
            globe.points(given, color, "_given", markerfacecolor="none", markeredgewidth=0.9)
            globe.points((data.inside.x, data.inside.y)[k], color, "_best")
            globe.arrow(across, color, linestyle=(0, (2, 1.5)), linewidth=1.2)
        globe.arrow(line, self.style.ink)
        globe.name(line, "C", self.style.ink)
