"""What the losses do to groups: clustered latents, seen by networks of two and three views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Free
from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import grid, views_of
from sim.starts import Clusters, class_of
from theory import metrics
from theory.validation import check_integer

__all__ = ["GroupConsequences"]


@register("groups")
class GroupConsequences(Experiment):
    """G.4, G.6 and G.8 in dynamics: gap, V-measure and neighbours under each loss [Grassucci2026].

    Latents of several classes, the same for every modality, are encoded by a ReLU network each,
    whose weights descend the loss. Predicted is the gap 0 and what the latents themselves score;
    CU alone aligns no pairs, and has no rows of gap and retrieval. The networks are judged twice:
    on the items that they were trained with, and on as many or more *held out*, new latents of
    the same classes. As on real data (`realdata.evaluation`) clusters and neighbours are then
    those of the held-out items alone. A figure draws the rows over the loss; settings are named
    ``LOSS, M views``.
    """

    name = "groups"
    question = "Which losses close the gap, and what becomes of groups and of retrieval?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {
            "h": 16, "n": 128, "held_out": 128, "classes": 6, "spread": 1.0, "hidden": 64,
            "tau": 0.1, "modalities": (2, 3), "loss": ("infonce", "atp", "cu", "gap_closing"),
            "steps": 200,
        },
        "full": {
            "h": 32, "n": 1024, "held_out": 1024, "classes": 10, "spread": 1.0, "hidden": 256,
            "tau": 0.1, "modalities": (2, 3), "loss": ("infonce", "atp", "cu", "gap_closing"),
            "steps": 3000,
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Train the encoders, then judge what they make of the classes."""
        h, n = settings["h"], settings["n"]
        count = n + check_integer("held_out", settings["held_out"], 1)
        labels = class_of(count, settings["classes"])
        clusters = {"classes": settings["classes"], "spread": settings["spread"]}
        for loss, views in lab.each(grid(settings, "loss", "modalities")):
            setting = f"{loss}, {views} views, h={h}, N={n}, τ={settings['tau']:g}"
            found = [
                lab.simulate(
                    setting,
                    seeds=(seed,),
                    h=h,
                    n=n,
                    modalities=views,
                    temperature=settings["tau"],
                    constraint="relu",
                    constraint_options={"hidden": (settings["hidden"],) * 2, "seed": seed},
                    start="clusters",
                    start_options=clusters,
                    loss=loss,
                    step_size=STEP * settings["tau"],
                    steps=settings["steps"],
                    log_points=20,
                    metrics=("centroid_gap", "mean_length", "true_pair_cosine", "recall"),
                    keep_views=True,
                    held_out=settings["held_out"],
                )
                for seed in lab.seeds
            ]
            latents = [
                Clusters(**clusters).sample(count, Free(h), np.random.default_rng(seed))
                for seed in lab.seeds
            ]
            for kept, rows, where in (
                ("view", slice(n), ""),
                ("held_out", slice(n, count), ", held out"),
            ):
                best = [_judge([view[rows] for view in drawn], labels[rows]) for drawn in latents]
                seen = [_judge(views_of(run, kept)[0], labels[rows]) for run in found]
                for quantity, key in QUANTITIES.items():
                    if loss == "cu" and key in OF_ALIGNED:
                        continue
                    lab.compare(
                        quantity + where,
                        setting,
                        predicted=[row[key] for row in best],
                        measured=[row[key] for row in seen],
                        source="G.4, G.6" if key == "centroid_gap" else "of the latents",
                    )


QUANTITIES = {
    "centroid gap": "centroid_gap",
    "V-measure": "v_measure",
    "kNN accuracy": "knn",
    "R@1": "r1_xy",
}
OF_ALIGNED = ("centroid_gap", "r1_xy")
"""What speaks of pairs."""
WANTED = ("centroid_gap", "v_measure", "knn", "recall")
STEP = 2.0
"""Step in units of τ."""


def _judge(views: Sequence[NDArray[np.float64]], labels: NDArray[np.int64]) -> dict[str, float]:
    return metrics.evaluate(*views, labels=labels, names=WANTED)
