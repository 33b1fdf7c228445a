"""A sphere seen from far away: points, great circles and arrows in front of it and behind."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from numpy.typing import NDArray

from figures.style import Style

__all__ = ["Globe"]

BEHIND = 0.28
"""Share of the ink that what lies behind the sphere keeps."""


class Globe:
    """The unit sphere of R³ in orthographic projection.

    Parameters
    ----------
    axes : Axes
    style : Style
    azimuth, elevation : float
        Where the eye is, in degrees: around the third axis from the first one, and above it.
    """

    def __init__(
        self, axes: Axes, style: Style, azimuth: float = 25.0, elevation: float = 20.0
    ) -> None:
        a, e = np.radians([azimuth, elevation])
        self.axes, self.style = axes, style
        self.toward = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
        right = np.array([-np.sin(a), np.cos(a), 0.0])
        self.plane = np.stack([right, np.cross(self.toward, right)])
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        axes.set_xlim(-1.12, 1.12)
        axes.set_ylim(-1.12, 1.12)
        axes.add_patch(Circle((0, 0), 1.0, facecolor=style.grid, alpha=0.35, zorder=0))
        axes.add_patch(Circle((0, 0), 1.0, fill=False, edgecolor=style.muted, linewidth=0.8))

    def project(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Where `points` (n, 3) are seen (n, 2), and which of them lie in front (n,)."""
        return points @ self.plane.T, points @ self.toward >= 0

    def graticule(self, every: float = 30.0) -> None:
        """Meridians and parallels in front of the sphere."""
        turn = np.linspace(0, 2 * np.pi, 181)
        for level in np.radians(np.arange(-90 + every, 90, every)):
            ring = np.stack([np.cos(turn), np.sin(turn), np.full_like(turn, np.tan(level))], axis=1)
            self._ring(np.cos(level) * ring)
        for side in np.radians(np.arange(0, 180, every)):
            up = np.array([np.cos(side), np.sin(side), 0.0])
            self._ring(np.outer(np.cos(turn), up) + np.outer(np.sin(turn), [0.0, 0.0, 1.0]))

    def _ring(self, points: NDArray[np.float64]) -> None:
        seen, front = self.project(points)
        line = np.where(front[:, None], seen, np.nan)
        self.axes.plot(*line.T, color=self.style.muted, linewidth=0.4, alpha=0.5, zorder=1)

    def circle(
        self, u: NDArray[np.float64], v: NDArray[np.float64], color: str, **line: Any
    ) -> None:
        """The great circle through the orthonormal `u` and `v`, dashed behind the sphere."""
        turn = np.linspace(0, 2 * np.pi, 361)
        points = np.outer(np.cos(turn), u) + np.outer(np.sin(turn), v)
        seen, front = self.project(points)
        for mask, look in ((front, "-"), (~front, (0, (2, 2)))):
            part = np.where(mask[:, None], seen, np.nan)
            alpha = 1.0 if look == "-" else 2 * BEHIND
            self.axes.plot(
                *part.T, color=color, linestyle=look, linewidth=1.2, alpha=alpha, zorder=2, **line
            )

    def points(self, points: NDArray[np.float64], color: str, label: str, **marker: Any) -> None:
        """Points of one cloud; those behind are faint. Only the front ones carry the label."""
        seen, front = self.project(points)
        look: dict[str, Any] = {"marker": "o", "markersize": 4.0, "markeredgewidth": 0.0} | marker
        for mask, alpha, name in ((~front, BEHIND, "_behind"), (front, 0.9, label)):
            self.axes.plot(
                *seen[mask].T, color=color, linestyle="none", alpha=alpha, label=name,
                zorder=3 + 2 * (alpha > BEHIND), **look,
            )  # fmt: skip

    def arrow(self, tip: NDArray[np.float64], color: str, **line: Any) -> None:
        """An arrow from the centre of the sphere to a point of it."""
        x, y = self.project(tip[None])[0][0]
        look = {"arrowstyle": "-|>", "color": color, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
        self.axes.annotate("", xy=(x, y), xytext=(0, 0), arrowprops=look | line, zorder=8)

    def name(self, point: NDArray[np.float64], text: str, color: str) -> None:
        """A letter just beyond the sphere's point."""
        x, y = 1.22 * self.project(point[None])[0][0]
        self.axes.annotate(text, (x, y), color=color, ha="center", va="center", zorder=9)
