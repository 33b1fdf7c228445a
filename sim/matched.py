"""The simulation that corresponds to a real training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import xarray as xr

from gaplab.records import config_of
from sim.config import SimulationConfig
from sim.optimisers.base import stable_step
from sim.starts import Measured
from theory.bessel import inverse_ratio
from theory.errors import InputError
from theory.validation import check_choice

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

SPECTRA = ("spectrum_x", "spectrum_y", "principal_angles")

NEEDED = ("mean_length_x", "mean_length_y", "gap_angle", "logit_scale")


def matched_config(
    trajectory: xr.Dataset,
    run: int = 0,
    *,
    seeds: Sequence[int] = (0,),
    steps: int = 1500,
    subspace: str | None = None,
) -> SimulationConfig:
    """Match h, batch size, loss, temperature and initial state to a training trajectory.

    The particles start with the mean lengths and the angle that the towers' embeddings had at
    step 0, paired at random, as an untrained model pairs them. β follows the training's by the
    share of steps done. What does not carry over: towers tie their outputs together, particles
    are free.

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
    subspace : {"none", "soft", "hard"}, optional
        What is made of the spectra and principal angles at step 0. ``"none"``: nothing, the
        clouds are vMF with ``κ̂ = A_h⁻¹(|mean|)``. ``"soft"``: the clouds have them at the start
        (`sim.starts.Measured`), and leave them as the loss wants. ``"hard"``: as soft, and each
        modality is held in its 99 % subspace of the start for ever. By default soft, or none
        where the trajectory lacks them.

    Returns
    -------
    SimulationConfig

    Raises
    ------
    InputError
        If the trajectory has no such run, or lacks what is to be matched, or a subspace of one
        dimension is to be held, in which nothing moves.
    """
    if subspace is None:
        subspace = "soft" if all(name in trajectory for name in SPECTRA) else "none"
    check_choice("subspace", subspace, ("none", "soft", "hard"))
    config = config_of(trajectory)
    wanted = NEEDED if subspace == "none" else (*NEEDED, *SPECTRA)
    absent = [name for name in wanted if name not in trajectory]
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
    state = _cones(start, h) if subspace == "none" else _measured(chosen, start)
    if subspace == "hard":
        state |= _held(state["start_options"])
    schedule = _schedule(chosen, steps)
    return SimulationConfig(
        h=h,
        n=int(config["batch_size"]),
        seeds=tuple(seeds),
        **state,
        loss=config["loss"],
        loss_options=config.get("loss_options", {}),
        temperature=1 / start["logit_scale"],
        schedule=schedule,
        steps=steps,
        step_size=COARSE * stable_step(torch.tensor(max(schedule))).item(),
        metrics=METRICS,
    )


def _cones(start: Mapping[str, float], h: int) -> dict[str, Any]:
    """Two vMF clouds."""
    lengths = np.array([start["mean_length_x"], start["mean_length_y"]])
    kappas = tuple(map(float, inverse_ratio(h / 2 - 1, lengths)))
    options = {"kappa": kappas, "gap": start["gap_angle"], "paired": False}
    return {"start": "cones", "start_options": options}


def _measured(chosen: xr.Dataset, start: Mapping[str, float]) -> dict[str, Any]:
    """Two clouds with the spectra and principal angles of step 0."""
    found = {name: chosen[name].values[0] for name in SPECTRA}
    finite = {name: values[np.isfinite(values)].tolist() for name, values in found.items()}
    options = {
        "lengths": (start["mean_length_x"], start["mean_length_y"]),
        "gap": start["gap_angle"],
        "spectra": (finite["spectrum_x"], finite["spectrum_y"]),
        "angles": finite["principal_angles"],
    }
    return {"start": "measured", "start_options": options}


def _held(options: Mapping[str, Any]) -> dict[str, Any]:
    """Subspaces of the start, as a constraint."""
    start = Measured(**options)
    if min(start.dims) < 2:
        raise InputError(
            f"subspace is 'hard' but 99 % of the views lie in {start.dims[0]} and "
            f"{start.dims[1]} directions at step 0, and nothing moves in one; choose 'soft'."
        )
    held = {"angles": start.angles.tolist(), "dims": tuple(start.dims)}
    return {"constraint": "subspace", "constraint_options": held}


def _schedule(chosen: xr.Dataset, steps: int) -> tuple[float, ...]:
    """β at equal shares of the steps done; states that were not logged are skipped."""
    scale, step = chosen["logit_scale"].values, chosen["step"].values
    known = np.isfinite(scale)
    share = step[known] / max(int(step[known][-1]), 1)
    return tuple(np.interp(np.linspace(0, 1, steps + 1), share, scale[known]).tolist())
