"""What a finite number of pairs changes: optimum and rate from two pairs to thousands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from sim.experiments.base import Experiment, Lab, decay_rate, last, register
from sim.experiments.free import WINDOW
from sim.experiments.grid import grid
from theory.dynamics import gap_decay_rate
from theory.limits import log_partition, uniform_optimum

__all__ = ["FiniteNumber", "own_share", "simplex_excess"]


def simplex_excess(n: int, tau: float) -> float:
    """Least ``L − 2 log N`` for N ≤ h + 1: the simplex, ``2 log(1 + (N−1) e^{−βN/(N−1)})``.

    Examples
    --------
    >>> round(simplex_excess(2, 0.5) + 2 * math.log(2), 6)
    0.0363
    """
    return 2 * math.log1p((n - 1) * math.exp(-n / (tau * (n - 1)))) - 2 * math.log(n)


def own_share(n: int, h: int, tau: float) -> float:
    """Weight ``e^β/(N Z(β))`` of a pair's own term in its softmax over many uniform pairs.

    Where it is small the sums over pairs are integrals; it is the criterion for N. The rate λ of
    N.2, measured for h from 3 to 16, τ from .1 to .5 and N from 64 to 4096, was too small by .5
    to 1.6 times this share: for 3 % let it be below .02.

    Examples
    --------
    >>> own_share(4096, 16, 0.2) < 0.02 < 0.2 < own_share(4096, 16, 0.1)
    True
    """
    beta = 1 / tau
    return math.exp(beta - float(log_partition(beta, h))) / n


@register("finite_n")
class FiniteNumber(Experiment):
    """LS.1, N.1 and the bias of Y.T1 and N.2 over N [LuSteinerberger2022].

    A figure draws "loss − 2 log N at the end" and "decay rate of the centre gap" over N beside
    their limits; settings are named ``h=…, τ=…, N=…``.
    """

    name = "finite_n"
    question = "From which number of pairs on do the limits describe the optimum and the rate?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {
            "h": (8,), "tau": (0.5,), "n": (2, 4, 9, 16, 64, 256, 512), "time": 5.0,
        },
        "full": {
            "h": (3, 8, 16), "tau": (0.2, 0.5),
            "n": (2, 3, 4, 9, 17, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192), "time": 5.0,
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Descend from opposite clouds, for every N."""
        for h, tau, n in lab.each(grid(settings, "h", "tau", "n")):
            setting = f"h={h}, τ={tau:g}, N={n}"
            rate, size = gap_decay_rate(h, tau), tau / 16
            few = n <= h + 1
            found = lab.simulate(
                setting,
                h=h,
                n=n,
                temperature=tau,
                start="antipodal",
                start_options={"kappa": 0.5 * h},
                step_size=size,
                steps=round((FEW if few else 1) * settings["time"] * 12.0 / rate / size),
                log_points=60,
                metrics=("centroid_gap", "mean_length", "true_pair_cosine"),
            )
            lab.compare(
                "loss − 2 log N at the end",
                setting,
                predicted=simplex_excess(n, tau) if few else float(uniform_optimum(h, tau)),
                measured=last(found, "excess"),
                unit="nats",
                source="LS.1 (simplex)" if few else "Y.T1 (N → ∞), N.1",
            )
            if n > MANY * h:
                lab.compare(
                    "decay rate of the centre gap",
                    setting,
                    predicted=rate,
                    measured=decay_rate(found, *WINDOW),
                    unit="1/time",
                    source="N.2 (N → ∞)",
                )


FEW = 8
"""Times as long: the last pairs of a simplex find their places slowly."""

MANY = 4
"""Pairs a dimension from which there is a cloud to speak of."""
