"""What an artificial gap does to retrieval and to groups (G.8)."""

from __future__ import annotations

from figures.base import FIGURES
from figures.sweeps import Sweep, SweepData

__all__ = ["Offset"]


@FIGURES.register("offset")
class Offset(Sweep):
    """Instance-level and group-level metrics of the same pairs over the gap between them."""

    name = "offset"
    title = "The same pairs with every gap"
    place = 6
    needs = ("simulations/offset/table.json",)
    experiments = ("offset",)
    parameter = "gap"
    axis = "artificial gap"
    quantities = ("R@1", "V-measure", "kNN accuracy", "scatter within classes")
    logarithmic = False

    def caption(self, data: SweepData) -> str:
        """State the claim and both kinds of gap."""
        return (
            "G.8: clustered pairs, their modalities moved apart orthogonally to the data, or "
            "inside it. Dashed is what a gap without effect would leave (for the scatter, what is "
            "predicted for the orthogonal one). Dots: mean over seeds with 95 % interval "
            "(invisible where narrower than the dot)."
        )
