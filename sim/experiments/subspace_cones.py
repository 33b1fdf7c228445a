"""Rigid clouds in hyperplanes: the collapse theorem's own setting, on the full loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from sim.constraints import Subspace
from sim.experiments.base import Experiment, Lab, last, register
from sim.experiments.grid import grid
from theory.losses import InfoNCE
from theory.sphere import sample_vmf

__all__ = ["ConesInSubspaces"]


@register("subspace_cones")
class ConesInSubspaces(Experiment):
    """Y.T3's conclusion and Y.T4 for congruent clouds, on the full loss [Yi2025].

    The same cloud lies in both hyperplanes, rolled at random around its centre, with the centre
    perpendicular to C. For centre pairs that is no minimum unless A6 holds them there (the
    experiment ``subspace``); the full loss keeps congruent clouds there of itself, because with
    their centres in C they would have less variance along what they share. The last rows show
    it: the loss rises as both clouds turn their centres into C. A figure draws ``gap_angle`` and
    ``shared_residual`` over time; settings end in ``centres free`` or ``centres ⊥ C``.
    """

    name = "subspace_cones"
    question = "Does a collapsed cone keep the angle of its subspaces, and do its pairs align?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": 5, "phi": (60.0,), "kappa": (5.0,), "tau": 0.5, "n": 256, "time": 40.0},
        "full": {
            "h": 5, "phi": (30.0, 45.0, 60.0, 75.0), "kappa": (2.0, 5.0, 20.0), "tau": 0.5,
            "n": 2048, "time": 200.0,
        },
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Let the clouds turn, freely and with their centres held."""
        h, tau = settings["h"], settings["tau"]
        for phi, kappa in lab.each(grid(settings, "phi", "kappa")):
            where = f"h={h}, φ={phi:g}°, κ={kappa:g}, τ={tau:g}, N={settings['n']}"
            for centres, words in (("free", "centres free"), ("orthogonal", "centres ⊥ C")):
                setting = f"{where}, {words}"
                size = STEP * tau
                found = lab.simulate(
                    setting,
                    h=h,
                    n=settings["n"],
                    temperature=tau,
                    constraint="subspace_cone",
                    constraint_options={"angles": [math.radians(phi)], "centres": centres},
                    start="twins",
                    start_options={"kappa": kappa, "rolled": True},
                    step_size=size,
                    steps=round(settings["time"] / size),
                    log_points=60,
                    metrics=("centroid_gap", "gap_angle", "mean_length", "true_pair_cosine"),
                )
                lab.compare(
                    "gap at the end",
                    setting,
                    predicted=phi,
                    measured=np.degrees(last(found, "gap_angle")),
                    unit="°",
                    source="Y.T3 given A6" if centres == "orthogonal" else "Y.T3, full loss",
                )
                lab.compare(
                    "pair residual in the shared subspace",
                    setting,
                    predicted=0.0,
                    measured=last(found, "shared_residual"),
                    source="Y.T4",
                )
            outside, inside = (self._loss(lab, settings, phi, kappa, turned) for turned in (0, 1))
            lab.compare(
                "share of clouds that lose by turning into C",
                where,
                predicted=1.0,
                measured=(inside > outside).astype(float),
                source="Y.T3, full loss",
            )

    @staticmethod
    def _loss(
        lab: Lab, settings: Mapping[str, Any], phi: float, kappa: float, turned: int
    ) -> NDArray[np.float64]:
        """Loss (R,) of aligned congruent clouds about the specific direction, or one of C."""
        room = Subspace(settings["h"], angles=[math.radians(phi)])
        width = room.bases[0].shape[1]
        axis = np.eye(width)[0 if turned else room.n_shared]
        found = []
        for seed in lab.seeds:
            cloud = sample_vmf(axis, kappa, settings["n"], np.random.default_rng(seed))
            views = (torch.as_tensor(cloud @ basis.T) for basis in room.bases)
            found.append(InfoNCE()(*views, logit_scale=1 / settings["tau"])["loss"].item())
        return np.array(found)


STEP = 0.2
"""Step in units of τ."""
