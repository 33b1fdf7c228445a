"""What the temperature decides: how fast the gap closes, and which loss is reached."""

from __future__ import annotations

from figures.base import FIGURES
from figures.sweeps import Sweep, SweepData

__all__ = ["TemperatureSweep"]


@FIGURES.register("temperature_sweep")
class TemperatureSweep(Sweep):
    """Free particles over τ (Y.T1, N.2)."""

    name = "temperature_sweep"
    title = "Free particles at every temperature"
    place = 4
    needs = ("simulations/temperature_sweep/table.json",)
    experiments = ("temperature_sweep",)
    parameter = "τ"
    axis = "temperature τ"
    quantities = ("decay rate of the centre gap", "loss − 2 log N at the end")
    steep = ("decay rate of the centre gap",)

    def caption(self, data: SweepData) -> str:
        """State the claims."""
        return (
            "Free particles under the full loss from two opposite clouds: the rate at which their "
            "gap closes beside N.2, and the loss they reach beside the optimum of infinitely many "
            f"pairs (Y.T1, which N.1 makes a bound for every N). {self.told(data)}"
        )
