"""A batch of runs as one state: parameters, temperature and time, and the slopes there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from sim.conditions import Conditions
from sim.config import DTYPES, SimulationConfig
from sim.constraints import Constraint, Tensors
from sim.optimisers.base import Slopes
from sim.rooms import Rooms

__all__ = ["Particles"]


class Particles:
    """Runs that advance together: what an optimiser moves (`sim.optimisers.Motion`).

    Parameters
    ----------
    config : SimulationConfig or sequence of it
        Of all runs, or of each; they differ at most in what `sim.simulator` can batch.
    seeds : sequence of int
        One run each, drawn from a generator of its own.

    Attributes
    ----------
    room : Constraint
        The constraint of all runs.
    parameters : tuple of torch.Tensor
        Of the constraint, one per modality.
    time : torch.Tensor, (R,)
        Flow time so far.
    logit_scale : torch.Tensor, (R,)
        β of the present step.
    pairs : int
        Number N of pairs.
    learns : bool
        Whether β is learned.
    fixed_step : torch.Tensor, (R,)
        Step sizes of the configurations, NaN where one leaves it open.
    open_step : bool
        Whether any does.
    slopes : Slopes
        At the present state, for the loss of the present step.
    """

    def __init__(
        self, config: SimulationConfig | Sequence[SimulationConfig], seeds: Sequence[int]
    ) -> None:
        each = [config] * len(seeds) if isinstance(config, SimulationConfig) else list(config)
        self.config = each[0]
        self.dtype = DTYPES[self.config.dtype]
        self.loss = self.config.objective()
        self.loss.check = False  # rows are normalised, and the loss shows a run that diverges
        self.conditions = Conditions(self.config, seeds, self.dtype)
        self.room, self.parameters = self._place(each, seeds)
        self.pairs = self.config.n
        self.time = torch.zeros(len(seeds), dtype=torch.float64)
        sizes = [np.nan if c.step_size is None else c.step_size for c in each]
        self.fixed_step = torch.tensor(sizes, dtype=torch.float64)
        self.open_step = bool(self.fixed_step.isnan().any())
        self.learns = self.config.learned_temperature
        self._scales = torch.tensor([c.scales() for c in each], dtype=self.dtype)
        self._rates = torch.tensor([c.temperature_rate for c in each], dtype=self.dtype)
        self._ceiling = torch.tensor([c.max_logit_scale for c in each], dtype=self.dtype)
        self.logit_scale = self._scales[:, 0]
        self.slopes = Slopes(torch.empty(0), (), torch.empty(0))
        self.settle(0)

    def _place(
        self, configs: Sequence[SimulationConfig], seeds: Sequence[int]
    ) -> tuple[Constraint, Tensors]:
        """Constraint and parameters; runs of one configuration share a constraint."""
        rooms: list[Constraint] = []
        counts: list[int] = []
        placed: list[Tensors] = []
        others: list[Tensors] = []
        first = 0
        for last in range(1, len(seeds) + 1):
            config = configs[first]
            if last < len(seeds) and configs[last] is config:
                continue
            rooms.append(config.room())
            counts.append(last - first)
            drawn = self._start(config, rooms[-1], seeds[first:last])
            others.append(tuple(view[:, config.n :] for view in drawn))
            seen = tuple(view[:, : config.n].contiguous() for view in drawn)
            placed.append(rooms[-1].place(self.conditions.tie(seen)))
            first = last
        self._others = _join(others)
        room = rooms[0] if len(rooms) == 1 else Rooms(rooms, counts)
        return room, _join(placed)

    def _start(self, config: SimulationConfig, room: Constraint, seeds: Sequence[int]) -> Tensors:
        """Views (R, N + held out, h) that the start draws."""
        start, count = config.beginning(), config.n + config.held_out
        drawn = [start.sample(count, room, np.random.default_rng(seed)) for seed in seeds]
        views = (np.stack(view) for view in zip(*drawn, strict=True))
        return tuple(torch.as_tensor(view, dtype=self.dtype) for view in views)

    @property
    def views(self) -> Tensors:
        """Unit views (R, N, h)."""
        return self.room.views(self.parameters)

    @property
    def held_out(self) -> Tensors:
        """Unit views (R, held out, h) of the items that no loss sees."""
        return self.room.encode(self.parameters, self._others)

    @property
    def seen_share(self) -> float:
        """Share of the pairs that one step sees."""
        return min(1.0, (self.config.batch or self.config.n) / self.config.n)

    @property
    def staged(self) -> bool:
        """Whether the weights of the loss change from step to step."""
        return bool(self.loss.weights_at(0, 1))

    def evaluate(self, parameters: Tensors, logit_scale: torch.Tensor, step: int) -> Slopes:
        """Evaluate the loss of a step at any state, with its slopes."""
        seen, pull = self.conditions.look(self.room.views(parameters), step)
        terms, gradients, by_scale = self.loss.value_and_gradient(
            *seen, logit_scale=logit_scale, learned=self.learns
        )
        tangents = self.room.gradient(parameters, pull(gradients))
        return Slopes(terms["loss"], tangents, by_scale * logit_scale)

    def scale_at(self, step: torch.Tensor) -> torch.Tensor | None:
        """Fixed or scheduled β (R,) at step numbers (R,), linear between whole ones."""
        if self.learns:
            return None
        last = self._scales.shape[1] - 1
        if last == 0:
            return self._scales[:, 0]
        low = step.long().clamp(max=last)
        ends = torch.stack([low, (low + 1).clamp(max=last)], dim=1)
        before, after = self._scales.gather(1, ends).unbind(1)
        return torch.lerp(before, after, (step - low).to(before))

    def scale_rate(self, slopes: Slopes, logit_scale: torch.Tensor) -> torch.Tensor:
        """``d(log β)/dt = −rate ∂L/∂(log β)``, L = 2·loss; 0 at the ceiling if it would grow."""
        if not self.learns:
            return torch.zeros_like(logit_scale)
        rate = -2 * self._rates * slopes.log_scale
        return torch.where((logit_scale >= self._ceiling) & (rate > 0), 0, rate)

    def clamp(self, logit_scale: torch.Tensor) -> torch.Tensor:
        """β, a learned one no larger than its ceiling."""
        if not self.learns:
            return logit_scale
        return torch.minimum(logit_scale, self._ceiling)

    def settle(self, step: int, slopes: Slopes | None = None) -> None:
        """Arrive at a step: its temperature, its loss, and the slopes there."""
        if not self.learns and self._scales.shape[1] > 1:
            self.logit_scale = self._scales[:, min(step, self._scales.shape[1] - 1)]
        self.loss.set_epoch(step, self.config.steps)
        if slopes is None:
            slopes = self.evaluate(self.parameters, self.logit_scale, step)
        self.slopes = slopes

    def memory(self) -> dict[str, torch.Tensor]:
        """All tensors of the state."""
        kept = {"time": self.time, "logit_scale": self.logit_scale}
        kept |= {"slope.loss": self.slopes.loss, "slope.log_scale": self.slopes.log_scale}
        for k, (place, tangents) in enumerate(
            zip(self.parameters, self.slopes.tangents, strict=True)
        ):
            kept |= {f"parameters.{k}": place, f"slope.{k}": tangents}
        return kept

    def recall(self, memory: dict[str, torch.Tensor], step: int) -> None:
        """Take back what `memory` gave at a step."""
        count = range(len(self.parameters))
        self.parameters = tuple(memory[f"parameters.{k}"] for k in count)
        self.time, self.logit_scale = memory["time"], memory["logit_scale"]
        tangents = tuple(memory[f"slope.{k}"] for k in count)
        self.slopes = Slopes(memory["slope.loss"], tangents, memory["slope.log_scale"])
        self.loss.set_epoch(step, self.config.steps)


def _join(parts: Sequence[Tensors]) -> Tensors:
    """Runs of several parts, one after the other."""
    return tuple(torch.cat(views) for views in zip(*parts, strict=True))
