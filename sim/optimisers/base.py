"""What every optimiser is: a rule that moves a batch of runs on, and its own memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple, Protocol

import torch

from sim.constraints import Constraint, Tensors
from theory.registry import Registry

__all__ = [
    "OPTIMISERS",
    "Motion",
    "Optimiser",
    "Slopes",
    "StalledError",
    "create",
    "names",
    "register",
    "stable_step",
]

OPTIMISERS: Registry[type[Optimiser]] = Registry("optimiser")
register = OPTIMISERS.register
names = OPTIMISERS.names
create = OPTIMISERS.create

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


class StalledError(ArithmeticError):
    """A run that no step of any length moves on; the message is the rest of a sentence."""

    def __init__(self, run: int, message: str) -> None:
        super().__init__(message)
        self.run = run


class Slopes(NamedTuple):
    """The loss (R,) that a state sees, its tangents downhill's opposite, and ∂loss/∂(log β) (R,).

    The tangents are those of the constraint (`Constraint.gradient`), one tensor a modality; the
    last is 0 where β is not learned.
    """

    loss: torch.Tensor
    tangents: Tensors
    log_scale: torch.Tensor


class Motion(Protocol):
    """What an optimiser may see and change of the particles (`sim.particles.Particles`)."""

    room: Constraint
    parameters: Tensors
    time: torch.Tensor
    logit_scale: torch.Tensor
    slopes: Slopes
    pairs: int
    """Number N of pairs."""
    learns: bool
    """Whether β is learned."""
    fixed_step: torch.Tensor
    """Step size (R,) that the configurations give; NaN where they leave it open."""
    open_step: bool
    """Whether any of them does."""

    @property
    def seen_share(self) -> float:
        """Share of the pairs that one step sees."""

    @property
    def staged(self) -> bool:
        """Whether the loss itself changes from step to step."""

    def evaluate(self, parameters: Tensors, logit_scale: torch.Tensor, step: int) -> Slopes:
        """Slopes of any state, for the loss of a step."""

    def scale_at(self, step: torch.Tensor) -> torch.Tensor | None:
        """Fixed or scheduled β (R,) at step numbers (R,), whole or not; None if it is learned."""

    def scale_rate(self, slopes: Slopes, logit_scale: torch.Tensor) -> torch.Tensor:
        """Rate (R,) of a learned log β under the flow; 0 at its ceiling if it would grow."""

    def clamp(self, logit_scale: torch.Tensor) -> torch.Tensor:
        """β no larger than its ceiling."""

    def settle(self, step: int, slopes: Slopes | None = None) -> None:
        """Arrive at a step: its temperature, its loss and the slopes there."""


class Optimiser(ABC):
    """Moves all runs of a batch; what a run does never depends on the others."""

    follows_noise: ClassVar[bool] = True
    """Whether it can follow a loss that every step draws anew."""

    @abstractmethod
    def begin(self, motion: Motion) -> None:
        """Make the memory for these particles."""

    @abstractmethod
    def advance(self, motion: Motion, step: int, until: int) -> int:
        """Move on from `step`, not beyond `until`, and settle; the step that is reached.

        An optimiser with steps of its own may return before it has passed another of the
        simulation's; it returns `until` only when it is exactly there.
        """

    def memory(self) -> dict[str, torch.Tensor]:
        """Tensors to be kept, so that a resumed run goes on to the same numbers."""
        return {}

    def recall(self, memory: dict[str, torch.Tensor]) -> None:  # noqa: B027 - or nothing to recall
        """Take back what `memory` gave (after `begin`)."""

    def step_size(self, motion: Motion) -> torch.Tensor:
        """Flow time (R,) of a step: what the configuration says, else a stable one."""
        fixed = motion.fixed_step
        if not motion.open_step:
            return fixed
        automatic = stable_step(motion.logit_scale) * motion.seen_share
        return torch.where(torch.isnan(fixed), automatic.to(fixed), fixed)
