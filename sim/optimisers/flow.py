"""Gradient flow: an embedded Runge–Kutta pair that chooses its own steps, run by run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch

from sim.constraints import Tensors
from sim.constraints.base import per_run
from sim.optimisers.base import (
    Motion,
    Optimiser,
    Slopes,
    StalledError,
    register,
    stable_step,
)
from theory.validation import check_number

__all__ = ["Flow"]

STAGES = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
"""Tableau of [DormandPrince1980]; its last row is the step of fifth order itself."""

NODES = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)

ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)
"""Fifth order less fourth."""

LONGEST = 4.0
"""Longest step, in automatic ones: the fastest linear time scale. A decaying mode then keeps its
rate to 3e-4, however far below the tolerance it has sunk."""

SHORTEST = 1e-9
"""Shortest step, in automatic ones; a run that needs a shorter one is stuck."""

Rates = tuple[Tensors, torch.Tensor]
"""Velocity of a state: of the moves of its constraint, and of log β (R,)."""


@register("flow")
class Flow(Optimiser):
    """``ẋ = −N ∇L``, ``L = 2·loss``, by Dormand and Prince's pair of orders 5 and 4.

    Every run has steps of its own, so that the result depends neither on the other runs nor on
    `step_size`, which only says what time a step of the record spans (an automatic one at the
    first β if omitted). Stages and steps are retracted to the constraint; the order is 5 where
    that projects a sum or the constraint can `lift`. A schedule is followed linearly between its
    steps, and a loss whose weights change is kept for one step at a time.

    Parameters
    ----------
    tolerance : float
        Largest estimated error of one step: root mean square over the particles, in radians
        (of a network: the length of the error of all weights), and in log β.
    """

    follows_noise = False

    def __init__(self, *, tolerance: float = 1e-6) -> None:
        self.tolerance = check_number("tolerance", tolerance, 0, open_low=True)
        self._next = torch.empty(0)
        self._span = torch.empty(0)

    def begin(self, motion: Motion) -> None:
        """Begin with an automatic step."""
        self._span = self.step_size(motion)
        self._next = stable_step(motion.logit_scale).double()

    def advance(self, motion: Motion, step: int, until: int) -> int:
        """Try one step in every run; those that have arrived wait for the others."""
        goal = step + 1 if motion.staged else until
        target = goal * self._span
        left = target - motion.time
        longest = LONGEST * stable_step(motion.logit_scale).double()
        size = torch.minimum(torch.minimum(self._next, longest), left)
        rates, parameters, logit_scale, slopes = self._try(motion, size, step)
        error = self._error(motion, rates, size)
        taken = (error <= 1) & (left > 0)
        take = partial(_choose, taken)
        motion.parameters = tuple(map(take, parameters, motion.parameters))
        motion.logit_scale = take(logit_scale, motion.logit_scale)
        motion.slopes = Slopes(
            take(slopes.loss, motion.slopes.loss),
            tuple(map(take, slopes.tangents, motion.slopes.tangents)),
            take(slopes.log_scale, motion.slopes.log_scale),
        )
        reached = torch.where(size >= left, target, motion.time + size)
        motion.time = take(reached, motion.time)
        self._adapt(size, error, longest, left)
        if not bool((motion.time >= target).all()):
            return step
        motion.settle(goal, None if motion.staged else motion.slopes)
        return goal

    def memory(self) -> dict[str, torch.Tensor]:
        """The next step of every run, and the time that a step of the record spans."""
        return {"next": self._next, "span": self._span}

    def recall(self, memory: dict[str, torch.Tensor]) -> None:
        """Take them back."""
        self._next, self._span = memory["next"], memory["span"]

    def _try(
        self, motion: Motion, size: torch.Tensor, step: int
    ) -> tuple[list[Rates], Tensors, torch.Tensor, Slopes]:
        """Go through the stages: the rates of all, and the state and slopes of the last."""
        parameters, logit_scale, slopes = motion.parameters, motion.logit_scale, motion.slopes
        rates = [(_downhill(motion, slopes), motion.scale_rate(slopes, logit_scale))]
        for weights, node in zip(STAGES, NODES, strict=True):
            moves, growth = _combine(weights, rates, size)
            parameters = motion.room.retract(motion.parameters, moves)
            logit_scale = motion.clamp(motion.logit_scale * torch.exp(growth))
            scheduled = motion.scale_at((motion.time + node * size) / self._span)
            if scheduled is not None:
                logit_scale = scheduled
            slopes = motion.evaluate(parameters, logit_scale, step)
            lifted = motion.room.lift(motion.parameters, moves, _downhill(motion, slopes))
            rates.append((lifted, motion.scale_rate(slopes, logit_scale)))
        return rates, parameters, logit_scale, slopes

    def _error(self, motion: Motion, rates: Sequence[Rates], size: torch.Tensor) -> torch.Tensor:
        """Estimated error (R,) of the step, in tolerances; NaN where a stage is not finite."""
        moves, growth = _combine(ERROR, rates, size)
        worst = torch.stack([*motion.room.squared_sizes(moves), growth.square()]).amax(0)
        return worst.double().sqrt() / self.tolerance

    def _adapt(
        self, size: torch.Tensor, error: torch.Tensor, longest: torch.Tensor, left: torch.Tensor
    ) -> None:
        """Choose the next step of the runs that are under way."""
        factor = 0.9 * error.clamp_min(1e-10) ** -0.2
        proposed = size * torch.nan_to_num(factor, nan=0.2).clamp(0.2, 5)
        cut_short = (error <= 1) & (size < self._next)
        proposed = torch.where(cut_short, torch.maximum(proposed, self._next), proposed)
        self._next = torch.where(left > 0, torch.minimum(proposed, longest), self._next)
        stuck = (self._next < SHORTEST * longest / LONGEST) & (left > 0)
        if bool(stuck.any()):
            run = int(stuck.nonzero()[0])
            raise StalledError(
                run, f"no step down to {self._next[run].item():g} keeps the error in tolerance"
            )


def _choose(taken: torch.Tensor, new: torch.Tensor, old: torch.Tensor) -> torch.Tensor:
    """`new` in the runs where the step is `taken`."""
    return torch.where(taken.reshape(-1, *[1] * (new.ndim - 1)), new, old)


def _downhill(motion: Motion, slopes: Slopes) -> Tensors:
    """``−N ∇L``, with Y's ``L = 2·loss``."""
    return tuple(-2 * motion.pairs * t for t in slopes.tangents)


def _combine(
    weights: Sequence[float], rates: Sequence[Rates], size: torch.Tensor
) -> tuple[Tensors, torch.Tensor]:
    """``size Σ_j weights_j rates_j``."""
    used = [(w, *rate) for w, rate in zip(weights, rates, strict=True) if w]
    moves = []
    for k in range(len(used[0][1])):
        total = used[0][0] * used[0][1][k]
        for weight, parts, _ in used[1:]:
            total.add_(parts[k], alpha=weight)
        moves.append(total.mul_(per_run(size, total)))
    growth = sum((w * rate for w, _, rate in used), torch.zeros_like(used[0][2]))
    return tuple(moves), growth * size.to(growth)
