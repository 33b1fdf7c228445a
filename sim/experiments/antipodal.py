"""What several experiments do: descend from two opposite clouds, to the optimum and its rate."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from sim.experiments.base import decay_rate, last
from sim.experiments.lab import Lab
from theory.dynamics import gap_decay_rate
from theory.limits import uniform_optimum

__all__ = ["WINDOW", "compare_optimum", "compare_rate", "descend"]

WINDOW = (1e-4, 1e-8)
"""Gap between which the rate is measured: late enough for the cloud to have spread evenly
(the linearisation is about the uniform law), early enough for rounding not to show."""


def descend(
    lab: Lab,
    setting: str,
    *,
    h: int,
    tau: float,
    n: int,
    decays: float,
    log_points: int = 60,
    metrics: Sequence[str] = ("centroid_gap", "mean_length", "true_pair_cosine"),
) -> xr.Dataset:
    """Free particles from two opposite clouds, for `decays` times the time 1/λ of N.2."""
    size = tau / 16
    return lab.simulate(
        setting,
        h=h,
        n=n,
        temperature=tau,
        start="antipodal",
        start_options={"kappa": 0.5 * h},
        step_size=size,
        steps=round(decays / gap_decay_rate(h, tau) / size),
        log_points=log_points,
        metrics=metrics,
    )


def compare_rate(
    lab: Lab, setting: str, found: xr.Dataset, *, h: int, tau: float, source: str = "N.2"
) -> None:
    """Set the measured decay rate of the gap beside N.2's."""
    lab.compare(
        "decay rate of the centre gap",
        setting,
        predicted=gap_decay_rate(h, tau),
        measured=decay_rate(found, *WINDOW),
        unit="1/time",
        source=source,
    )


def compare_optimum(
    lab: Lab,
    setting: str,
    found: xr.Dataset,
    *,
    h: int,
    tau: float,
    predicted: float | None = None,
    source: str = "Y.T1 (N → ∞), N.1",
) -> None:
    """Set the loss at the end beside Y.T1's constant, or another prediction."""
    lab.compare(
        "loss − 2 log N at the end",
        setting,
        predicted=float(uniform_optimum(h, tau)) if predicted is None else predicted,
        measured=last(found, "excess"),
        unit="nats",
        source=source,
    )
