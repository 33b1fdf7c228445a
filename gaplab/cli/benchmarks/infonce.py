"""InfoNCE, forward and backward, beside open_clip's ``ClipLoss``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import torch

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from theory import losses

__all__ = ["InfoNCETask", "Views", "products", "unit_views"]

LOGIT_SCALE = 1 / 0.07
"""Where CLIP starts."""

TILE = 512


class Views(NamedTuple):
    """Two views (N, d) in float32, of which a gradient is wanted, and the logit scale."""

    x: torch.Tensor
    y: torch.Tensor
    logit_scale: torch.Tensor


def unit_views(n: int, d: int) -> Views:
    """Paired unit rows with noise, as a trained model gives."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(n, d, generator=generator)
    y = x + torch.randn(n, d, generator=generator)
    x, y = (torch.nn.functional.normalize(v, dim=-1).requires_grad_() for v in (x, y))
    return Views(x, y, torch.tensor(LOGIT_SCALE, requires_grad=True))


def _differentiated(loss: torch.Tensor, inputs: Views) -> Values:
    x, y, scale = torch.autograd.grad(loss, inputs)
    return {"loss": loss.detach(), "x": x, "y": y, "logit_scale": scale}


@dataclass(frozen=True)
class InfoNCETask(Task):
    """Value and gradients of InfoNCE on N pairs of dimension d, in float32."""

    d: int = 128
    bar: float | None = field(default=None, kw_only=True)
    alone: bool = field(default=False, kw_only=True)

    title: ClassVar[str] = "InfoNCE, forward and backward"
    tolerance: ClassVar[float] = 1e-4  # of float32 sums over thousands of terms, on both sides

    @property
    def setting(self) -> str:
        """Pairs and dimension."""
        return f"N = {self.n}, d = {self.d}"

    def inputs(self) -> Views:
        """Paired views."""
        return unit_views(self.n, self.d)

    def ours(self, inputs: Views) -> Values:
        """The registered loss, its engine chosen by itself."""
        loss = losses.create("infonce")(inputs.x, inputs.y, logit_scale=inputs.logit_scale)["loss"]
        return _differentiated(loss, inputs)

    def peers(self) -> Sequence[Peer]:
        """open_clip, and the matrix products that no exact gradient avoids."""
        if self.alone:
            return ()
        return (
            Peer(
                "open_clip ClipLoss",
                _open_clip,
                time_bar=self.bar,
                requires="open_clip",
                room=16 * self.n**2 / 2**20,
                memory=self.memory_limit is not None,
                if_missed="the rest goes to the exponentials, their sums and the weights of pairs",
            ),
            Peer("its three matrix products", lambda v: products(v.x, v.y), floor=True),
        )


def _open_clip(inputs: Views) -> Values:
    from open_clip.loss import ClipLoss

    return _differentiated(ClipLoss()(inputs.x, inputs.y, inputs.logit_scale), inputs)


@torch.no_grad()
def products(x: torch.Tensor, y: torch.Tensor, *, half: bool = False) -> Values:
    """``S = X Yᵀ``, ``S Y`` and ``Sᵀ X`` in tiles, which stay in the cache.

    With `half`, only in the tiles on and above the diagonal.
    """
    x_sum, y_sum = torch.zeros_like(x), torch.zeros_like(y)
    rows = list(zip(x.split(TILE), x_sum.split(TILE), strict=True))
    columns = list(zip(y.split(TILE), y_sum.split(TILE), strict=True))
    for k, (a, a_sum) in enumerate(rows):
        for b, b_sum in columns[k if half else 0 :]:
            tile = a @ b.T
            a_sum.addmm_(tile, b)
            b_sum.addmm_(tile.T, a)
    return {}


@register("infonce")
def infonce(size: Size) -> Suite:
    """InfoNCE at the sizes of the bars."""
    if size == "tiny":
        return Suite([InfoNCETask(n, 8) for n in (40, 600)])
    if size == "quick":
        return Suite(
            [
                InfoNCETask(4096, 128, bar=0.30, memory_limit=30),
                InfoNCETask(4096, 512, bar=0.50),
            ]
        )
    narrow = [InfoNCETask(n, 128, bar=0.30, memory_limit=30) for n in (4096, 8192, 16384)]
    wide = [
        InfoNCETask(n, 512, bar=bar, memory_limit=100) for n, bar in ((4096, 0.5), (8192, 0.58))
    ]
    return Suite([*narrow, *wide])
