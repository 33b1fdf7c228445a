"""How long a cone keeps its gap."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import grid
from sim.rigid import rigid_slope
from theory.errors import InputError

__all__ = ["ConeLifetime", "halving_time"]


def halving_time(start: float, kappa: float, h: int, tau: float) -> float:
    """Time in which two rigid clouds halve the angle between them, for many particles.

    ``θ̇ = −2 F′(θ)`` (`sim.rigid`), integrated from `start` to half of it; N.5's
    ``F′ → 2β sin θ (1 + β cos θ)/κ`` for κ ≫ h, β.

    Parameters
    ----------
    start : float
        Angle in radians, from which the gap must close.
    kappa : float
    h : int
    tau : float

    Examples
    --------
    >>> small = halving_time(1e-3, 1000.0, 4, 0.5)  # exponential there, at the rate 4β(1 + β)/κ
    >>> round(small * 4 * 2 * 3 / 1000 / math.log(2), 2)
    1.01
    """
    if not 0 < start < math.pi or rigid_slope(start, kappa, h, tau) <= 0:
        raise InputError(
            f"start is {math.degrees(start):g}°; clouds of κ = {kappa:g} are pushed apart there, "
            "give a smaller angle."
        )
    inverse, _ = quad(lambda a: 0.5 / rigid_slope(a, kappa, h, tau), start / 2, start, epsrel=1e-6)
    return float(inverse)


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
