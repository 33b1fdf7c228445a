"""A batch of runs on its way: moved, checked and recorded."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
import xarray as xr

from gaplab.records import Recorder
from sim.conditions import caption_groups
from sim.config import SimulationConfig
from sim.observer import observe
from sim.optimisers.base import StalledError
from sim.particles import Particles
from theory.metrics.base import view_names

__all__ = ["BadStateError", "Batch", "Run", "batches"]

BATCH_ENTRIES = 1 << 23
"""Similarities (R N²) of the runs that advance together; bounds the memory."""

CLIMB = 1.0
"""Rise of the loss over its first value, in nats, that no descent makes."""

OWN = (
    "seeds",
    "temperature",
    "temperature_rate",
    "max_logit_scale",
    "schedule",
    "step_size",
    "start",
    "start_options",
)
"""Fields in which the runs of a batch may differ."""


class BadStateError(Exception):
    """A run that diverged or got stuck, and the step where it did."""

    def __init__(self, message: str, step: int) -> None:
        super().__init__(message)
        self.step = step


class Run(NamedTuple):
    """One seed of the configuration with number `owner`."""

    owner: int
    config: SimulationConfig
    seed: int


def batches(configs: Sequence[SimulationConfig]) -> list[list[Run]]:
    """Runs that may advance together, in batches of bounded size."""
    alike: dict[str, list[Run]] = {}
    for index, config in enumerate(configs):
        runs = alike.setdefault(_shape(config), [])
        runs += [Run(index, config, seed) for seed in config.seeds]
    found = []
    for runs in alike.values():
        together = max(1, BATCH_ENTRIES // runs[0].config.n ** 2)
        found += [runs[k : k + together] for k in range(0, len(runs), together)]
    return found


def _shape(config: SimulationConfig) -> str:
    """What must be equal in a batch; of the constraint's options, all but real numbers."""
    record = {k: v for k, v in config.to_dict().items() if k not in OWN}
    record["constraint_options"] = _unmeasured(record["constraint_options"])
    return repr(sorted(record.items()))


def _unmeasured(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _unmeasured(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return [_unmeasured(item) for item in value]
    return float if isinstance(value, float) else value


class Batch:
    """Particles of several runs, and their records.

    Parameters
    ----------
    runs : sequence of Run
        Of equal shape, as `batches` gives them.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = list(runs)
        self.config = runs[0].config
        self.particles = Particles([run.config for run in runs], [run.seed for run in runs])
        self.optimiser = self.config.descent()
        self.optimiser.begin(self.particles)
        self.recorders = [
            Recorder(f"seed {run.seed}", source="simulation", config=run.config.to_dict())
            for run in runs
        ]
        self.step = 0
        self._first = self.particles.slopes.loss.clone()
        self._ceilings = self._highest()

    def advance(self) -> Iterator[int]:
        """Go on to the end, yielding the step wherever a state can be kept.

        Raises
        ------
        BadStateError
            If a run diverges or gets stuck.
        """
        wanted = self.config.log_steps()
        self._check()
        if not self.recorders[0].steps:
            self._log()
        yield self.step
        for until in (step for step in wanted if step > self.step):
            while self.step < until:
                try:
                    self.step = self.optimiser.advance(self.particles, self.step, until)
                except StalledError as error:
                    raise self._bad(error.run, f"got stuck ({error})") from None
                self._check()
                if self.step == until:
                    self._log()
                yield self.step

    def datasets(self) -> list[xr.Dataset]:
        """The trajectories so far, with the present views that are to be kept."""
        found = [recorder.dataset() for recorder in self.recorders if recorder.steps]
        kept: dict[str, tuple[str, torch.Tensor]] = {}
        names = view_names(self.config.modalities)
        if self.config.keep_views:
            views = zip(names, self.particles.views, strict=True)
            kept |= {f"view_{name}": ("pair", view) for name, view in views}
        if self.config.held_out:
            views = zip(names, self.particles.held_out, strict=True)
            kept |= {f"held_out_{name}": ("item", view) for name, view in views}
        if not kept:
            return found
        return [
            dataset.assign(
                {k: (("run", rows, "axis"), v[[r]].numpy()) for k, (rows, v) in kept.items()}
            )
            for r, dataset in enumerate(found)
        ]

    def memory(self) -> tuple[dict[str, torch.Tensor], list[xr.Dataset]]:
        """Tensors and records from which `recall` goes on."""
        kept = {"first": self._first, **self.particles.memory()}
        kept |= {f"optimiser.{name}": t for name, t in self.optimiser.memory().items()}
        return kept, [recorder.dataset() for recorder in self.recorders]

    def recall(
        self, step: int, tensors: dict[str, torch.Tensor], records: Sequence[xr.Dataset]
    ) -> None:
        """Take back what `memory` gave at a step."""
        self.step, self._first = step, tensors["first"]
        self._ceilings = self._highest()
        self.particles.recall(tensors, step)
        prefix = "optimiser."
        own = {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}
        self.optimiser.recall(own)
        self.recorders = [Recorder.resume(record) for record in records]

    def _log(self) -> None:
        particles = self.particles
        special = particles.room.measure(particles.parameters)
        columns = {
            "time": particles.time.tolist(),
            "logit_scale": particles.logit_scale.tolist(),
            "loss": particles.slopes.loss.tolist(),
            **{name: found.tolist() for name, found in special.items()},
        }
        config = self.config
        groups = caption_groups(config.n, config.duplicates) if config.duplicates > 1 else None
        seen = observe(particles.views, particles.logit_scale, names=config.metrics, groups=groups)
        for run, recorder in enumerate(self.recorders):
            own = {name: column[run] for name, column in columns.items()}
            recorder.log(self.step, own | seen[run])

    def _check(self) -> None:
        values = self.particles.slopes.loss.tolist()
        for run, (value, ceiling) in enumerate(zip(values, self._ceilings, strict=True)):
            if not -math.inf < value <= ceiling:  # nor nan
                raise self._bad(run, "diverged")

    def _bad(self, run: int, what: str) -> BadStateError:
        loss, first = self.particles.slopes.loss[run].item(), self._first[run].item()
        return BadStateError(
            f"seed {self.runs[run].seed} {what} at step {self.step}: the loss is {loss:g} "
            f"(it began at {first:g}) at logit scale {self.particles.logit_scale[run].item():g}; "
            "lower step_size.",
            self.step,
        )

    def _highest(self) -> list[float]:
        """What the loss of each run may be: its start and a little more where it must fall."""
        config = self.config
        changes = config.schedule is not None or config.learned_temperature
        noisy = config.batch is not None or config.fresh_noise
        if changes or noisy or self.particles.staged:  # not one and the same loss throughout
            return [sys.float_info.max] * len(self.runs)
        return (self._first + CLIMB).tolist()
