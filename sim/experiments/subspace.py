"""Dimension collapse: which angle is left, in both readings of Y.T3 and for any subspaces."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.centres import CentrePair, minimise_by_seed
from sim.constraints import Subspace
from sim.experiments.base import Experiment, Lab, last, register
from theory.dynamics import collapse_temperature
from theory.limits import subspace_pair_loss

__all__ = ["CollapsedDimensions"]

METRICS = ("centroid_gap", "gap_angle", "mean_length", "true_pair_cosine")


@register("subspace")
class CollapsedDimensions(Experiment):
    """Y.T3 over all centres and under A6, N.T3′, and the full loss [Yi2025]."""

    name = "subspace"
    question = "Which gap remains when the modalities live in different subspaces?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {
            "h": 4, "phi": 60.0, "tau": 0.5, "kappas": (5.0,), "starts": 32,
            "pairs": ((8, 2, 3, (20.0, 50.0)), (8, 3, 3, (40.0, 50.0, 70.0))),
            "n": 256, "steps": 400, "warm": 2.0,
        },
        "full": {
            "h": 4, "phi": 60.0, "tau": 0.5, "kappas": (1.0, 5.0, 20.0, 100.0), "starts": 256,
            "pairs": (
                (8, 2, 3, (20.0, 50.0)), (8, 3, 3, (40.0, 50.0, 70.0)),
                (16, 5, 7, (0.0, 30.0, 40.0, 50.0, 60.0)), (64, 20, 20, (15.0,) * 20),
            ),
            "n": 2048, "steps": 3000, "warm": 2.0,
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Minimise centre pairs, then descend the full loss."""
        h, phi = settings["h"], settings["phi"]
        planes = Subspace(h, angles=[math.radians(phi)])
        where = f"h={h}, φ={phi:g}°"
        own = (planes.bases[0][:, planes.n_shared :], planes.bases[1][:, planes.n_shared :])
        for kappa in settings["kappas"]:
            readings = (
                ("all centres", (planes.bases[0], planes.bases[1]), (0.0, "Y.T3 over all centres")),
                ("centres ⊥ C", own, (phi, "Y.T3 given A6")),
            )
            for what, bases, target in lab.each(readings):
                self._centres(lab, settings, f"{where}, {what}", planes, bases, kappa, target)
        for dimension, d_a, d_b, angles in settings["pairs"]:
            room = Subspace(dimension, dims=(d_a, d_b), angles=np.radians(angles))
            where_pair = f"h={dimension}, dims {d_a} and {d_b}, φ₁={min(angles):g}°"
            for kappa in lab.each(settings["kappas"]):
                target = (min(angles), "N.T3′")
                bases = (room.bases[0], room.bases[1])
                self._centres(lab, settings, where_pair, room, bases, kappa, target)
        self._full(lab, settings, where)

    @staticmethod
    def _centres(
        lab: Lab,
        settings: Mapping[str, Any],
        where: str,
        room: Subspace,
        bases: tuple[NDArray[np.float64], NDArray[np.float64]],
        kappa: float,
        expected: tuple[float, str],
    ) -> None:
        angle, source = expected
        tau = settings["tau"]
        dims = (room.bases[0].shape[1], room.bases[1].shape[1])
        setting = f"centre pairs, {where}, τ={tau:g}, κ={kappa:g}"
        pair = CentrePair(*bases, (kappa, kappa), tau, dims)
        minima = minimise_by_seed(pair, settings["starts"], lab.seeds)
        lab.compare(
            "angle between the best centres",
            setting,
            predicted=angle,
            measured=[math.degrees(m.angle[m.best]) for m in minima],
            unit="°",
            source=source,
        )
        w = math.cos(math.radians(angle))
        lab.compare(
            "lowest centre-pair loss",
            setting,
            predicted=sum(float(subspace_pair_loss(w, w, kappa, d, tau)) for d in dims),
            measured=[m.loss[m.best] for m in minima],
            unit="nats",
            source=source,
        )

    @staticmethod
    def _full(lab: Lab, settings: Mapping[str, Any], where: str) -> None:
        h, tau = settings["h"], settings["tau"]
        angle = math.radians(settings["phi"])
        threshold = collapse_temperature(h, angle)
        cases = (
            ("all particles free", "free", tau),
            ("mean held ⊥ C", "orthogonal", tau),
            ("all particles free", "free", settings["warm"]),
        )
        for what, centres, temperature in lab.each(cases):
            setting = f"full loss, {where}, τ={temperature:g}, {what}"
            found = lab.simulate(
                setting,
                h=h,
                n=settings["n"],
                temperature=temperature,
                constraint="subspace",
                constraint_options={"angles": [angle], "centres": centres},
                start="cones",
                start_options={"kappa": 2.0 * h, "gap": math.pi / 2},
                step_size=temperature / 16,
                steps=settings["steps"],
                metrics=METRICS,
            )
            expected = [
                ("centroid gap at the end", "centroid_gap", "Y.T4 (the gap is of centre pairs)"),
                ("mean along the specific directions of X", "specific_mean_x", "Y.T4"),
                ("pair residual in the shared subspace", "shared_residual", "Y.T4"),
            ]
            if temperature > threshold:
                expected.append(("energy of the specific directions", "specific_energy_x", "N.3"))
            for quantity, variable, source in expected:
                lab.compare(
                    quantity,
                    setting,
                    predicted=0.0,
                    measured=last(found, variable),
                    source=source,
                )
