"""How long a cone keeps its gap."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import grid
from theory.rigid import halving_time

__all__ = ["ConeLifetime"]


@register("cone_lifetime")
class ConeLifetime(Experiment):
    """N.5: the lifetime of the gap grows as κ, and without bound towards cos θ = −τ.

    A figure draws the rows "time to halve the angle" over the start; the trajectory has
    ``gap_angle`` and ``time``.
    """

    name = "cone_lifetime"
    question = "How long does a concentrated cone keep its gap?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {
            "h": 4, "n": 256, "kappa": (100.0, 1000.0), "tau": (0.5,), "start": (40.0, 80.0, 110.0),
        },
        "full": {
            "h": 4, "n": 2048, "kappa": (100.0, 300.0, 1000.0, 3000.0), "tau": (0.2, 0.5, 1.0),
            "start": (20.0, 40.0, 60.0, 80.0, 90.0, 100.0),
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Let cones go and wait until their angle has halved."""
        h = settings["h"]
        for kappa, tau, start in lab.each(grid(settings, "kappa", "tau", "start")):
            setting = f"h={h}, κ={kappa:g}, τ={tau:g}, from {start:g}°"
            predicted = halving_time(math.radians(start), kappa, h, tau)
            found = lab.simulate(
                setting,
                h=h,
                n=settings["n"],
                temperature=tau,
                constraint="cone",
                constraint_options={"moves": "centre"},
                start="cones",
                start_options={"kappa": kappa, "gap": math.radians(start)},
                step_size=predicted / STEPS,
                steps=round(LONGEST * STEPS),
                log_points=60,
                metrics=("centroid_gap", "gap_angle", "mean_length"),
            )
            lab.compare(
                "time to halve the angle",
                setting,
                predicted=predicted,
                measured=crossing(
                    found["time"].values, found["gap_angle"].values, math.radians(start) / 2
                ),
                unit="time",
                source="rigid clouds, N → ∞ (N.5 for κ ≫ h, β)",
            )


STEPS, LONGEST = 100, 1.6
"""Steps in the predicted time, and how many of these times to wait."""


def crossing(
    time: NDArray[np.float64], values: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Times (R,) at which falling `values` (R, steps) reach a level; NaN where they do not."""
    found = np.full(len(values), np.nan)
    for run, (t, v) in enumerate(zip(time, values, strict=True)):
        below = np.flatnonzero(v <= level)
        if below.size and below[0] > 0:
            k = below[0]
            share = (v[k - 1] - level) / (v[k - 1] - v[k])
            found[run] = t[k - 1] + share * (t[k] - t[k - 1])
    return found
