"""The decay law for the gap between the centres and for the modes above it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import grid, mode_rate
from theory.dynamics import stability_spectrum

__all__ = ["DecayModes"]

SHARE = {"apart": 0.3, "together": 0.1}
"""Time of a run in units of the predicted 1/λ. Apart, the pairs' mean stays put; together, the
cloud spreads evenly at the same time, so less of it."""

STEPS = 16
"""Of a run: each spans far less than the fastest time scale 1/4β."""

SIZE = 1e-3
"""Displacement in radians: the flow is linear to its square."""


@register("decay_modes")
class DecayModes(Experiment):
    """N.2 over (h, τ) and degree: aligned uniform pairs, displaced along one harmonic.

    Modes of both directions of displacement are followed by their zonal moments, in runs with
    opposite displacement whose difference leaves out what the cloud does by itself. A figure
    draws the rows over the degree; settings are named ``h=…, τ=…, N=…, l=…, apart``.
    """

    name = "decay_modes"
    question = "Do the gap and the modes above it decay as the linearised flow says?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": (3, 8), "tau": (0.2, 0.5), "degree": (1, 2, 3), "n": (512,)},
        "full": {
            "h": (3, 8, 16),
            "tau": (0.1, 0.2, 0.5),
            "degree": (1, 2, 3, 4),
            "n": (256, 1024, 4096, 8192),
        },
    }

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Displace by a little to either side, and compare the moments."""
        cells = grid(settings, "h", "tau", "degree", "n")
        for h, tau, degree, n in lab.each(cells):
            rates = stability_spectrum(h, tau, [degree])[0]
            for moves, rate in zip(SHARE, rates, strict=True):
                setting = f"h={h}, τ={tau:g}, N={n}, l={degree}, {moves}"
                size = SHARE[moves] / (float(rate) * STEPS)
                halves = max(1, int(np.ceil(size / (tau / 16))))
                moments = []
                for sign in (1, -1):
                    found = lab.simulate(
                        f"{setting}, {'+' if sign > 0 else '−'}",
                        h=h,
                        n=n,
                        temperature=tau,
                        constraint_options={"degrees": (degree,)},
                        start="disturbed",
                        start_options={"degree": degree, "size": sign * SIZE, "moves": moves},
                        step_size=size / halves,
                        steps=STEPS * halves,
                        log_points=4,
                        metrics=("centroid_gap",),
                    )
                    x, y = (found[f"moment_{degree}_{k}"].values for k in "xy")
                    moments.append(x - y if moves == "apart" else x + y)
                lab.compare(
                    "decay rate of the mode",
                    setting,
                    predicted=float(rate),
                    measured=mode_rate(moments[0] - moments[1], found),
                    unit="1/time",
                    source="N.2",
                )
