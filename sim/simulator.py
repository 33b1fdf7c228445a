"""Particles on hyperspheres under a contrastive loss: Riemannian gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
import xarray as xr

from gaplab.records import Recorder, concat_runs
from sim.config import DTYPES, SimulationConfig
from sim.observer import observe

__all__ = ["DivergedError", "Progress", "simulate", "stable_step"]

Progress = Callable[[int, int, str], None]

SAFETY = 0.25
"""Fraction of the fastest linear time scale that one automatic step spans."""

ALIGNMENT_RATE = 8.0
"""Decay rate of a pair's distance under the flow of the ATP loss alone."""

BATCH_ENTRIES = 1 << 23
"""Similarities (R N²) of the runs that advance together; bounds the memory."""


class DivergedError(RuntimeError):
    """A run whose loss or gradient is no longer finite, or that climbed instead of descending.

    Attributes
    ----------
    step : int
        Where it happened.
    trajectory : xarray.Dataset
        What was recorded before.
    """

    def __init__(self, message: str, step: int, trajectory: xr.Dataset) -> None:
        super().__init__(message)
        self.step = step
        self.trajectory = trajectory


def stable_step(logit_scale: torch.Tensor) -> torch.Tensor:
    """Flow time ``0.25 / (4β + 8)`` of one automatic step (see `SimulationConfig`).

    Examples
    --------
    >>> stable_step(torch.tensor(2.0)).item()
    0.015625
    """
    return SAFETY / (4 * logit_scale + ALIGNMENT_RATE)


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
        except _RunDivergedError as error:
            kept = concat_runs([*runs, *batch.datasets()])
            raise DivergedError(str(error), error.step, kept) from None
        runs.extend(batch.datasets())
    return concat_runs(runs)


class _RunDivergedError(RuntimeError):
    def __init__(self, message: str, step: int) -> None:
        super().__init__(message)
        self.step = step


class _Batch:
    """Runs that advance together."""

    def __init__(self, config: SimulationConfig, seeds: Any) -> None:
        self.config = config
        self.room = config.room()
        self.loss = config.objective()
        dtype = DTYPES[config.dtype]
        start = config.beginning()
        drawn = [start.sample(config.n, self.room, np.random.default_rng(s)) for s in seeds]
        views = tuple(torch.as_tensor(np.stack(v), dtype=dtype) for v in zip(*drawn, strict=True))
        self.parameters = self.room.place(views)
        self.log_scale = torch.full(
            (len(seeds),), float(np.log(config.logit_scale(0))), dtype=dtype
        )
        self.time = torch.zeros(len(seeds), dtype=torch.float64)
        self.seeds = seeds
        self.recorders = [
            Recorder(
                f"seed {seed}",
                source="simulation",
                config=config.to_dict(),
            )
            for seed in seeds
        ]

    def run(self) -> Any:
        """Advance to the end, yielding the number of steps done."""
        config, wanted = self.config, set(self.config.log_steps())
        first: torch.Tensor | None = None
        for step in range(config.steps + 1):
            scale = self._scale(step)
            views = self.room.views(self.parameters)
            terms, gradients, slope = self.loss.value_and_gradient(*views, logit_scale=scale)
            first = terms["loss"] if first is None else first
            self._check(step, terms["loss"], first, gradients, scale)
            if step in wanted:
                self._log(step, views, terms["loss"], scale)
            if step < config.steps:
                self._advance(gradients, slope, scale)
            yield step

    def datasets(self) -> list[xr.Dataset]:
        """The trajectories so far."""
        return [recorder.dataset() for recorder in self.recorders if recorder.steps]

    def _scale(self, step: int) -> torch.Tensor:
        if self.config.learned_temperature:
            return self.log_scale.exp()
        return torch.full_like(self.log_scale, self.config.logit_scale(step))

    def _advance(
        self, gradients: tuple[torch.Tensor, ...], slope: torch.Tensor, scale: torch.Tensor
    ) -> None:
        size = stable_step(scale)
        if self.config.step_size is not None:
            size = torch.full_like(size, self.config.step_size)
        tangents = self.room.gradient(self.parameters, gradients)
        moves = tuple(t * (-2 * size)[:, None, None] for t in tangents)
        self.parameters = self.room.retract(self.parameters, moves)
        self.time += size.double()
        if self.config.learned_temperature:
            # d(log β)/dt = −rate ∂L/∂(log β), with L = 2·loss
            self.log_scale = (
                self.log_scale - 2 * size * self.config.temperature_rate * slope * scale
            )
            self.log_scale.clamp_(max=float(np.log(self.config.max_logit_scale)))

    def _log(
        self,
        step: int,
        views: tuple[torch.Tensor, ...],
        loss: torch.Tensor,
        scale: torch.Tensor,
    ) -> None:
        special = self.room.measure(self.parameters)
        for run, recorder in enumerate(self.recorders):
            seen = observe(
                tuple(view[run] for view in views),
                scale[run].item(),
                names=self.config.metrics,
            )
            seen |= {name: values[run].item() for name, values in special.items()}
            clock = {"time": self.time[run].item(), "logit_scale": scale[run].item()}
            recorder.log(step, {**clock, "loss": loss[run].item(), **seen})

    def _check(
        self,
        step: int,
        loss: torch.Tensor,
        first: torch.Tensor,
        gradients: tuple[torch.Tensor, ...],
        scale: torch.Tensor,
    ) -> None:
        finite = torch.isfinite(loss)
        for gradient in gradients:
            finite &= torch.isfinite(gradient.sum((-2, -1)))
        constant = self.config.schedule is None and not self.config.learned_temperature
        bad = ~finite | (loss > first + 1) if constant else ~finite
        if bad.any():
            run = int(bad.nonzero()[0])
            raise _RunDivergedError(
                f"seed {self.seeds[run]} diverged at step {step}: the loss is "
                f"{loss[run].item():g} (it began at {first[run].item():g}) at logit scale "
                f"{scale[run].item():g}; lower step_size.",
                step,
            )
