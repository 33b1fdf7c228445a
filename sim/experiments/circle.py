"""The circle: the one sphere on which collapse with a gap is a minimum of InfoNCE."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from sim.experiments.base import Experiment, Lab, last, register

__all__ = ["CollapseOnTheCircle", "collapse_angle"]


def collapse_angle(tau: float) -> float:
    """Least angle θ at which two point masses on the circle are stable, in radians.

    Point masses at any angle are stationary for InfoNCE, with loss log N. To second order in
    the particles' angles a, b about their centres (of mean 0),
    ``L − 2 log N = ½ β² sin²θ (var a + var b) − 2β cosθ cov(a, b)``, so that they are stable
    where ``β sin²θ > 2 |cosθ|``: between this angle and π minus it. For h ≥ 3 directions across
    the plane of the centres have ``−2β cov`` alone, and no angle is stable.

    Examples
    --------
    >>> round(math.degrees(collapse_angle(0.5)), 2)
    51.83
    """
    beta = 1 / tau
    return math.acos((math.sqrt(1 + beta**2) - 1) / beta)


@register("circle")
class CollapseOnTheCircle(Experiment):
    """Does a collapsed pair of modalities keep its gap? On the circle it may, above never."""

    name = "circle"
    question = "Can total collapse with a gap be a local minimum of the full loss?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"tau": 0.5, "n": 64, "kappa": 1e4, "cases": ((2, 40.0), (2, 65.0), (3, 65.0))},
        "full": {
            "tau": 0.5,
            "n": 512,
            "kappa": 1e4,
            "cases": tuple((h, gap) for h in (2, 3, 8) for gap in (30.0, 45.0, 60.0, 75.0, 90.0)),
        },
    }

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Start two concentrated clouds at each angle and see whether they stay."""
        tau = settings["tau"]
        stable = math.degrees(collapse_angle(tau))
        for h, gap in lab.each(settings["cases"]):
            setting = f"h={h}, τ={tau:g}, from {gap:g}°"
            found = lab.simulate(
                setting,
                h=h,
                n=settings["n"],
                temperature=tau,
                start="cones",
                start_options={
                    "kappa": settings["kappa"],
                    "gap": math.radians(gap),
                    "paired": False,
                },
                step_size=tau / 16,
                steps=round(40 / tau),
                metrics=("centroid_gap", "gap_angle", "mean_length"),
            )
            lab.compare(
                "modalities still collapsed at the end",
                setting,
                predicted=float(h == 2 and stable < gap < 180 - stable),
                measured=(np.minimum(last(found, "mean_length_x"), last(found, "mean_length_y"))
                          > 0.99).astype(float),
                source="stability of point masses on the circle",
            )  # fmt: skip
