"""What a gap adds to the within-class scatter: decomposition, and the three predictions (G.2)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from figures.base import FIGURES, Figure, Panels
from figures.folder import BASELINE, find, find_named
from figures.style import label
from gaplab.records import Embeddings, RecordError
from theory.decomposition import ScatterGrowth, ScatterParts, scatter_growth, scatter_parts

__all__ = ["Scatter", "ScatterData"]

PARTS = ("between_classes", "gap", "within")
"""Fields of `ScatterParts` that are drawn, from the left."""
WORDS = {
    "between_classes": "between classes",
    "gap": "gap within classes",
    "within": "within class and modality",
}


class ScatterData(NamedTuple):
    """Parts of the scatter by method, growth under an artificial gap, and pairs."""

    parts: dict[str, ScatterParts]
    growth: ScatterGrowth
    of: str
    n: int


@FIGURES.register("scatter")
class Scatter(Figure):
    """Stacked shares of the total scatter, and its growth beside what is predicted."""

    name = "scatter"
    title = "What the gap adds to the scatter of a class"
    section = "repairs"
    place = 5
    needs = ("training/*/embeddings/*-test.safetensors",)

    @classmethod
    def drawable(cls, run: Path) -> bool:
        """Whether the embeddings carry classes."""
        return all(Embeddings.load(path).labels is not None for _, path in _first(run))

    def load(self, run: Path) -> ScatterData:
        """Read the first seed's test embeddings of every loss, and those after every repair."""
        found = {f"{label(loss)} training": Embeddings.load(path) for loss, path in _first(run)}
        first = next(iter(found))
        for path in find(run, "repairs/*.safetensors"):
            if path.stem != "none":
                found[f"CLIP + {label(path.stem)}"] = Embeddings.load(path)
        parts = {
            name: scatter_parts(*saved.views.values(), labels=_labels(saved, name))
            for name, saved in found.items()
        }
        base = found[first]
        x, y = list(base.views.values())[:2]
        growth = scatter_growth(x, y, _labels(base, first))
        return ScatterData(parts, growth, first, len(x))

    def panels(self, data: ScatterData) -> Panels:
        """Shares on the left, growth on the right."""
        height = max(3.6, 1.4 + 0.34 * len(data.parts))
        return Panels(1, 2, width=4.9, height=height, width_ratios=(1.25, 1.0))

    def plot(self, data: ScatterData, axes: np.ndarray) -> np.ndarray:
        """Draw bars and curves."""
        bars, curve = axes.flat
        self._bars(bars, data)
        self._growth(curve, data)
        return axes

    def _bars(self, ax: Axes, data: ScatterData) -> None:
        colors = dict(zip(PARTS, ("true pairs", "conditional", "random pairs"), strict=True))
        left = np.zeros(len(data.parts))
        rows = np.arange(len(data.parts))
        for part in PARTS:
            width = np.array([100 * getattr(p, part) / p.total for p in data.parts.values()])
            ax.barh(
                rows, width, left=left, height=0.62, color=self.style.color(colors[part]),
                label=WORDS[part],
            )  # fmt: skip
            left = left + width
        ax.set_yticks(rows, list(data.parts))
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(0, 100)
        ax.grid(axis="y", visible=False)
        ax.set_xlabel("share of the total scatter (%)")
        ax.set_title("where the scatter is")
        ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.17), ncols=3, columnspacing=1.0)

    def _growth(self, ax: Axes, data: ScatterData) -> None:
        found = data.growth
        ax.plot(
            found.shift, found.published, color=self.style.color("refuted"), linestyle=(0, (4, 2)),
            label="published: ‖δ‖²",
        )  # fmt: skip
        ax.plot(
            found.shift, found.pooled, color=self.style.color("proved"),
            label="G.2|pooled: ¼(‖m+δ‖² − ‖m‖²)",
        )  # fmt: skip
        ax.plot(
            found.shift, found.measured, "o", color=self.style.ink, markersize=4.5,
            label="measured",
        )  # fmt: skip
        ax.set_xlabel("artificial gap ‖δ‖")
        ax.set_title("growth of the within-class scatter")
        ax.legend(loc="upper left")

    def caption(self, data: ScatterData) -> str:
        """State both claims and the setting."""
        return (
            f"{data.n} held-out pairs (first seed), both modalities pooled. Left: scatter between "
            "classes, what the distance of the modalities' class means adds within classes, and "
            "the rest; they sum to the total. Right: the text of "
            f"{data.of} shifted by δ along its own gap, before renormalisation. The published "
            "growth ‖δ‖² is refuted (G.2); about the pooled class centroids it is "
            "π(1−π)(‖m+δ‖² − ‖m‖²), with m the difference of the class means before the shift "
            "and π = ½, averaged over classes."
        )


def _labels(saved: Embeddings, name: str) -> np.ndarray:
    if saved.labels is None:
        raise RecordError(f"the embeddings of {name} have no labels; scatter needs classes.")
    return saved.labels


def _first(run: Path) -> list[tuple[str, Path]]:
    """The test embeddings of the first seed of every loss, plain CLIP first."""
    seeds: dict[str, Path] = {}
    for path in find(run, "training/*/embeddings/*-test.safetensors"):
        loss = _loss(run, path)
        seeds.setdefault(loss, path)
    return sorted(seeds.items(), key=lambda item: (item[0] != BASELINE, item[0]))


def _loss(run: Path, path: Path) -> str:
    named = find_named(run, "training/*/trajectory.nc", "loss")
    return next((loss for loss, at in named.items() if at.parent == path.parents[1]), "model")
