"""Centre-pair landscapes: Y.T2 with its second minimum, and both readings of Y.T3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from figures.base import FIGURES, Figure, Panels
from figures.drawing import note
from figures.folder import find
from figures.words import number
from gaplab.records import RecordError, read_json

__all__ = ["Landscape"]

_STATES = {
    "inside": ("o", "centres in C: gap 0"),
    "acute": ("^", "centres ⊥ C: gap φ"),
    "obtuse": ("s", "centres ⊥ C: gap 180° − φ"),
}


@FIGURES.register("landscape")
class Landscape(Figure):
    """J over the gap angle for several κ; J̃ over both great circles; the path between readings."""

    name = "landscape"
    title = "Where the centre-pair losses are lowest"
    section = "claims"
    place = 2
    needs = ("landscape.json",)

    def load(self, run: Path) -> dict[str, Any]:
        """Read the grids that `theory.landscape.center_pair_landscape` made."""
        path = find(run, "landscape.json")[0]
        saved = read_json(path)
        if not isinstance(saved, dict) or not {"cone", "subspace"} <= saved.keys():
            raise RecordError(f"{path} lacks cone or subspace; save center_pair_landscape() again.")
        return saved

    def panels(self, data: dict[str, Any]) -> Panels:
        """Three panels in a row."""
        return Panels(1, 3, width=3.9, height=3.5)

    def plot(self, data: dict[str, Any], axes: np.ndarray) -> np.ndarray:
        """Draw the cone landscape, the subspace map, and the path between the two readings."""
        cone, torus, path = axes.flat
        self._cone(data["cone"], cone)
        self._torus(data["subspace"], torus)
        self._path(data["subspace"], path)
        return axes

    def caption(self, data: dict[str, Any]) -> str:
        """State both claims, the setting and the counterexample's numbers."""
        cone, sub = data["cone"], data["subspace"]
        second = [
            f"{k:g}" for k, s in zip(cone["kappas"], cone["second_minimum"], strict=True) if s
        ]
        extra = f"; for κ = {' and '.join(second)}, 180° is a second one, local" if second else ""
        inside, acute = (sub["states"][name]["loss"] for name in ("inside", "acute"))
        return (
            f"Left, Y.T2 (h = {cone['h']}, τ = {cone['tau']:g}): the global minimum is at gap 0 "
            f"for every κ{extra}. Middle and right, Y.T3 (h = {sub['h']}, τ = {sub['tau']:g}, "
            f"κ = {sub['kappa']:g}, φ = {np.degrees(sub['phi']):.0f}°): among centres orthogonal "
            f"to C = A∩B the gap φ is best ({number(acute, 6)} per direction), but centres "
            f"inside C have gap 0 and do better ({number(inside, 6)}): over all centres the claim "
            "is false."
        )

    def _cone(self, data: dict[str, Any], ax: Axes) -> None:
        angle = np.degrees(data["angle"])
        shades = np.linspace(0.35, 1.0, len(data["kappas"]))
        for kappa, loss, second, shade in zip(
            data["kappas"], data["relative"], data["second_minimum"], shades, strict=True
        ):
            color = self.style.color("supported")
            ax.plot(angle, loss, color=color, alpha=shade, label=f"κ = {kappa:g}")
            if second:
                ax.plot(angle[-1], loss[-1], "o", color=color, clip_on=False, zorder=5)
        ax.set_xticks([0, 60, 120, 180])
        ax.set_xlabel("gap angle Δθ (°)")
        ax.set_ylabel("J above its value at 0, of its maximum")
        ax.set_title("Y.T2: cones")
        ax.set_ylim(top=1.25)
        ax.legend(ncols=2, loc="upper left")
        if any(data["second_minimum"]):
            note(ax, "● second local minimum", self.style.color("supported"), corner="lower right")

    def _torus(self, data: dict[str, Any], ax: Axes) -> None:
        degrees = np.degrees(data["elevation"])
        filled = ax.contourf(
            degrees, degrees, np.transpose(data["loss"]), levels=24,
            cmap="cividis",
        )  # fmt: skip
        for name, (mark, text) in _STATES.items():
            pairs = np.degrees(data["states"][name]["elevations"])
            ax.plot(
                *pairs.T, mark, color="white", markeredgecolor="black", markersize=7,
                clip_on=False, zorder=5, label=text,
            )  # fmt: skip
        ax.plot([0, 90], [0, 90], color="white", linewidth=1.4, linestyle="--", zorder=4)
        ax.set_xticks([-180, -90, 0, 90, 180])
        ax.set_yticks([-180, -90, 0, 90, 180])
        ax.set_xlabel("elevation of $c_x$ out of C (°)")
        ax.set_ylabel("elevation of $c_y$ out of C (°)")
        ax.set_title("Y.T3: J̃ of all centre pairs")
        ax.grid(False)
        bar = ax.figure.colorbar(filled, ax=ax, shrink=0.9, pad=0.02)
        bar.ax.set_title("J̃", fontweight="normal")
        bar.outline.set_visible(False)

    def _path(self, data: dict[str, Any], ax: Axes) -> None:
        path = data["path"]
        gap, loss = np.degrees(path["gap_angle"]), np.asarray(path["loss"])
        ax.plot(gap, loss, color=self.style.muted, linestyle="--", zorder=2)
        for name, status in (("inside", "refuted"), ("acute", "conditional"), ("obtuse", "open")):
            state, (mark, text) = data["states"][name], _STATES[name]
            ax.plot(
                np.degrees(state["gap_angle"]), state["loss"], mark, markersize=8,
                color=self.style.color(status), label=f"{text}  ({number(state['loss'])})",
            )  # fmt: skip
        ax.set_xticks([0, 30, 60, 90, 120])
        ax.set_xlabel("gap angle Δθ (°)")
        ax.set_ylabel("J̃ per direction")
        ax.set_title("Y.T3: the two readings")
        ax.margins(0.08)
        ax.legend(loc="upper left")
        note(ax, "dashed: the diagonal path of the map", self.style.muted, corner="lower right")
