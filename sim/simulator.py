"""Particles on hyperspheres under a contrastive loss, and the record of their motion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from gaplab.records import concat_runs
from sim.batch import BadStateError, Batch, batches
from sim.config import SimulationConfig
from sim.state import StateFile
from theory.errors import InputError

__all__ = ["DivergedError", "Progress", "simulate", "simulate_all"]

Progress = Callable[[int, int, str], None]


class DivergedError(RuntimeError):
    """A run whose loss or gradient is no longer finite, or that climbed instead of descending.

    Attributes
    ----------
    step : int
        Where it happened.
    trajectory : xarray.Dataset
        What was recorded before (nothing if the first state was bad already).
    """

    def __init__(self, message: str, step: int, trajectory: xr.Dataset) -> None:
        super().__init__(message)
        self.step = step
        self.trajectory = trajectory


def simulate(
    config: SimulationConfig | Mapping[str, Any],
    *,
    progress: Progress | None = None,
    state: str | Path | None = None,
) -> xr.Dataset:
    """Let particles follow ``ẋ = −N ∇L``, ``L = 2·loss``, inside a constraint.

    Parameters
    ----------
    config : SimulationConfig or mapping of its fields
    progress : callable, optional
        Called as ``progress(done, total, message)``, counted in steps.
    state : path, optional
        File in which the state is kept every half minute. If it exists, the simulation goes on
        from there, to the very same numbers.

    Returns
    -------
    xarray.Dataset
        A trajectory with one entry of ``run`` per seed: ``time`` (accumulated step size),
        ``logit_scale``, ``loss`` (as the particles see it: of the batch, of mismatched or noisy
        pairs), the unweighted ``infonce``, ``atp``, ``cu``, ``excess`` (of InfoNCE over 2 log N,
        Y's convention) and the metrics of `theory.metrics.snapshot`, these of all true pairs.

    Raises
    ------
    InputError
        If the configuration cannot be used.
    RecordError
        If `state` is damaged or of another simulation.
    DivergedError
        If a run diverges; what was recorded is its attribute `trajectory`.

    Notes
    -----
    Every seed draws from its own generator. Runs advance together as one batch; whichever seeds
    share it, a trajectory is the same up to the rounding of batched matrix products.

    Examples
    --------
    >>> found = simulate({"h": 3, "n": 16, "steps": 40, "metrics": ["centroid_gap"]})
    >>> gap = found["centroid_gap"].values[0]
    >>> bool(gap[-1] < gap[0])
    True
    """
    return simulate_all([config], progress=progress, state=state)[0]


def simulate_all(
    configs: Sequence[SimulationConfig | Mapping[str, Any]],
    *,
    progress: Progress | None = None,
    state: str | Path | None = None,
) -> list[xr.Dataset]:
    """Simulate several configurations; those of equal shape advance as one batch.

    Runs share a batch if they differ in nothing but seeds, temperature and its schedule, step
    size, start, and real numbers among the options of the constraint, such as angles.

    Parameters
    ----------
    configs : sequence of SimulationConfig or mapping of its fields
    progress, state
        As for `simulate`.

    Returns
    -------
    list of xarray.Dataset
        A trajectory for every configuration.
    """
    checked = [SimulationConfig.of(config) for config in configs]
    if not checked:
        raise InputError("configs is empty; give at least one configuration.")
    groups = batches(checked)
    file = None if state is None else StateFile(state, checked)
    kept = None if file is None else file.load()
    records: list[xr.Dataset] = [] if kept is None else kept.records
    ends = [sum(group[0].config.steps for group in groups[:k]) for k in range(len(groups) + 1)]
    for number, group in enumerate(groups):
        if kept is not None and number < kept.batch:
            continue
        batch = Batch(group)
        if kept is not None and number == kept.batch:
            before = len(records) - len(group)
            batch.recall(kept.step, kept.tensors, records[before:])
            records = records[:before]
        try:
            for step in batch.advance():
                if progress is not None:
                    total = batch.config.steps
                    progress(ends[number] + step, ends[-1], f"step {step}/{total}")
                if file is not None and file.due:
                    tensors, own = batch.memory()
                    file.save(number, step, tensors, [*records, *own])
        except BadStateError as error:
            parts = [*records, *batch.datasets()]
            trajectory = concat_runs(parts) if parts else xr.Dataset()
            raise DivergedError(str(error), error.step, trajectory) from None
        records += batch.datasets()
    found: list[list[xr.Dataset]] = [[] for _ in checked]
    for run, record in zip((run for group in groups for run in group), records, strict=True):
        found[run.owner].append(record)
    return [concat_runs(runs) for runs in found]
