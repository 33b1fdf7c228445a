"""No constraint: whether the gap closes, how far the loss gets, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sim.experiments.base import Experiment, Lab, decay_rate, last, register
from theory.dynamics import gap_decay_rate
from theory.limits import uniform_optimum

__all__ = ["FreeParticles"]

WINDOW = (1e-4, 1e-8)
"""Gap between which the rate is measured: late enough for the cloud to have spread evenly
(the linearisation is about the uniform law), early enough for rounding not to show."""


@register("free")
class FreeParticles(Experiment):
    """Y.T1 and N.2 on the full loss, from two opposite clouds [Yi2025]."""

    name = "free"
    question = "Without constraints, does the gap close, to which loss, and at which rate?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"cases": ((3, 0.5, 512), (8, 0.5, 512)), "time": 5.0, "log_points": 60},
        "full": {
            "cases": ((3, 0.5, 4096), (8, 0.2, 4096), (8, 0.5, 4096), (16, 0.2, 4096)),
            "time": 5.0,
            "log_points": 100,
        },
    }

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Simulate each case (h, τ, N) until the gap is rounding."""
        for h, tau, n in lab.each(settings["cases"]):
            setting = f"h={h}, τ={tau:g}, N={n}"
            rate = gap_decay_rate(h, tau)
            size = tau / 16
            found = lab.simulate(
                setting,
                h=h,
                n=n,
                temperature=tau,
                start="antipodal",
                start_options={"kappa": 0.5 * h},
                step_size=size,
                steps=round(settings["time"] * gap_decay_rate(3, 0.5) / rate / size),
                log_points=settings["log_points"],
                metrics=("centroid_gap", "gap_angle", "mean_length", "true_pair_cosine"),
            )
            lab.compare(
                "decay rate of the centre gap",
                setting,
                predicted=rate,
                measured=decay_rate(found, *WINDOW),
                unit="1/time",
                source="N.2",
            )
            lab.compare(
                "loss − 2 log N at the end",
                setting,
                predicted=float(uniform_optimum(h, tau)),
                measured=last(found, "excess"),
                unit="nats",
                source="Y.T1 (N → ∞), N.1",
            )
            lab.compare(
                "centroid gap at the end",
                setting,
                predicted=0.0,
                measured=last(found, "centroid_gap"),
                source="Y.T1",
            )
