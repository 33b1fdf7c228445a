"""What the concentration κ of the cones decides: how fast the gap closes, and how often."""

from __future__ import annotations

from figures.base import FIGURES
from figures.sweeps import Sweep, SweepData

__all__ = ["KappaSweep"]


@FIGURES.register("kappa_sweep")
class KappaSweep(Sweep):
    """Rigid clouds and centre pairs under the cone constraint over κ (Y.T2, N.5)."""

    name = "kappa_sweep"
    title = "Cones of every concentration"
    place = 3
    needs = (("simulations/kappa_sweep/table.json", "simulations/cone/table.json"),)
    experiments = ("kappa_sweep", "cone")
    parameter = "κ"
    axis = "concentration κ of both cones"
    quantities = (
        "closing rate of a small gap",
        "angle after the time",
        "share of random starts whose gap closes",
        "lowest centre-pair loss",
    )
    steep = ("closing rate of a small gap",)

    def caption(self, data: SweepData) -> str:
        """State the claims and the second minimum."""
        shown = data.panels.keys()
        rigid = (
            "Rigid clouds under the full loss: the more concentrated, the slower they close "
            "their gap (N.5). "
            if "closing rate of a small gap" in shown
            else ""
        )
        return (
            f"{rigid}Y.T2: whatever κ, the best centres coincide; but where κ is large enough for "
            "the second, local minimum at 180°, some random starts of a pair of centres end there, "
            f"and the share of those that close the gap is below 1. {self.told(data)}"
        )
