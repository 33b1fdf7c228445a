"""A batch of runs as one state: parameters, temperature and time, and one step of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from sim.config import DTYPES, SimulationConfig
from sim.constraints import Tensors

__all__ = ["Particles", "Slopes", "stable_step"]

SAFETY = 0.25
"""Fraction of the fastest linear time scale that one automatic step spans."""

ALIGNMENT_RATE = 8.0
"""Decay rate of a pair's distance under the flow of the ATP loss alone."""


def stable_step(logit_scale: torch.Tensor) -> torch.Tensor:
    """Flow time ``0.25 / (4β + 8)`` of one automatic step (see `SimulationConfig`).

    Examples
    --------
    >>> stable_step(torch.tensor(2.0)).item()
    0.015625
    """
    return SAFETY / (4 * logit_scale + ALIGNMENT_RATE)


class Slopes(NamedTuple):
    """The loss (R,) of a state, its gradients in the views (R, N, h) and in β (R,)."""

    loss: torch.Tensor
    views: Tensors
    logit_scale: torch.Tensor


class Particles:
    """Runs that advance together.

    Parameters
    ----------
    config : SimulationConfig
    seeds : sequence of int
        One run each, drawn from a generator of its own.

    Attributes
    ----------
    parameters : tuple of torch.Tensor
        Of the constraint, one per modality.
    time : torch.Tensor, (R,)
        Flow time so far.
    logit_scale : torch.Tensor, (R,)
        β of the present step.
    """

    def __init__(self, config: SimulationConfig, seeds: Sequence[int]) -> None:
        self.config = config
        self.room = config.room()
        self.loss = config.objective()
        self.loss.check = False  # rows are normalised, and the loss shows a run that diverges
        dtype = DTYPES[config.dtype]
        start = config.beginning()
        drawn = [start.sample(config.n, self.room, np.random.default_rng(s)) for s in seeds]
        views = tuple(torch.as_tensor(np.stack(v), dtype=dtype) for v in zip(*drawn, strict=True))
        self.parameters = self.room.place(views)
        self.time = torch.zeros(len(seeds), dtype=torch.float64)
        self.logit_scale = torch.full((len(seeds),), config.logit_scale(0), dtype=dtype)

    @property
    def views(self) -> Tensors:
        """Unit views (R, N, h)."""
        return self.room.views(self.parameters)

    def slopes(self) -> Slopes:
        """Evaluate the loss and its gradients."""
        terms, views, logit_scale = self.loss.value_and_gradient(
            *self.views, logit_scale=self.logit_scale
        )
        return Slopes(terms["loss"], views, logit_scale)

    def advance(self, slopes: Slopes, step: int) -> None:
        """Take the step with number `step`, counted from 1, down the `slopes` just evaluated."""
        config = self.config
        size = stable_step(self.logit_scale)
        if config.step_size is not None:
            size = torch.full_like(size, config.step_size)
        tangents = self.room.gradient(self.parameters, slopes.views)
        moves = tuple(t.mul_((-2 * size)[:, None, None]) for t in tangents)
        self.parameters = self.room.retract(self.parameters, moves)
        self.time += size.double()
        if config.learned_temperature:
            # d(log β)/dt = −rate ∂L/∂(log β), with L = 2·loss
            pull = 2 * config.temperature_rate * slopes.logit_scale * self.logit_scale
            grown = self.logit_scale * torch.exp(-size * pull)
            self.logit_scale = grown.clamp(max=config.max_logit_scale)
        else:
            self.logit_scale = torch.full_like(self.logit_scale, config.logit_scale(step))
        self.loss.set_epoch(step, config.steps)
