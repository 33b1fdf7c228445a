"""Training in several processes: every one embeds its part of a batch, all see the whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
import torch.distributed as dist

__all__ = [
    "average_gradients",
    "barrier",
    "gather_rows",
    "is_first",
    "local_part",
    "share",
    "started",
    "world_size",
]


def started() -> bool:
    """Join the group that torchrun describes in the environment, once; whether there is one."""
    if not dist.is_available():
        return False
    if not dist.is_initialized() and int(os.environ.get("WORLD_SIZE", "1")) > 1:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return dist.is_initialized()


def world_size() -> int:
    """Processes that train together; 1 without a group."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def _rank() -> int:
    return dist.get_rank() if world_size() > 1 else 0


def is_first() -> bool:
    """Whether this is the process that records and saves."""
    return _rank() == 0


def barrier() -> None:
    """Wait until every process is here."""
    if world_size() > 1:
        dist.barrier()


def share(value: Any) -> Any:
    """The first process's `value`, in every process."""
    if world_size() == 1:
        return value
    box = [value]
    dist.broadcast_object_list(box, src=0)
    return box[0]


def local_part(rows: np.ndarray) -> np.ndarray:
    """Own rows of a batch: contiguous parts, in the order of the processes."""
    return np.array_split(rows, world_size())[_rank()]


def _sizes(count: int) -> list[int]:
    return [len(part) for part in np.array_split(np.empty(count), world_size())]


class _Gather(torch.autograd.Function):
    """Rows of all processes; the gradient of the own ones, times the number of processes.

    Every process computes the same loss of all rows, so what reaches its own rows is the whole
    gradient with respect to them. `average_gradients` divides by the number of processes.
    """

    @staticmethod
    def forward(ctx: Any, view: torch.Tensor, count: int) -> torch.Tensor:
        sizes = _sizes(count)
        padded = view.new_zeros(max(sizes), *view.shape[1:])
        padded[: len(view)] = view
        parts = [torch.empty_like(padded) for _ in sizes]
        dist.all_gather(parts, padded)
        ctx.start, ctx.length = sum(sizes[: _rank()]), len(view)
        return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)])

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[torch.Tensor, None]:
        (gradient,) = gradients
        own = gradient[ctx.start : ctx.start + ctx.length]
        return world_size() * own, None


def gather_rows(view: torch.Tensor, count: int) -> torch.Tensor:
    """The whole batch of a view, differentiable in this process's rows.

    Parameters
    ----------
    view : torch.Tensor (n, h)
        This process's rows, cut by `local_part`.
    count : int
        Rows of the whole batch.

    Returns
    -------
    torch.Tensor (count, h)
        Equal in every process. With `average_gradients` after the backward pass, the gradient of
        every parameter is exactly that of one process with the whole batch: neither larger nor
        smaller by the number of processes.
    """
    if world_size() == 1:
        return view
    gathered: torch.Tensor = _Gather.apply(view, count)
    return gathered


def average_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    """Replace every gradient by its mean over the processes, in one message."""
    if world_size() == 1:
        return
    found: Sequence[torch.Tensor] = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([gradient.reshape(-1) for gradient in found])
    dist.all_reduce(flat)
    flat /= world_size()
    for gradient, part in zip(found, flat.split([g.numel() for g in found]), strict=True):
        gradient.copy_(part.reshape(gradient.shape))
