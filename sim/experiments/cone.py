"""Rigid cones: which centres are best, and how long a cone keeps its gap."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from scipy import optimize, special

from sim.centres import CentrePair, minimise_by_seed
from sim.experiments.base import Experiment, Lab, last, register
from theory.bessel import ratio
from theory.limits import center_loss

__all__ = ["RigidCones", "barrier_cosine", "flow_share"]


def barrier_cosine(kappa: float, h: int, tau: float) -> float:
    """Cosine of the maximum of J, beyond which the centres are pushed apart; −1 if none.

    J is concave in w, so there is at most one: ``κ A_h(M)/M = 1`` at
    ``w = (M² − κ² − β²)/(2κβ)``.

    Parameters
    ----------
    kappa : float
        Concentration of both clouds.
    h : int
    tau : float

    Examples
    --------
    >>> barrier_cosine(1.0, 4, 0.5)
    -1.0
    >>> -1 < barrier_cosine(20.0, 4, 0.5) < 0
    True
    """
    beta, nu = 1 / tau, h / 2 - 1

    def pull(length: float) -> float:
        slope = 1 / h if length == 0 else float(ratio(nu, length)) / length
        return kappa * slope - 1

    low, high = abs(kappa - beta), kappa + beta
    if pull(low) <= 0:
        return -1.0
    length = optimize.brentq(pull, low, high, xtol=1e-13 * high)
    return float((length**2 - kappa**2 - beta**2) / (2 * kappa * beta))


def flow_share(kappa: float, h: int, tau: float) -> float:
    """Share of uniform centre pairs from which the flow closes the gap, ``P(w > barrier)``."""
    below = (1 - barrier_cosine(kappa, h, tau)) / 2
    return float(special.betainc((h - 1) / 2, (h - 1) / 2, below))


@register("cone")
class RigidCones(Experiment):
    """Y.T2 on centre pairs, N.5 on the full loss of rigid vMF clouds [Yi2025]."""

    name = "cone"
    question = "Where do centres of fixed cones go, and how fast does a cone close its gap?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {
            "h": 4, "tau": 0.5, "kappas": (1.0, 5.0, 20.0, 100.0), "starts": 128,
            "cone_kappa": 300.0, "n": 512, "gaps": (60.0, 150.0), "lifetimes": 8.0,
        },
        "full": {
            "h": 4, "tau": 0.5, "kappas": (0.1, 1.0, 5.0, 20.0, 100.0, 1000.0), "starts": 1024,
            "cone_kappa": 1000.0, "n": 2048, "gaps": (30.0, 60.0, 90.0, 110.0, 130.0, 150.0),
            "lifetimes": 10.0,
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Minimise centre pairs for every κ, then let full cones go from every gap."""
        for kappa in lab.each(settings["kappas"]):
            self._centres(lab, kappa, settings)
        for gap in lab.each(settings["gaps"]):
            self._cones(lab, gap, settings)

    def _centres(self, lab: Lab, kappa: float, settings: Mapping[str, Any]) -> None:
        h, tau = settings["h"], settings["tau"]
        setting = f"centre pairs, h={h}, τ={tau:g}, κ={kappa:g}"
        pair = CentrePair(np.eye(h), np.eye(h), (kappa, kappa), tau, (h, h))
        minima = minimise_by_seed(pair, settings["starts"], lab.seeds)
        lab.compare(
            "angle between the best centres",
            setting,
            predicted=0.0,
            measured=[math.degrees(m.angle[m.best]) for m in minima],
            unit="°",
            source="Y.T2",
        )
        lab.compare(
            "lowest centre-pair loss",
            setting,
            predicted=2 * float(center_loss(1.0, kappa, h, tau)),
            measured=[m.loss[m.best] for m in minima],
            unit="nats",
            source="Y.T2",
        )
        lab.compare(
            "share of random starts whose gap closes",
            setting,
            predicted=flow_share(kappa, h, tau),
            measured=[float(np.mean(m.angle < math.pi / 2)) for m in minima],
            source="Y.T2, second minimum",
        )

    def _cones(self, lab: Lab, gap: float, settings: Mapping[str, Any]) -> None:
        h, tau, kappa = settings["h"], settings["tau"], settings["cone_kappa"]
        beta = 1 / tau
        setting = f"full loss, h={h}, τ={tau:g}, κ={kappa:g}, from {gap:g}°"
        closes = math.cos(math.radians(gap)) > -tau
        rate = 4 * beta * abs(1 + beta if closes else 1 - beta) / kappa
        size = 0.05 / rate
        found = lab.simulate(
            setting,
            h=h,
            n=settings["n"],
            temperature=tau,
            constraint="cone",
            constraint_options={"moves": "centre"},
            start="cones",
            start_options={"kappa": kappa, "gap": math.radians(gap)},
            step_size=size,
            steps=round(settings["lifetimes"] / 0.05),
            log_points=40,
            metrics=("centroid_gap", "gap_angle", "mean_length", "true_pair_cosine"),
        )
        lab.compare(
            "gap after a long time",
            setting,
            predicted=0.0 if closes else 180.0,
            measured=np.degrees(last(found, "gap_angle")),
            unit="°",
            source="N.5",
        )
        if closes:
            angle, time = found["gap_angle"].values, found["time"].values
            late = [np.flatnonzero(a < math.radians(10)) for a in angle]
            measured = [
                (np.log(a[i[0]]) - np.log(a[i[-1]])) / (t[i[-1]] - t[i[0]]) if len(i) > 1
                else math.nan
                for a, t, i in zip(angle, time, late, strict=True)
            ]  # fmt: skip
            lab.compare(
                "closing rate of a concentrated cone",
                setting,
                predicted=rate,
                measured=measured,
                unit="1/time",
                source="N.5 (κ ≫ h, β)",
            )
