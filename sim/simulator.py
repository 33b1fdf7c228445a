"""Particles on hyperspheres under a contrastive loss: Riemannian gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
import xarray as xr

from gaplab.records import Recorder, concat_runs
from sim.config import SimulationConfig
from sim.observer import observe
from sim.particles import Particles, Slopes
from theory.metrics.base import view_names

__all__ = ["DivergedError", "Progress", "simulate"]

Progress = Callable[[int, int, str], None]

BATCH_ENTRIES = 1 << 23
"""Similarities (R N²) of the runs that advance together; bounds the memory."""

CLIMB = 1.0
"""Rise of the loss over its first value, in nats, that no descent makes."""


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


class _BadStateError(Exception):
    def __init__(self, message: str, step: int) -> None:
        super().__init__(message)
        self.step = step


def simulate(
    config: SimulationConfig | Mapping[str, Any], *, progress: Progress | None = None
) -> xr.Dataset:
    """Let particles follow ``ẋ = −N ∇L``, ``L = 2·loss``, inside a constraint.

    Parameters
    ----------
    config : SimulationConfig or mapping of its fields
    progress : callable, optional
        Called as ``progress(done, total, message)``, counted in steps.

    Returns
    -------
    xarray.Dataset
        A trajectory with one entry of ``run`` per seed: ``time`` (accumulated step size),
        ``logit_scale``, ``loss``, the unweighted ``infonce``, ``atp``, ``cu``, ``excess``
        (of InfoNCE over 2 log N, Y's convention) and the metrics of `theory.metrics.snapshot`.

    Raises
    ------
    InputError
        If the configuration cannot be used.
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
    config = SimulationConfig.of(config)
    together = max(1, BATCH_ENTRIES // config.n**2)
    groups = [config.seeds[i : i + together] for i in range(0, len(config.seeds), together)]
    total = config.steps * len(groups)
    runs: list[xr.Dataset] = []
    for index, seeds in enumerate(groups):
        batch = _Batch(config, seeds)
        try:
            for done in batch.run():
                if progress is not None:
                    progress(index * config.steps + done, total, f"step {done}/{config.steps}")
        except _BadStateError as error:
            kept = [*runs, *batch.datasets()]
            trajectory = concat_runs(kept) if kept else xr.Dataset()
            raise DivergedError(str(error), error.step, trajectory) from None
        runs.extend(batch.datasets())
    return concat_runs(runs)


class _Batch:
    """Particles, and the records of their runs."""

    def __init__(self, config: SimulationConfig, seeds: Sequence[int]) -> None:
        self.config = config
        self.seeds = seeds
        self.particles = Particles(config, seeds)
        self.recorders = [
            Recorder(f"seed {seed}", source="simulation", config=config.to_dict()) for seed in seeds
        ]

    def run(self) -> Iterator[int]:
        """Advance to the end, yielding the number of steps done."""
        particles, wanted = self.particles, set(self.config.log_steps())
        slopes = particles.slopes()
        first = slopes.loss
        for step in range(self.config.steps + 1):
            if step > 0:
                particles.advance(slopes, step)
                slopes = particles.slopes()
            self._check(step, slopes, first)
            if step in wanted:
                self._log(step, slopes.loss)
            yield step

    def datasets(self) -> list[xr.Dataset]:
        """The trajectories so far, with the present views if they are to be kept."""
        found = [recorder.dataset() for recorder in self.recorders if recorder.steps]
        if not self.config.keep_views:
            return found
        views = self.particles.views
        named = dict(zip(view_names(len(views)), views, strict=True))
        return [
            dataset.assign(
                {f"view_{k}": (("run", "pair", "axis"), v[[r]].numpy()) for k, v in named.items()}
            )
            for r, dataset in enumerate(found)
        ]

    def _log(self, step: int, loss: torch.Tensor) -> None:
        particles = self.particles
        views = particles.views
        special = particles.room.measure(particles.parameters)
        for run, recorder in enumerate(self.recorders):
            scale = particles.logit_scale[run].item()
            values: dict[str, Any] = {
                "time": particles.time[run].item(),
                "logit_scale": scale,
                "loss": loss[run].item(),
            }
            values |= observe(tuple(v[run] for v in views), scale, names=self.config.metrics)
            values |= {name: found[run].item() for name, found in special.items()}
            recorder.log(step, values)

    def _check(self, step: int, slopes: Slopes, first: torch.Tensor) -> None:
        bad = ~torch.isfinite(slopes.loss)
        for gradient in slopes.views:
            bad |= ~torch.isfinite(gradient.sum((-2, -1)))
        if self._descends():
            bad |= slopes.loss > first + CLIMB
        if bad.any():
            run = int(bad.nonzero()[0])
            raise _BadStateError(
                f"seed {self.seeds[run]} diverged at step {step}: the loss is "
                f"{slopes.loss[run].item():g} (it began at {first[run].item():g}) at logit scale "
                f"{self.particles.logit_scale[run].item():g}; lower step_size.",
                step,
            )

    def _descends(self) -> bool:
        """Whether one and the same loss is descended throughout."""
        config = self.config
        scheduled = config.schedule is not None or config.learned_temperature
        return not scheduled and not self.particles.loss.weights_at(0, 1)
