"""Rigid clouds of every concentration: which gap they end with, and how fast it closes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from sim.experiments.base import Experiment, Lab, last, register
from sim.experiments.grid import grid, mode_rate
from theory.rigid import angle_after, closing_rate

__all__ = ["ConcentrationSweep"]

SMALL, STEPS = 5.0, 20
"""Degrees of the small gap whose closing is timed, and the steps it takes."""


@register("kappa_sweep")
class ConcentrationSweep(Experiment):
    """Y.T2 and N.5 between the uniform law and point masses, on the full loss [Yi2025].

    A figure draws ``gap_angle`` over κ from the rows "angle after the time", and the rows
    "closing rate of a small gap"; settings are named ``κ=…``.
    """

    name = "kappa_sweep"
    question = "How does the gap of rigid clouds depend on how concentrated they are?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {
            "h": 4, "tau": (0.5,), "kappa": (1.0, 3.0, 10.0, 30.0, 100.0, 300.0), "n": 512,
            "start": 120.0, "lifetimes": 3.0, "steps": 60,
        },
        "full": {
            "h": 4, "tau": (0.2, 0.5, 1.0),
            "kappa": (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0), "n": 4096,
            "start": 120.0, "lifetimes": 6.0, "steps": 200,
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Let clouds go from a wide gap and from a small one."""
        h = settings["h"]
        for tau, kappa in lab.each(grid(settings, "tau", "kappa")):
            where = f"h={h}, τ={tau:g}, κ={kappa:g}"
            rate = closing_rate(kappa, h, tau)
            common: dict[str, Any] = {
                "h": h,
                "n": settings["n"],
                "temperature": tau,
                "constraint": "cone",
                "constraint_options": {"moves": "centre"},
                "start": "cones",
                "metrics": ("centroid_gap", "gap_angle", "mean_length"),
            }
            setting = f"{where}, from {SMALL:g}°"
            small = lab.simulate(
                setting,
                start_options={"kappa": kappa, "gap": math.radians(SMALL)},
                step_size=1 / (rate * STEPS),
                steps=STEPS,
                **common,
            )
            lab.compare(
                "closing rate of a small gap",
                setting,
                predicted=rate,
                measured=mode_rate(small["gap_angle"].values, small),
                unit="1/time",
                source="rigid clouds, N → ∞ (N.5 for κ ≫ h, β)",
            )
            start, steps = math.radians(settings["start"]), settings["steps"]
            setting = f"{where}, from {settings['start']:g}°"
            found = lab.simulate(
                setting,
                start_options={"kappa": kappa, "gap": start},
                step_size=settings["lifetimes"] / (rate * steps),
                steps=steps,
                **common,
            )
            end = angle_after(found["time"].values[0, -1:], start, kappa, h, tau)
            lab.compare(
                "angle after the time",
                setting,
                predicted=math.degrees(end[0]),
                measured=np.degrees(last(found, "gap_angle")),
                unit="°",
                source="rigid clouds, N → ∞ (N.5 for κ ≫ h, β)",
            )
