"""Adam on the constraint: moments in the tangent space, carried along with the parameters."""

from __future__ import annotations

import torch

from sim.constraints import Tensors
from sim.constraints.base import per_run
from sim.optimisers.base import Motion, Optimiser, register
from theory.validation import check_number

__all__ = ["Adam"]


@register("adam")
class Adam(Optimiser):
    """Riemannian Adam [Becigneul2019]: one second moment a particle, a transported first moment.

    A particle (or rigid body) moves by ``δ m̂/(√v̂ + ε)``, m̂ the mean of its gradients and v̂
    that of their squared lengths, both corrected for their start at zero: by δ radians at first,
    however small the gradient. A learned log β is one more coordinate. ``time`` adds up δ, which
    is not the time of the flow.

    Parameters
    ----------
    betas : pair of float
        Decay of the first and of the second moment, in [0, 1).
    eps : float
        ε, in units of ``N ∇loss``.
    """

    DEFAULT_STEP = 0.01
    """Radians."""

    def __init__(self, *, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8) -> None:
        below_one = 1 - 1e-12
        self.betas = tuple(check_number("betas", beta, 0, below_one) for beta in betas)
        self.eps = check_number("eps", eps, 0, open_low=True)
        self._first: Tensors = ()
        self._second: Tensors = ()
        self._scale = torch.empty(0)

    def begin(self, motion: Motion) -> None:
        """Zero moments."""
        tangents = motion.slopes.tangents
        self._first = tuple(map(torch.zeros_like, tangents))
        self._second = tuple(map(torch.zeros_like, motion.room.squared_lengths(tangents)))
        self._scale = torch.zeros(2, *motion.logit_scale.shape, dtype=motion.logit_scale.dtype)

    def advance(self, motion: Motion, step: int, until: int) -> int:
        """Take one step."""
        slopes, size, room = motion.slopes, self.step_size(motion), motion.room
        lengths = room.squared_lengths(slopes.tangents)
        fresh = (1 - self.betas[0] ** (step + 1)), (1 - self.betas[1] ** (step + 1))
        moves = []
        for m, v, gradient, squared in zip(
            self._first, self._second, slopes.tangents, lengths, strict=True
        ):
            m.lerp_(gradient, 1 - self.betas[0])
            v.lerp_(squared, 1 - self.betas[1])
            scaled = (m / fresh[0]) / ((v / fresh[1]).sqrt() + self.eps / motion.pairs)
            moves.append(scaled * per_run(-size, scaled))
        place = motion.parameters
        motion.parameters = room.retract(place, room.transport(place, tuple(moves)))
        self._first = room.transport(motion.parameters, self._first)
        motion.time = motion.time + size
        self._turn_scale(motion, size, fresh)
        motion.settle(step + 1)
        return step + 1

    def _turn_scale(self, motion: Motion, size: torch.Tensor, fresh: tuple[float, float]) -> None:
        rate = motion.scale_rate(motion.slopes, motion.logit_scale)
        m, v = self._scale
        m.lerp_(rate, 1 - self.betas[0])
        v.lerp_(rate.square(), 1 - self.betas[1])
        growth = (m / fresh[0]) / ((v / fresh[1]).sqrt() + self.eps)
        motion.logit_scale = motion.clamp(motion.logit_scale * torch.exp(size.to(m) * growth))

    def memory(self) -> dict[str, torch.Tensor]:
        """Both moments of every modality, and those of log β."""
        kept = {f"first.{k}": m for k, m in enumerate(self._first)}
        kept |= {f"second.{k}": v for k, v in enumerate(self._second)}
        return {**kept, "scale": self._scale}

    def recall(self, memory: dict[str, torch.Tensor]) -> None:
        """Take them back."""
        count = range(len(self._first))
        self._first = tuple(memory[f"first.{k}"] for k in count)
        self._second = tuple(memory[f"second.{k}"] for k in count)
        self._scale = memory["scale"]

    def step_size(self, motion: Motion) -> torch.Tensor:
        """What the configuration says, else a hundredth of a radian."""
        return torch.nan_to_num(motion.fixed_step, nan=self.DEFAULT_STEP)
