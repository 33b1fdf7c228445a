"""What several figures draw alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import FuncFormatter, NullLocator, SymmetricalLogLocator

from figures.series import Band
from figures.style import Style
from theory.maps import CosineDensities

__all__ = [
    "draw_band",
    "draw_densities",
    "draw_links",
    "grid_shape",
    "legend_beside",
    "log_from_zero",
    "note",
    "within_range",
]


_RANGES = {
    "centroid_gap": (0.0, 2.0),
    "true_pair_cosine": (-1.0, 1.0),
    "v_measure": (0.0, 1.0),
    "r1_xy": (0.0, 1.0),
    "R@1": (0.0, 1.0),
    "V-measure": (0.0, 1.0),
    "kNN accuracy": (0.0, 1.0),
}
"""Values that a metric can take."""


def within_range(axes: Axes, metric: str, direction: Literal["x", "y"] = "y") -> None:
    """Cut an axis where the metric has no values, whatever an interval of few seeds says."""
    if metric not in _RANGES:
        return
    low, high = axes.get_xlim() if direction == "x" else axes.get_ylim()
    least, most = _RANGES[metric]
    pad = 0.02 * (min(high, most) - max(low, least))
    limits = (max(low, least - pad), min(high, most + pad))
    if direction == "x":
        axes.set_xlim(*limits)
    else:
        axes.set_ylim(*limits)


def draw_band(axes: Axes, band: Band, color: str, label: str, **line: Any) -> None:
    """The mean as a line, its interval as a veil of the same colour."""
    axes.plot(band.x, band.mean, color=color, label=label, **line)
    if np.isfinite(band.low).any():
        axes.fill_between(band.x, band.low, band.high, color=color, alpha=0.18, linewidth=0)


def draw_densities(axes: Axes, found: CosineDensities, style: Style) -> None:
    """Cosines of random and of true pairs as filled steps, with dashes at the means."""
    for what, density, mean in (
        ("random pairs", found.random_pairs, found.random_mean),
        ("true pairs", found.true_pairs, found.true_mean),
    ):
        color = style.color(what)
        axes.stairs(density, found.edges, color=color, fill=True, alpha=0.25)
        axes.stairs(density, found.edges, color=color, linewidth=1.4, label=what)
        axes.axvline(mean, color=color, linewidth=1.2, linestyle=(0, (3, 2)))
    axes.set_xlim(-1, 1)
    axes.set_ylim(bottom=0)
    axes.tick_params(labelbottom=True)


def draw_links(axes: Axes, x: np.ndarray, y: np.ndarray, color: str, alpha: float = 0.25) -> None:
    """A thin line from each row of `x` to the same row of `y` (n × 2 each)."""
    segments = np.stack([x, y], axis=1)
    axes.add_collection(
        LineCollection(list(segments), colors=color, linewidths=0.5, alpha=alpha, zorder=1)
    )


def log_from_zero(axes: Axes, smallest: float = 1.0) -> None:
    """A logarithmic x axis that still shows 0: linear below `smallest`."""
    axes.set_xscale("symlog", linthresh=smallest, linscale=0.4)
    axes.xaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=smallest))
    axes.xaxis.set_major_formatter(FuncFormatter(_short))
    axes.xaxis.set_minor_locator(NullLocator())


def _short(value: float, _position: int) -> str:
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:,.10g}"
    return f"$10^{{{np.log10(abs(value)):.0f}}}$"


def note(axes: Axes, text: str, color: str, *, corner: str = "lower left") -> None:
    """A remark in a corner of the axes, in the colour of what it is about."""
    vertical, horizontal = corner.split()
    axes.annotate(
        text,
        xy=(0.0 if horizontal == "left" else 1.0, 0.0 if vertical == "lower" else 1.0),
        xycoords="axes fraction",
        xytext=(6 if horizontal == "left" else -6, 6 if vertical == "lower" else -6),
        textcoords="offset points",
        ha=horizontal,
        va="bottom" if vertical == "lower" else "top",
        color=color,
        fontsize="small",
    )


def grid_shape(items: Sequence[object], columns: int = 3) -> tuple[int, int]:
    """Rows and columns for small multiples of `items`, balanced."""
    rows = -(-max(len(items), 1) // columns)
    return rows, -(-max(len(items), 1) // rows)


def legend_beside(axes: np.ndarray, used: int, **options: Any) -> None:
    """One legend for small multiples: in the first panel that is not used, else below all.

    Parameters
    ----------
    axes : ndarray of Axes
        Rows × columns, of which the first `used` are drawn; the others are blanked.
    used : int
        Number of panels drawn.
    **options
        For the legend.
    """
    handles, texts = axes.flat[0].get_legend_handles_labels()
    for ax in axes.flat[used:]:
        ax.set_axis_off()
    if used < axes.size:
        axes.flat[used].legend(handles, texts, loc="center", fontsize="medium", **options)
    else:
        place = {"loc": "outside lower center", "ncols": len(texts)}
        axes.flat[0].figure.legend(handles, texts, **place, **options)
