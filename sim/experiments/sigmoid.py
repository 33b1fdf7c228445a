"""The sigmoid loss: where a gap is optimal, and how large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from sim.experiments.base import Experiment, Lab, last, register
from sim.experiments.grid import grid

__all__ = ["SigmoidGap"]


@register("sigmoid")
class SigmoidGap(Experiment):
    """S.1: at fixed β and bias the optimum is two simplices ``2√g`` apart [Lee2024].

    g is the minimiser of Φ (`theory.claims.s_1`), 0 where true pairs weigh enough. A figure
    draws the rows "centroid gap at the end" over the bias.
    """

    name = "sigmoid"
    question = "Does the sigmoid loss keep a gap, and which?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": 8, "n": 6, "beta": (3.0,), "bias": (-6.0, -2.0, -0.5, 0.5, 2.0),
                  "time": 60.0},
        "full": {"h": 16, "n": 12, "beta": (1.0, 3.0, 10.0),
                 "bias": (-10.0, -6.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0), "time": 1000.0},
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Descend from opposite clouds with N ≤ h pairs, where the optimum is attained."""
        from theory.claims.s_1 import best_gap, sigmoid_at_gap

        h, n = settings["h"], settings["n"]
        for beta, bias in lab.each(grid(settings, "beta", "bias")):
            setting = f"h={h}, N={n}, β={beta:g}, b={bias:g}"
            gap = best_gap(n, np.array([beta]), np.array([bias]))[0]
            size = STEP / beta
            found = lab.simulate(
                setting,
                h=h,
                n=n,
                temperature=1 / beta,
                loss="sigmoid",
                loss_options={"bias": bias},
                start="antipodal",
                start_options={"kappa": float(h)},
                step_size=size,
                steps=round(settings["time"] / size),
                log_points=40,
                metrics=("centroid_gap", "mean_length", "true_pair_cosine"),
            )
            lab.compare(
                "centroid gap at the end",
                setting,
                predicted=2 * float(np.sqrt(gap)),
                measured=last(found, "centroid_gap"),
                source="S.1",
            )
            lab.compare(
                "sigmoid loss at the end",
                setting,
                predicted=float(sigmoid_at_gap(gap, n, beta, bias)),
                measured=last(found, "loss"),
                unit="nats",
                source="S.1",
            )


STEP = 0.2
"""Step in units of 1/β."""
