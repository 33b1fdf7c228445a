"""Differentiation inside code that records no graph."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["leaves"]


@contextmanager
def leaves(*tensors: torch.Tensor) -> Iterator[tuple[torch.Tensor, ...]]:
    """Record a graph on `tensors` for the time being, also where inference mode is on.

    Parameters
    ----------
    *tensors : torch.Tensor
        Of floating type; they do not become part of the graph themselves.

    Yields
    ------
    tuple of torch.Tensor
        Leaves of the same values that require gradients.

    Examples
    --------
    >>> with torch.inference_mode(), leaves(torch.ones(2)) as (x,):
    ...     (slope,) = torch.autograd.grad(x.square().sum(), x)
    >>> slope
    tensor([2., 2.])
    """
    with torch.inference_mode(False), torch.enable_grad():
        # No graph takes a tensor of inference mode, but for a copy.
        apart = (t.clone() if t.is_inference() else t.detach() for t in tensors)
        yield tuple(t.requires_grad_() for t in apart)
