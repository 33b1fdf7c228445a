"""The logarithm of the Gaussian potential of uniformity, from all pairs or by tiles."""

from __future__ import annotations

import math
from functools import partial

import torch

from theory.losses.gaussian_sums import GaussianTiles, dense_exponents
from theory.losses.tiles import evaluate_runs, exponent_limit, single_pass

__all__ = ["dense_log_potential", "log_potential_and_gradient", "streaming_log_potential"]


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


def _log_potential(
    points: torch.Tensor, t: float, slope: bool
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Value, (R,), and gradient, (R, N, h), of the logarithm of the potential."""
    tiles = GaussianTiles(points, None, t)
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
    return single_pass(partial(_log_potential, t=t), points)


def log_potential_and_gradient(points: torch.Tensor, t: float) -> tuple[torch.Tensor, torch.Tensor]:
    """`streaming_log_potential` of R runs, (R,), with its gradient, (R, N, h)."""
    value, (gradient,) = evaluate_runs(partial(_log_potential, t=t), points)
    return value, gradient
