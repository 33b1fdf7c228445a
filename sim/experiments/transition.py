"""The collapse into the shared subspace: where it sets in, by curvature and by simulation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import grid, many, views_of
from theory.curvature import escape_rate, escape_temperature
from theory.dynamics import collapse_temperature

__all__ = ["CollapseTransition"]

RELAX = 0.4
"""Step of the relaxation inside C in units of τ: stable, and longer than where the flow counts."""

STEP = 0.1
"""Step of an escape in units of τ."""

SPREAD = 1e-4
"""Noise that starts an escape: small enough to stay linear throughout."""

LIFETIMES, SLOWEST = 4.0, 0.15
"""Length of an escape in units of its predicted rate, or of this share of β if that is less."""


def between(h: int, angles: Sequence[float]) -> float:
    """Temperature, in units of the first angle's τ*, half-way to the second angle's.

    Examples
    --------
    >>> 0.5 < between(8, (40.0, 60.0)) < 1.0
    True
    """
    first, second = (
        float(collapse_temperature(h - 2 * len(angles) + 2, math.radians(angle)))
        for angle in angles[:2]
    )
    return (first + second) / (2 * first)


@register("transition")
class CollapseTransition(Experiment):
    """N.3 as a phase diagram in (φ, τ), for one angle and for two.

    *Curvature*: aligned pairs relax inside C, then the temperature is found at which the smallest
    Hessian eigenvalue along the specific directions changes sign. How N moves it is seen from
    the settings ``h=…, φ=…°, N=…, rested … τ``, and how the rest does: after 24 τ what uneven
    draws have of the degrees 1 and 2 is gone (N.2), but finitely many pairs go on keeping each
    other at a distance, ever more slowly, and stay inside C down to lower temperatures.
    *Simulation*: pairs relaxed inside C are pushed out a little, and the growth rate of the
    energy outside is measured over a grid of (φ, τ) for every N of `flow_n`; where it changes
    sign, from a line through the rates next to it, is the transition. A figure draws the rows
    "growth rate of the specific energy" over (φ, τ/τ*) and "transition temperature".
    """

    name = "transition"
    question = "At which temperature do pairs abandon the directions that only one modality has?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {
            "h": (6,), "phi": (30.0, 45.0, 60.0), "n": (128, 512), "rest": (24.0,),
            "flow_h": 6, "flow_phi": (40.0, 60.0), "flow_n": 256, "ratio": (0.85, 0.95, 1.05, 1.15),
            "many": ((8, (40.0, 60.0)),),
        },
        "full": {
            "h": (6, 10, 16), "phi": (30.0, 45.0, 60.0), "n": (256, 1024, 4096, 8192),
            "rest": (24.0, 96.0),
            "flow_h": 6, "flow_phi": (20.0, 30.0, 40.0, 50.0, 60.0, 70.0),
            "flow_n": (256, 4096),
            "ratio": (0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.3),
            "many": ((8, (40.0, 60.0)), (10, (30.0, 45.0, 60.0))),
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Find the transition by curvature, then escape from C on a grid."""
        for h, phi, n, rest in lab.each(grid(settings, "h", "phi", "n", "rest"), apart=True):
            self._curvature(lab, h, phi, n, rest)
        for h, phi, n, share in lab.each(grid(settings, "flow_h", "flow_phi", "flow_n", "ratio")):
            self._escape(lab, h, (phi,), share, n)
        for (h, angles), n in lab.each(grid(settings, "many", "flow_n")):
            self._escape(lab, h, angles, between(h, angles), n)

    def conclude(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Read the transition off the growth rates on either side of it."""
        for h, phi, n in grid(settings, "flow_h", "flow_phi", "flow_n"):
            limit = float(collapse_temperature(h, math.radians(phi)))
            shares = sorted(many(settings["ratio"]))
            if len(shares) < 2:
                continue
            rates = np.array([lab.measured(GROWTH, flow_setting(h, (phi,), share, n))
                              for share in shares])  # fmt: skip
            lab.compare(
                "transition temperature, by simulation",
                f"h={h}, φ={phi:g}°, N={n}",
                predicted=limit,
                measured=[limit * sign_change(shares, column) for column in rates.T],
                source="N.3 (N → ∞)",
            )

    @staticmethod
    def _curvature(lab: Lab, h: int, phi: float, n: int, rest: float) -> None:
        setting = f"h={h}, φ={phi:g}°, N={n}, rested {rest:g} τ"
        limit = float(collapse_temperature(h, math.radians(phi)))
        found = lab.simulate(
            setting,
            h=h - 2,
            n=n,
            temperature=limit,
            start="uniform",
            start_options={"aligned": True},
            step_size=RELAX * limit,
            steps=round(rest / RELAX),
            dtype="float32",
            log_points=5,
            metrics=("mean_length",),
            keep_views=True,
        )
        lab.compare(
            "transition temperature, by curvature",
            setting,
            predicted=limit,
            measured=[escape_temperature(x, math.radians(phi)) for x, _ in views_of(found)],
            source="N.3 (N → ∞)",
        )

    @staticmethod
    def _escape(lab: Lab, h: int, angles: Sequence[float], share: float, n: int) -> None:
        radians = np.radians(angles)
        shared = h - 2 * len(angles)
        tau = share * float(collapse_temperature(shared + 2, radians[0]))
        rates = [escape_rate(shared, float(angle), tau) for angle in radians]
        setting = flow_setting(h, angles, share, n)
        size = STEP * tau
        found = lab.simulate(
            setting,
            h=h,
            n=n,
            temperature=tau,
            constraint="subspace",
            constraint_options={"angles": radians.tolist(), "dims": (h - len(angles),) * 2},
            start="shared",
            start_options={"spread": SPREAD},
            step_size=size,
            steps=round(LIFETIMES / max(abs(rates[0]), SLOWEST / tau) / size),
            log_points=80,
            metrics=("centroid_gap", "true_pair_cosine"),
        )
        for k, (angle, rate) in enumerate(zip(angles, rates, strict=True)):
            one = len(angles) == 1
            lab.compare(
                GROWTH if one else f"{GROWTH}, direction at {angle:g}°",
                setting,
                predicted=rate,
                measured=growth(found, "specific_energy_x" if one else f"direction_energy_{k}"),
                unit="1/time",
                source="N.3, linear growth",
            )


GROWTH = "growth rate of the specific energy"


def flow_setting(h: int, angles: Sequence[float], share: float, n: int) -> str:
    """Name of a cell of the phase diagram."""
    shown = ", ".join(f"{angle:g}°" for angle in angles)
    return f"h={h}, φ={shown}, τ={share:g} τ*, N={n}"


def growth(found: xr.Dataset, variable: str) -> NDArray[np.float64]:
    """Growth rate (R,) of an energy over the second half of a run, per explicit step exact."""
    step, time = found["step"].values, found["time"].values
    middle = int(np.searchsorted(step, step[-1] / 2))
    count = int(step[-1] - step[middle])
    size = (time[:, -1] - time[:, middle]) / count
    energy = found[variable].values
    factor = (energy[:, -1] / energy[:, middle]) ** (1 / (2 * count))
    return np.asarray(2 * (factor - 1) / size)


def sign_change(at: Sequence[float], values: NDArray[np.float64]) -> float:
    """Where `values`, positive at first, become negative: on a line; NaN if they do not.

    Examples
    --------
    >>> round(sign_change([0.9, 1.0, 1.1], np.array([2.0, 0.5, -0.5])), 9)
    1.05
    """
    for k in range(len(at) - 1):
        if values[k] > 0 >= values[k + 1]:
            share = values[k] / (values[k] - values[k + 1])
            return float(at[k] + share * (at[k + 1] - at[k]))
    return math.nan
