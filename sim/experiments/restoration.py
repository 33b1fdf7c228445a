"""Repairs of collapsed particles: the rotation and the shared projection at work."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.constraints import Subspace
from sim.experiments.base import Experiment, Lab, register
from sim.experiments.grid import many, views_of
from theory import metrics, repairs
from theory.sphere import normalize

__all__ = ["Restoration"]


@register("restoration")
class Restoration(Experiment):
    """Y.C3 and Y.C4: collapsed pairs that are optimal are aligned by both repairs [Yi2025].

    Particles in two hyperplanes, with centres held perpendicular to what they share, descend
    until their pairs agree in C; then they are repaired, as they are and with isotropic noise
    (soft collapse: the repairs must find the subspaces). A figure draws the rows over the repair
    that the settings end in: ``none``, ``rotation`` or ``shared_projection``.
    """

    name = "restoration"
    question = "Do rotation and shared projection restore the alignment of collapsed pairs?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"h": 6, "phi": 60.0, "kappa": 3.0, "tau": 0.5, "n": 256, "noise": (0.0, 0.1),
                  "time": 40.0},
        "full": {"h": 16, "phi": 60.0, "kappa": 8.0, "tau": 0.2, "n": 2048,
                 "noise": (0.0, 0.03, 0.1, 0.3), "time": 100.0},
    }  # fmt: skip

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Collapse, repair, and measure."""
        h, phi, tau = settings["h"], settings["phi"], settings["tau"]
        for noise in lab.each(many(settings["noise"])):
            where = f"h={h}, φ={phi:g}°, τ={tau:g}, N={settings['n']}, noise {noise:g}"
            size = STEP * tau
            found = lab.simulate(
                where,
                h=h,
                n=settings["n"],
                temperature=tau,
                constraint="subspace_cone",
                constraint_options={"angles": [math.radians(phi)], "centres": "orthogonal"},
                start="twins",
                start_options={"kappa": settings["kappa"], "rolled": True},
                step_size=size,
                steps=round(settings["time"] / size),
                log_points=20,
                metrics=("centroid_gap", "gap_angle", "true_pair_cosine"),
                keep_views=True,
            )
            exact = views_of(found)
            views = [
                _blur(pair, noise, np.random.default_rng(seed))
                for pair, seed in zip(exact, lab.seeds, strict=True)
            ]
            lab.compare(
                "gap angle",
                f"{where}, none",
                predicted=phi,
                measured=[math.degrees(_measure(v, "gap_angle")) for v in views],
                unit="°",
                source="Y.T3 given A6",
            )
            shared = Subspace(h, angles=[math.radians(phi)]).shared_basis
            inside = [((x @ shared) ** 2).sum(1) for x, _ in exact]
            for method, options, cosine, source in (
                ("rotation", {"dimension": h - 1}, 1 / (1 + noise**2 * (h - 1) / h), "Y.C3"),
                ("shared_projection", {}, _kept(inside, noise**2 * (h - 3) / h), "Y.C4"),
            ):
                repaired = [repairs.create(method, **options).fit_transform(*v) for v in views]
                lab.compare(
                    "centroid gap",
                    f"{where}, {method}",
                    predicted=0.0,
                    measured=[_measure(v, "centroid_gap") for v in repaired],
                    source=source,
                )
                lab.compare(
                    "cosine of true pairs",
                    f"{where}, {method}",
                    predicted=cosine,
                    measured=[(x * y).sum(1).mean() for x, y in repaired],
                    source=f"{source}, and what the noise leaves",
                )


STEP = 0.2
"""Step in units of τ."""


def _blur(
    pair: tuple[NDArray[np.float64], ...], noise: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], ...]:
    """Add noise of the given root mean square length to both views, and scale to the sphere."""
    size = noise / math.sqrt(pair[0].shape[1])
    return tuple(normalize(view + size * rng.standard_normal(view.shape)) for view in pair)


def _kept(energies: list[NDArray[np.float64]], noise: float) -> list[float]:
    """Mean cosine of rows of these squared lengths after two independent noises across them."""
    return [float((energy / (energy + noise)).mean()) for energy in energies]


def _measure(views: tuple[NDArray[np.float64], ...], name: str) -> float:
    return metrics.evaluate(*views, names=[name])[name]
