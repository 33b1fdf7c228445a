"""Retrieval over the gap and over how well pairs agree in what is shared (Y.D1)."""

from __future__ import annotations

from figures.base import FIGURES
from figures.sweeps import Sweep, SweepData

__all__ = ["Residual"]


@FIGURES.register("residual")
class Residual(Sweep):
    """R@1 over the alignment residual, one series a gap."""

    name = "residual"
    title = "Retrieval follows the residual, not the gap"
    place = 7
    needs = ("simulations/residual/table.json",)
    experiments = ("residual",)
    parameter = "residual"
    axis = "pair-alignment residual in the shared space"
    quantities = ("R@1", "centroid gap")
    logarithmic = False

    def caption(self, data: SweepData) -> str:
        """State the claim and how both are varied."""
        return (
            "Y.D1: pairs made with every gap and every residual, each independently of the "
            "other. R@1 falls with the residual, along one curve whatever the gap is. "
            f"{self.told(data)}"
        )
