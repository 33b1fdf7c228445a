"""The simulation that corresponds to a real training run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr

from gaplab.records import config_of
from sim.config import SimulationConfig
from sim.optimisers.base import stable_step
from theory.bessel import inverse_ratio
from theory.errors import InputError

__all__ = ["METRICS", "matched_config"]

METRICS = (
    "centroid_gap",
    "gap_angle",
    "mean_length",
    "true_pair_cosine",
    "l2i",
    "uniformity",
    "effective_rank",
    "recall",
)
"""What a matched simulation records beside the loss terms: cheap, and all that training has."""

COARSE = 2.0
"""Steps of this many automatic ones: the slow closing needs length more than accuracy."""

NEEDED = ("mean_length_x", "mean_length_y", "gap_angle", "logit_scale")


def matched_config(
    trajectory: xr.Dataset, run: int = 0, *, seeds: Sequence[int] = (0,), steps: int = 1500
) -> SimulationConfig:
    """Match h, batch size, loss, temperature and initial cones to a training trajectory.

    The particles start as two vMF clouds with the concentrations ``κ̂ = A_h⁻¹(|mean|)`` and the
    angle that the towers' embeddings had at step 0, paired at random, as an untrained model
    pairs them. β follows the training's by the share of steps done. What does not carry over:
    towers tie their outputs together, particles are free.

    Parameters
    ----------
    trajectory : xarray.Dataset
        Of `gaplab train`.
    run : int
        Which of its runs.
    seeds : sequence of int
        Seeds of the simulation.
    steps : int
        Gradient steps of the simulation.

    Returns
    -------
    SimulationConfig

    Raises
    ------
    InputError
        If the trajectory has no such run, or lacks what is to be matched.
    """
    config = config_of(trajectory)
    absent = [name for name in NEEDED if name not in trajectory]
    absent += [name for name in ("embed_dim", "batch_size", "loss") if name not in config]
    if absent:
        raise InputError(
            f"trajectory has no {', '.join(absent)}; give a two-view one of gaplab train."
        )
    if not 0 <= run < trajectory.sizes["run"]:
        raise InputError(
            f"run is {run}; the trajectory has runs 0 to {trajectory.sizes['run'] - 1}."
        )
    chosen = trajectory.isel(run=run)
    start = {name: float(chosen[name][0]) for name in NEEDED}
    if not np.isfinite(list(start.values())).all():
        raise InputError(f"trajectory begins with {start}; its first state must be finite.")
    h = int(config["embed_dim"])
    lengths = np.array([start["mean_length_x"], start["mean_length_y"]])
    kappas = inverse_ratio(h / 2 - 1, lengths)
    schedule = _schedule(chosen, steps)
    return SimulationConfig(
        h=h,
        n=int(config["batch_size"]),
        seeds=tuple(seeds),
        start="cones",
        start_options={
            "kappa": tuple(map(float, kappas)),
            "gap": start["gap_angle"],
            "paired": False,
        },
        loss=config["loss"],
        loss_options=config.get("loss_options", {}),
        temperature=1 / start["logit_scale"],
        schedule=schedule,
        steps=steps,
        step_size=COARSE * stable_step(torch.tensor(max(schedule))).item(),
        metrics=METRICS,
    )


def _schedule(chosen: xr.Dataset, steps: int) -> tuple[float, ...]:
    """β at equal shares of the steps done; states that were not logged are skipped."""
    scale, step = chosen["logit_scale"].values, chosen["step"].values
    known = np.isfinite(scale)
    share = step[known] / max(int(step[known][-1]), 1)
    return tuple(np.interp(np.linspace(0, 1, steps + 1), share, scale[known]).tolist())
