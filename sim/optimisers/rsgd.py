"""Riemannian gradient descent: explicit steps along the gradient, back onto the constraint."""

from __future__ import annotations

import torch

from sim.optimisers.base import Motion, Optimiser, register

__all__ = ["RiemannianSGD"]


@register("rsgd")
class RiemannianSGD(Optimiser):
    """``x ← R_x(−δ N ∇L)``, ``L = 2·loss``: the explicit Euler scheme of the flow.

    With mini-batches of B pairs the force on a pair that is seen is N/B times as strong, so that
    one epoch moves it as far as one step of the whole loss would; the automatic step is B/N as
    long.
    """

    def begin(self, motion: Motion) -> None:
        """Nothing to remember."""

    def advance(self, motion: Motion, step: int, until: int) -> int:
        """Take one step."""
        size = self.step_size(motion)
        slopes = motion.slopes
        sizes = 2 * motion.pairs * size
        motion.parameters = motion.room.descend(motion.parameters, slopes.tangents, sizes)
        motion.time = motion.time + size
        if motion.learns:
            rate = motion.scale_rate(slopes, motion.logit_scale)
            growth = torch.exp(size.to(rate) * rate)
            motion.logit_scale = motion.clamp(motion.logit_scale * growth)
        motion.settle(step + 1)
        return step + 1
