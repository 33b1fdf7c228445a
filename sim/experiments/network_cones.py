"""Random networks make cones: the gap that training begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Free
from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import grid
from sim.starts import Uniform

__all__ = ["NetworkCones", "layer_map"]


def layer_map(cosine: NDArray[np.float64], layers: int) -> NDArray[np.float64]:
    """Cosines after wide random ReLU layers, ``(sin θ + (π − θ) cos θ)/π`` a layer (L.1).

    Examples
    --------
    >>> float(layer_map(np.array([0.0]), 1)[0].round(6))  # 1/π
    0.31831
    """
    for _ in range(layers):
        theta = np.arccos(np.clip(cosine, -1, 1))
        cosine = (np.sin(theta) + (np.pi - theta) * np.cos(theta)) / np.pi
    return cosine


@register("network_cones")
class NetworkCones(Experiment):
    """L.1 and what follows for the gap of two random towers, before and after training.

    Two networks with weights of their own see the same uniform latents: deeper ones make
    narrower cones, whose gap is ``√(2ρ)``, ρ the mean cosine within a cone, as two random cones
    are perpendicular. Training by InfoNCE then moves the weights; Y.T1 would close the gap of
    free particles. A figure draws the rows over the depth; settings are named ``depth …``.
    """

    name = "network_cones"
    question = "How deep a cone do random networks make, and does training leave it?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": 32, "n": 128, "width": 128, "depth": (1, 2, 4), "tau": 0.2, "steps": 150},
        "full": {"h": 64, "n": 512, "width": 512, "depth": (0, 1, 2, 4, 8), "tau": 0.2,
                 "steps": 2000},
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Draw networks of every depth, measure their cones and train them."""
        h, n, tau = settings["h"], settings["n"], settings["tau"]
        for (depth,) in lab.each(grid(settings, "depth")):
            setting = f"h={h}, N={n}, width {settings['width']}, depth {depth}"
            found = [
                lab.simulate(
                    setting,
                    seeds=(seed,),
                    h=h,
                    n=n,
                    temperature=tau,
                    constraint="relu",
                    constraint_options={"hidden": (settings["width"],) * depth, "seed": seed},
                    start="uniform",
                    start_options={"aligned": True},
                    step_size=STEP * tau,
                    steps=settings["steps"],
                    log_points=30,
                    metrics=("centroid_gap", "gap_angle", "mean_length", "true_pair_cosine"),
                )
                for seed in lab.seeds
            ]
            within, whole = zip(
                *(self._predict(settings, depth, s) for s in lab.seeds), strict=True
            )
            lab.compare(
                "mean cosine in the last hidden layer",
                setting,
                predicted=within,
                measured=[float(f["hidden_cosine_x"][0, 0]) for f in found],
                source="L.1, once a layer",
            )
            lab.compare(
                "centroid gap at the start",
                setting,
                predicted=np.sqrt(2 * np.array(whole)),
                measured=[float(f["centroid_gap"][0, 0]) for f in found],
                source="L.1, perpendicular cones",
            )
            lab.compare(
                "centroid gap after training",
                setting,
                predicted=0.0,
                measured=[float(f["centroid_gap"][0, -1]) for f in found],
                source="Y.T1, were the particles free",
            )

    @staticmethod
    def _predict(settings: Mapping[str, Any], depth: int, seed: int) -> tuple[float, float]:
        """Mean mapped cosine of different latents, and of all."""
        room, n = Free(settings["h"]), settings["n"]
        latents = Uniform(aligned=True).sample(n, room, np.random.default_rng(seed))[0]
        mapped = layer_map(latents @ latents.T, depth)
        return float((mapped.sum() - n) / (n * (n - 1))), float(mapped.mean())


STEP = 2.0
"""Step in units of τ."""
