"""How long a concentrated cone keeps its gap (N.5)."""

from __future__ import annotations

from figures.base import FIGURES
from figures.sweeps import Sweep, SweepData

__all__ = ["ConeLifetime"]


@FIGURES.register("cone_lifetime")
class ConeLifetime(Sweep):
    """Time in which rigid clouds halve their angle, over the angle they start from."""

    name = "cone_lifetime"
    title = "How long a cone keeps its gap"
    place = 5
    needs = ("simulations/cone_lifetime/table.json",)
    experiments = ("cone_lifetime",)
    parameter = "from"
    axis = "angle at the start (°)"
    quantities = ("time to halve the angle",)
    logarithmic = False
    steep = ("time to halve the angle",)

    def caption(self, data: SweepData) -> str:
        """State the claim."""
        return (
            "N.5: rigid clouds of concentration κ under the full loss. The time in which they "
            "halve their angle grows as κ, and without bound where cos θ nears −τ, beyond which "
            f"they are pushed apart. {self.told(data)}"
        )
