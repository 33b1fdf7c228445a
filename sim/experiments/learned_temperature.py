"""A learned temperature: why the gap then closes logarithmically."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from sim.experiments.base import Experiment, Lab, last, register
from sim.experiments.grid import many

__all__ = ["LearnedTemperature", "gap_and_scale"]


def gap_and_scale(
    time: NDArray[np.float64], tilt: float, beta: float, n: int, rate: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gap and β of two lifted simplices under the flow in which log β is learned too.

    With heights ±sin θ the loss is ``L = 2 log(1 + (N−1) e^{−m})``, ``m = β cos²θ N/(N−1)``, and
    ``θ̇ = −½ ∂L/∂θ``, ``d(log β)/dt = −rate ∂L/∂(log β)``. The ratio of the two is
    ``dθ/d(log β) = −tan θ/rate``: along the flow **gap · β^{1/rate} is constant**, and as β grows
    like log t, the gap falls like ``(log t)^{−1/rate}``.

    Parameters
    ----------
    time : ndarray
        Ascending, from 0.
    tilt : float
        θ at the start, in (0, π/2).
    beta : float
        β at the start.
    n : int
        Pairs.
    rate : float
        Speed of log β relative to the particles.

    Returns
    -------
    gap, beta : ndarray
        ``2 sin θ`` and β at the times.
    """
    share = n / (n - 1)

    def slope(_: float, state: NDArray[np.float64]) -> list[float]:
        theta, scale = float(state[0]), math.exp(float(state[1]))
        margin = scale * math.cos(theta) ** 2 * share
        pull = 2 / (1 + math.exp(margin) / (n - 1))  # −dL/dm
        return [-pull * scale * share * math.sin(2 * theta) / 2, rate * pull * margin]

    found = solve_ivp(
        slope, (0.0, float(time[-1])), [tilt, math.log(beta)], method="LSODA", t_eval=time,
        rtol=1e-8, atol=1e-10,
    )  # fmt: skip
    return 2 * np.sin(found.y[0]), np.exp(found.y[1])


@register("learned_temperature")
class LearnedTemperature(Experiment):
    """The slow closing of the gap under a learned temperature, with its law [Yaras2024].

    Simplices with a constant gap between them, where the law is exact for the full loss; and at
    the same time with β fixed, where the gap closes exponentially. A figure draws
    ``centroid_gap`` over ``time`` and over ``logit_scale`` on logarithmic axes; settings end in
    ``rate …`` or ``fixed``.
    """

    name = "learned_temperature"
    question = "How does the gap close while the temperature is learned?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": 8, "n": 6, "tilt": 50.0, "beta": 2.0, "rate": (0.5, 1.0, 2.0),
                  "steps": 2500},
        "full": {"h": 16, "n": 15, "tilt": 50.0, "beta": 2.0, "rate": (0.25, 0.5, 1.0, 2.0, 4.0),
                 "steps": 100_000},
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Follow the gap and β together."""
        for rate in lab.each((*many(settings["rate"]), None)):
            self._follow(lab, settings, rate)

    @staticmethod
    def _follow(lab: Lab, settings: Mapping[str, Any], rate: float | None) -> None:
        n, beta, tilt = settings["n"], settings["beta"], math.radians(settings["tilt"])
        words = "fixed" if rate is None else f"rate {rate:g}"
        setting = f"h={settings['h']}, N={n}, β={beta:g} at first, {words}"
        learned = (
            {}
            if rate is None
            else {"learned_temperature": True, "temperature_rate": rate, "max_logit_scale": 1e4}
        )
        found = lab.simulate(
            setting,
            h=settings["h"],
            n=n,
            temperature=1 / beta,
            start="lifted",
            start_options={"tilt": tilt, "points": "simplex"},
            step_size=STEP / beta,
            steps=settings["steps"],
            log_points=60,
            metrics=("centroid_gap", "true_pair_cosine"),
            **learned,
        )
        gap, _ = gap_and_scale(found["time"].values[0], tilt, beta, n, rate or 0.0)
        lab.compare(
            "centroid gap at the end",
            setting,
            predicted=max(float(gap[-1]), 0.0),
            measured=last(found, "centroid_gap"),
            source="flow of lifted simplices",
        )
        if rate is not None:
            gaps, scales = (np.log(found[k].values) for k in ("centroid_gap", "logit_scale"))
            lab.compare(
                "slope of log gap over log β",
                setting,
                predicted=-1 / rate,
                measured=(gaps[:, -1] - gaps[:, 0]) / (scales[:, -1] - scales[:, 0]),
                source="gap · β^(1/rate) is constant",
            )


STEP = 0.02
"""Step in units of 1/β at the start."""
