"""What several experiments do: descend from two opposite clouds, to the optimum and its rate."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from sim.experiments.base import decay_rate, last
from sim.experiments.lab import Lab
from theory.dynamics import gap_decay_rate, stability_spectrum
from theory.limits import uniform_optimum

__all__ = ["EARLY", "LATE", "compare_optimum", "compare_rate", "descend", "window"]

EARLY, LATE = (1e-4, 1e-8), (1e-8, 1e-12)


def window(h: int, tau: float) -> tuple[float, float]:
    """Gaps between which the rate is measured, early enough for rounding not to show.

    Two things spoil it. The linearisation is about the uniform law, and degree 2 spreads evenly
    more slowly than the gap closes: at h = 16, τ = .5 and N = 1024 the rate is 1.6 % too small
    between 1e-4 and 1e-8, .5 % between 1e-8 and 1e-12. So the later the better, unless modes
    above the gap decay more slowly than it does, as they do at small τ (N.2): finitely many
    pairs mix the modes, and in the end a slower one is all that is left.

    Examples
    --------
    >>> window(16, 0.5) == LATE, window(3, 0.1) == EARLY
    (True, True)
    """
    gap, above = stability_spectrum(h, tau, [1, 2])[:, 0]
    return LATE if gap < above else EARLY


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
        measured=decay_rate(found, *window(h, tau)),
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
