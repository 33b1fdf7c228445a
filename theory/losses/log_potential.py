"""The logarithm of the Gaussian potential of uniformity, from all pairs or by tiles."""

from __future__ import annotations

import math
from functools import partial

import torch

from theory.losses.gaussian_sums import GaussianTiles, dense_exponents
from theory.losses.tiles import evaluate_runs, exponent_limit, single_pass

__all__ = [
    "dense_log_potential",
    "log_potential_and_gradient",
    "log_potential_by_tiles",
    "streaming_log_potential",
]


def dense_log_potential(points: torch.Tensor, t: float) -> torch.Tensor:
    """``log Σ_{i≠j} e^{−t‖μ_i−μ_j‖²}`` over ordered pairs, from all N × N distances.

    Parameters
    ----------
    points : torch.Tensor, (..., N, h)
    t : float

    Returns
    -------
    torch.Tensor, (...)
    """
    return dense_exponents(points, None, t).flatten(-2).logsumexp(-1)


def log_potential_by_tiles(
    points: torch.Tensor, t: float, slope: bool, divisor: torch.Tensor | None = None
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Logarithm of the potential of R clouds, and if `slope`, its gradient.

    Parameters
    ----------
    points : torch.Tensor, (R, N, h)
    t : float
    slope : bool
    divisor : torch.Tensor, broadcastable to (R, N, 1), optional
        What the rows are divided by first; the gradient is that in the quotients.

    Returns
    -------
    value : torch.Tensor, (R,), float64
    gradients : tuple of torch.Tensor, (R, N, h)
        One, or none.
    """
    tiles = GaussianTiles(points, None, t, divisor)
    total, gradients = tiles.sum(slope=slope)
    largest = torch.zeros_like(total)
    if not bool((total >= math.exp(-exponent_limit(points.dtype))).all()):
        largest = tiles.largest()
        total, gradients = tiles.sum(largest, slope)
    for gradient in gradients:
        gradient.div_(total.to(points.dtype)[:, None, None])
    return total.log() + largest, gradients


def streaming_log_potential(points: torch.Tensor, t: float) -> torch.Tensor:
    """`dense_log_potential` by tiles; differentiable once.

    Parameters
    ----------
    points : torch.Tensor, (N, h) or (R, N, h)
    t : float

    Returns
    -------
    torch.Tensor, () or (R,)
    """
    return single_pass(partial(log_potential_by_tiles, t=t), points)


def log_potential_and_gradient(points: torch.Tensor, t: float) -> tuple[torch.Tensor, torch.Tensor]:
    """`streaming_log_potential` of R runs, (R,), with its gradient, (R, N, h)."""
    value, (gradient,) = evaluate_runs(partial(log_potential_by_tiles, t=t), points)
    return value, gradient
