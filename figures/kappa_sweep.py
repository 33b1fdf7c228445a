"""What the concentration κ of the cones decides: loss, and how many starts close the gap."""

from __future__ import annotations

from figures.base import FIGURES
from figures.sweeps import Sweep, SweepData

__all__ = ["KappaSweep"]


@FIGURES.register("kappa_sweep")
class KappaSweep(Sweep):
    """Centre pairs under the cone constraint over κ (Y.T2)."""

    name = "kappa_sweep"
    title = "Cones of every concentration"
    place = 3
    needs = (("simulations/kappa/table.json", "simulations/cone/table.json"),)
    experiments = ("kappa", "cone")
    parameter = "κ"
    axis = "concentration κ of both cones"
    quantities = (
        "angle between the best centres",
        "lowest centre-pair loss",
        "share of random starts whose gap closes",
    )

    def caption(self, data: SweepData) -> str:
        """State the claim and the second minimum."""
        return (
            "Y.T2: whatever κ, the best centres coincide. But where κ is large enough for the "
            "second, local minimum at 180°, some random starts end there, and the share of those "
            f"that close the gap is below 1. {self.told(data)}"
        )
