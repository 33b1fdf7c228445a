"""Cones with a hard edge: particles that move inside caps that turn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from sim.experiments.base import Experiment, Lab, last, register
from sim.experiments.grid import grid
from theory.limits import uniform_optimum

__all__ = ["HardCaps"]


@register("caps")
class HardCaps(Experiment):
    """Y.T2 for a cone with a hard edge, where its conclusion does not hold [Yi2025].

    Inside a cap particles spread until all are at its edge. Then ``x_i·y_j`` is ``± cos²α`` plus
    the part across the axes, for axes that agree (+) or are opposite (−): a constant, to which
    the softmax is blind. So the gap 0° and the gap 180° have the same loss, that of the uniform
    law on the edge, ``K(h − 1, τ/sin²α)``, and by symmetry the flow closes gaps below 90° and
    opens those above. A figure draws ``cap_angle`` over ``time``, one curve a setting.
    """

    name = "caps"
    question = "Do particles confined to caps close the gap between them?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": 4, "n": 96, "tau": 0.5, "angle": (60.0,), "gap": (50.0, 130.0),
                  "time": 30.0},
        "full": {"h": 4, "n": 1024, "tau": 0.5, "angle": (30.0, 45.0, 60.0, 75.0),
                 "gap": (30.0, 60.0, 80.0, 100.0, 120.0, 150.0), "time": 300.0},
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Start two clouds apart, cap them and let them go."""
        h, tau, n = settings["h"], settings["tau"], settings["n"]
        for angle, gap in lab.each(grid(settings, "angle", "gap")):
            setting = f"h={h}, N={n}, τ={tau:g}, caps of {angle:g}°, from {gap:g}°"
            size = STEP * tau
            found = lab.simulate(
                setting,
                h=h,
                n=n,
                temperature=tau,
                constraint="cap",
                constraint_options={"angle": math.radians(angle)},
                start="cones",
                start_options={"kappa": 2 * h / math.radians(angle) ** 2,
                               "gap": math.radians(gap), "paired": False},
                step_size=size,
                steps=round(settings["time"] / size),
                log_points=50,
                metrics=("centroid_gap", "gap_angle", "mean_length", "true_pair_cosine"),
            )  # fmt: skip
            lab.compare(
                "angle between the caps at the end",
                setting,
                predicted=0.0 if gap < 90 else 180.0,
                measured=np.degrees(last(found, "cap_angle")),
                unit="°",
                source="symmetry of caps with all particles at the edge",
            )
            lab.compare(
                "particles at the edge",
                setting,
                predicted=1.0,
                measured=last(found, "at_edge"),
                source="spreading",
            )
            lab.compare(
                "loss − 2 log N at the end",
                setting,
                predicted=float(uniform_optimum(h - 1, tau / math.sin(math.radians(angle)) ** 2)),
                measured=last(found, "excess"),
                unit="nats",
                source="uniform law on the edge (N → ∞), gap 0° or 180°",
            )


STEP = 0.1
"""Step in units of τ."""
