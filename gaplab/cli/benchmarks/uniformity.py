"""Centroid uniformity, forward and backward, beside the ``torch.pdist`` form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import torch

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from gaplab.cli.benchmarks.infonce import Views, products, unit_views
from theory import losses

__all__ = ["UniformityTask"]

SHARPNESS = 2.0


@dataclass(frozen=True)
class UniformityTask(Task):
    """Value and gradients of CU (published form) on N pairs of dimension d, in float32."""

    d: int = 128
    bar: float | None = field(default=None, kw_only=True)
    memory_bar: float | None = field(default=None, kw_only=True)

    title: ClassVar[str] = "centroid uniformity, forward and backward"
    tolerance: ClassVar[float] = 1e-3  # the float32 gradient of torch.pdist errs by 2e-4 at 4096

    @property
    def setting(self) -> str:
        """Pairs and dimension."""
        return f"N = {self.n}, d = {self.d}"

    def inputs(self) -> Views:
        """Paired views."""
        return unit_views(self.n, self.d)

    def ours(self, inputs: Views) -> Values:
        """The registered loss, its engine chosen by itself."""
        loss = losses.create("cu", form="published", t=SHARPNESS)
        return _differentiated(loss(inputs.x, inputs.y, logit_scale=1.0)["loss"], inputs)

    def peers(self) -> Sequence[Peer]:
        """The form that the field's code is written in."""
        return (
            Peer(
                "torch.pdist form",
                _pdist,
                time_bar=self.bar,
                memory_bar=self.memory_bar,
                room=20 * self.n**2 / 2**20,
            ),
            Peer(
                "its three matrix products, half of each",
                lambda v: products(v.x, v.x, half=True),
                floor=True,
            ),
        )


def _pdist(inputs: Views) -> Values:
    """``log mean_{i<j} exp(−t‖μ_i − μ_j‖²)`` of the normalised centroids."""
    centroids = torch.nn.functional.normalize((inputs.x + inputs.y) / 2, dim=-1)
    potential = torch.pdist(centroids).pow(2).mul(-SHARPNESS).exp().mean().log()
    return _differentiated(potential, inputs)


def _differentiated(loss: torch.Tensor, inputs: Views) -> Values:
    x, y = torch.autograd.grad(loss, (inputs.x, inputs.y))
    return {"loss": loss.detach(), "x": x, "y": y}


@register("uniformity")
def uniformity(size: Size) -> Suite:
    """Centroid uniformity at the sizes of the bars."""
    if size == "tiny":
        return Suite([UniformityTask(n, 8) for n in (40, 600)])
    narrow = UniformityTask(4096, 128, bar=0.10, memory_bar=1 / 8)
    if size == "quick":
        return Suite([narrow])
    return Suite([narrow, UniformityTask(4096, 512, bar=0.035, memory_bar=1 / 8)])
