"""What a finite number of pairs changes: optimum and rate from two pairs to thousands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sim.experiments.antipodal import compare_optimum, compare_rate, descend, window
from sim.experiments.base import Experiment, Lab, decay_rate, register
from sim.experiments.grid import grid
from theory.dynamics import gap_decay_rate
from theory.finite import rate_bias, simplex_infonce
from theory.limits import excess

__all__ = ["FiniteNumber"]


@register("finite_n")
class FiniteNumber(Experiment):
    """LS.1, N.1 and the bias of Y.T1 and N.2 over N [LuSteinerberger2022].

    Beside the measured bias of the rate stands `theory.finite.rate_bias`, an order of magnitude;
    `theory.finite.pairs_for` makes it a criterion for N. A figure draws "loss − 2 log N at the
    end" and "decay rate of the centre gap" over N beside their limits; settings are named
    ``h=…, τ=…, N=…``.
    """

    name = "finite_n"
    question = "From which number of pairs on do the limits describe the optimum and the rate?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {
            "h": (8,), "tau": (0.5,), "n": (2, 4, 9, 16, 64, 256, 512), "time": 3.0,
        },
        "full": {
            "h": (3, 8, 16), "tau": (0.2, 0.5),
            "n": (2, 3, 4, 9, 17, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192), "time": 3.0,
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Descend from opposite clouds, for every N."""
        for h, tau, n in lab.each(grid(settings, "h", "tau", "n")):
            setting = f"h={h}, τ={tau:g}, N={n}"
            few = n <= h + 1
            decays = (FEW if few else 1) * settings["time"] * 12.0
            found = descend(lab, setting, h=h, tau=tau, n=n, decays=decays)
            if few:
                simplex = float(excess(simplex_infonce(n, 1 / tau) / 2, n))
                compare_optimum(
                    lab, setting, found, h=h, tau=tau, predicted=simplex, source="LS.1 (simplex)"
                )
            else:
                compare_optimum(lab, setting, found, h=h, tau=tau)
            if n > MANY * h:
                compare_rate(lab, setting, found, h=h, tau=tau, source="N.2 (N → ∞)")
                limit = gap_decay_rate(h, tau)
                lab.compare(
                    "bias of the decay rate",
                    setting,
                    predicted=100 * rate_bias(n, h, tau),
                    measured=100 * (decay_rate(found, *window(h, tau)) / limit - 1),
                    unit="%",
                    source="N.2, order of magnitude",
                )


FEW = 8
"""Times as long: the last pairs of a simplex find their places slowly."""

MANY = 4
"""Pairs a dimension from which there is a cloud to speak of."""
