"""No constraint: whether the gap closes, how far the loss gets, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sim.experiments.antipodal import compare_optimum, compare_rate, descend
from sim.experiments.base import Experiment, Lab, last, register
from theory.dynamics import gap_decay_rate

__all__ = ["FreeParticles"]


@register("free")
class FreeParticles(Experiment):
    """Y.T1 and N.2 on the full loss, from two opposite clouds [Yi2025]."""

    name = "free"
    question = "Without constraints, does the gap close, to which loss, and at which rate?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"cases": ((3, 0.5, 512), (8, 0.5, 512)), "time": 6.0, "log_points": 60},
        "full": {
            "cases": ((3, 0.5, 4096), (8, 0.2, 4096), (8, 0.5, 4096), (16, 0.2, 4096)),
            "time": 6.0,
            "log_points": 100,
        },
    }

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Simulate each case (h, τ, N) until the gap is rounding."""
        for h, tau, n in lab.each(settings["cases"]):
            setting = f"h={h}, τ={tau:g}, N={n}"
            found = descend(
                lab,
                setting,
                h=h,
                tau=tau,
                n=n,
                decays=settings["time"] * gap_decay_rate(3, 0.5),
                log_points=settings["log_points"],
                metrics=("centroid_gap", "gap_angle", "mean_length", "true_pair_cosine"),
            )
            compare_rate(lab, setting, found, h=h, tau=tau)
            compare_optimum(lab, setting, found, h=h, tau=tau)
            lab.compare(
                "centroid gap at the end",
                setting,
                predicted=0.0,
                measured=last(found, "centroid_gap"),
                source="Y.T1",
            )
