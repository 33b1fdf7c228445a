"""An artificial gap: what it does to retrieval, and what to groups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Free
from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import many
from sim.starts import Clusters, class_of
from theory import metrics
from theory.metrics import within_class_scatter
from theory.sphere import normalize

__all__ = ["ArtificialOffset"]

WANTED = ("recall", "v_measure", "knn", "centroid_gap")


@register("offset")
class ArtificialOffset(Experiment):
    """G.8, G.2: a gap moves clustering and leaves retrieval [Grassucci2026].

    Clustered pairs with noise of their own in every view are lifted to heights ±s orthogonal to
    the data, and scaled to the sphere: the gap is ``2s``. Predicted is what a gap without effect
    would leave, and the scatter ``(1 − s²) S_W + s²``. The same offset *inside* the data is no
    such gap, and its rows show it. Nothing is simulated in time. A figure draws V-measure, kNN
    and R@1 over the gap; settings are named ``gap …, orthogonal`` and ``gap …, inside``.
    """

    name = "offset"
    question = "Does a gap change retrieval, clustering and neighbours?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": 16, "n": 400, "classes": 8, "spread": 0.8, "noise": 0.5,
                  "gap": (0.0, 0.5, 1.0, 1.5)},
        "full": {"h": 32, "n": 4000, "classes": 20, "spread": 1.0, "noise": 0.5,
                 "gap": (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8)},
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Measure the same pairs with every gap."""
        labels = class_of(settings["n"], settings["classes"])
        for gap in lab.each(many(settings["gap"])):
            pairs = [_pairs(settings, seed) for seed in lab.seeds]
            plain = [_measure(pair, labels) for pair in pairs]
            for words, shift in (("orthogonal", lift), ("inside", push)):
                setting = f"h={settings['h']}, N={settings['n']}, gap {gap:g}, {words}"
                moved = [shift(pair, gap / 2) for pair in pairs]
                seen = [_measure(pair, labels) for pair in moved]
                unmoved = "if the gap did not matter"
                for quantity, key, source in (
                    ("R@1", "r1_xy", "G.8: unchanged" if shift is lift else unmoved),
                    ("V-measure", "v_measure", unmoved),
                    ("kNN accuracy", "knn", unmoved),
                ):
                    lab.compare(
                        quantity,
                        setting,
                        predicted=[row[key] for row in plain],
                        measured=[row[key] for row in seen],
                        source=source,
                    )
                if shift is lift:
                    height = gap / 2
                    both = np.tile(labels, 2)
                    lab.compare(
                        "scatter within classes",
                        setting,
                        predicted=[
                            (1 - height**2) * within_class_scatter(np.vstack(pair), both)
                            + height**2
                            for pair in pairs
                        ],
                        measured=[within_class_scatter(np.vstack(pair), both) for pair in moved],
                        source="G.8",
                    )


Pair = tuple[NDArray[np.float64], NDArray[np.float64]]


def lift(pair: Pair, height: float) -> Pair:
    """Unit rows at heights ±`height` in a new dimension."""
    kept = math.sqrt(1 - height**2)
    x, y = (
        np.hstack([kept * view, np.full((len(view), 1), sign * height)])
        for view, sign in zip(pair, (1, -1), strict=True)
    )
    return x, y


def push(pair: Pair, length: float) -> Pair:
    """Unit rows after a shift by ±`length` along the first axis of the data."""
    x, y = (
        normalize(view + sign * length * np.eye(view.shape[1])[0])
        for view, sign in zip(pair, (1, -1), strict=True)
    )
    return x, y


def _pairs(settings: Mapping[str, Any], seed: int) -> Pair:
    rng = np.random.default_rng(seed)
    h = settings["h"]
    start = Clusters(classes=settings["classes"], spread=settings["spread"])
    latents = start.sample(settings["n"], Free(h), rng)
    size = settings["noise"] / math.sqrt(h)
    x, y = (normalize(z + rng.standard_normal(z.shape) * size) for z in latents)
    return x, y


def _measure(pair: Pair, labels: NDArray[np.int64]) -> dict[str, float]:
    return metrics.evaluate(*pair, labels=labels, names=WANTED)
