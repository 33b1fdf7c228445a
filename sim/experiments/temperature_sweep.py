"""Free particles over temperature: how fast the gap closes, and how far the loss gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sim.experiments.antipodal import compare_optimum, compare_rate, descend
from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import grid

__all__ = ["TemperatureSweep"]


@register("temperature_sweep")
class TemperatureSweep(Experiment):
    """Y.T1 and N.2 over τ, from two opposite clouds [Yi2025].

    A figure draws the rows "decay rate of the centre gap" and "loss − 2 log N at the end" over
    τ; settings are named ``h=…, N=…, τ=…``.
    """

    name = "temperature_sweep"
    question = "How do the closing of the gap and the loss it reaches depend on the temperature?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": (3,), "tau": (0.1, 0.2, 0.5, 1.0), "n": 512, "time": 60.0},
        "full": {
            "h": (3, 8, 16), "tau": (0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 2.0), "n": 4096,
            "time": 60.0,
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Descend until the gap is rounding."""
        n = settings["n"]
        for h, tau in lab.each(grid(settings, "h", "tau"), apart=n > SHARED):
            setting = f"h={h}, N={n}, τ={tau:g}"
            found = descend(lab, setting, h=h, tau=tau, n=n, decays=settings["time"])
            compare_rate(lab, setting, found, h=h, tau=tau)
            compare_optimum(lab, setting, found, h=h, tau=tau)


SHARED = 512
"""Pairs up to which seeds advance together."""
