"""What retrieval follows: gap and pair-alignment residual, each varied on its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import grid
from theory import metrics
from theory.sphere import sample_uniform

__all__ = ["GapAndResidual", "expected_recall"]


def expected_recall(alpha: float, n: int, s: int) -> float:
    """R@1 among n uniform pairs in s dimensions whose halves lie an angle α apart.

    The other n − 1 keys are uniform and independent of the query: ``P(u·e < cos α)^{n−1}``.

    Examples
    --------
    >>> expected_recall(0.0, 10, 3), expected_recall(math.pi / 2, 2, 3)
    (1.0, 0.5)
    """
    order = (s - 1) / 2
    return float(betainc(order, order, (1 + math.cos(alpha)) / 2) ** (n - 1))


@register("residual")
class GapAndResidual(Experiment):
    """Y.D1: retrieval follows the residual in the shared space, not the size of the gap [Yi2025].

    ``x = √(1−g) s + √g e_x`` and ``y = √(1−g) t + √g e_y`` with uniform s, t at the angle α
    (residual ``2 sin(α/2)``) and constant e_x ⟂ e_y: the gap is ``√(2g)`` up to the means of s
    and t. Nothing is simulated in time. A figure draws the rows "R@1" over the residual, one
    curve a gap; settings are named ``gap …, residual …``.
    """

    name = "residual"
    question = "Does retrieval follow the gap, or how well pairs agree in what is shared?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"s": 8, "n": 512, "gap": (0.0, 0.5, 1.2), "residual": (0.2, 0.4, 0.5, 0.6)},
        "full": {
            "s": 16, "n": 4096, "gap": (0.0, 0.3, 0.6, 0.9, 1.2),
            "residual": (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2),
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Make pairs with every gap and every residual, and look for partners."""
        s, n = settings["s"], settings["n"]
        for gap, residual in lab.each(grid(settings, "gap", "residual")):
            setting = f"s={s}, N={n}, gap {gap:g}, residual {residual:g}"
            alpha = 2 * math.asin(residual / 2)
            seen = [
                metrics.evaluate(
                    *pairs_with(gap, alpha, n, s, np.random.default_rng(seed)),
                    names=["recall", "centroid_gap"],
                )
                for seed in lab.seeds
            ]
            lab.compare(
                "R@1",
                setting,
                predicted=expected_recall(alpha, n, s),
                measured=[(row["r1_xy"] + row["r1_yx"]) / 2 for row in seen],
                source="Y.D1: the residual alone",
            )
            lab.compare(
                "centroid gap",
                setting,
                predicted=gap,
                measured=[row["centroid_gap"] for row in seen],
                source="by construction, up to the mean of the shared parts",
            )


def pairs_with(
    gap: float, alpha: float, n: int, s: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pairs in s + 2 dimensions with a given gap, whose shared parts are an angle α apart."""
    share = gap**2 / 2
    first = sample_uniform(n, s, rng)
    across = sample_uniform(n, s, rng)
    across -= (across * first).sum(1, keepdims=True) * first
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    second = math.cos(alpha) * first + math.sin(alpha) * across
    own = np.repeat(math.sqrt(share) * np.eye(2), n, axis=0)
    inside = math.sqrt(1 - share)
    return (
        np.hstack([inside * first, own[:n]]),
        np.hstack([inside * second, own[n:]]),
    )
