"""The Gaussian potential of uniformity and its gradient by tiles, in O(N) memory.

Only tiles on and above the diagonal are visited. The gradient is gathered in the same pass,
unnormalised, because the sum of all exponentials enters it as one factor:
``∂/∂μ_i log Σ_{k≠j} e_kj = −4t/Σ e · (μ_i Σ_j e_ij − Σ_j e_ij μ_j)``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch

from theory.losses.tiles import blocks, differentiable_once, exponent_limit, run_groups, tile_size

__all__ = ["log_potential_and_gradient", "streaming_log_potential"]


class _Triangle:
    """Exponents −t‖μ_i−μ_j‖² of R runs in tiles on and above the diagonal; −inf for i = j."""

    def __init__(self, points: torch.Tensor, t: float) -> None:
        self.points = points - points.mean(-2, keepdim=True)  # less cancellation in distances
        self.squares = self.points.square().sum(-1).mul_(-t)
        self.t = t
        self.side = min(tile_size(points.device), points.shape[1])
        self._scratch = points.new_empty(len(points) * self.side**2)

    def __iter__(self) -> Iterator[tuple[slice, slice, torch.Tensor]]:
        """Yield rows, columns and their tile, valid until the next is asked for."""
        spans = blocks(self.points.shape[1], self.side)
        for index, rows in enumerate(spans):
            scaled = self.points[:, rows] * (2 * self.t)
            for columns in spans[index:]:
                shape = (len(scaled), scaled.shape[1], columns.stop - columns.start)
                tile = self._scratch[: math.prod(shape)].view(shape)
                torch.bmm(scaled, self.points[:, columns].mT, out=tile)
                tile.add_(self.squares[:, rows, None]).add_(self.squares[:, None, columns])
                tile.clamp_(max=0)
                if rows == columns:
                    tile.diagonal(dim1=-2, dim2=-1).fill_(-math.inf)
                yield rows, columns, tile


def _sum_and_slope(
    triangle: _Triangle, shift: torch.Tensor | None, slope: bool
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """``Σ_{i≠j} e^{…−c}``, (R,) in float64, and ``Σ_j e^{…−c}(μ_j − μ_i)``, (R, N, h)."""
    points = triangle.points
    total = points.new_zeros(len(points), dtype=torch.float64)
    pull = torch.zeros_like(points) if slope else None
    weight = points.new_zeros(points.shape[:2])
    for rows, columns, tile in triangle:
        exponentials = (tile if shift is None else tile.sub_(shift[:, None, None])).exp_()
        sums = exponentials.sum(-1)
        total += sums.sum(-1, dtype=torch.float64) * (1 if rows == columns else 2)
        if pull is None:
            continue
        weight[:, rows] += sums
        pull[:, rows].baddbmm_(exponentials, points[:, columns])
        if rows != columns:
            weight[:, columns] += exponentials.sum(-2)
            pull[:, columns].baddbmm_(exponentials.mT, points[:, rows])
    if pull is not None:
        for rows in blocks(points.shape[1], triangle.side):
            pull[:, rows] -= weight[:, rows, None] * points[:, rows]
    return total, pull


def _log_potential(
    points: torch.Tensor, t: float, slope: bool
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Value, (R,) in float64, and gradient, (R, N, h), of the logarithm of the potential."""
    triangle = _Triangle(points, t)
    total, pull = _sum_and_slope(triangle, None, slope)
    largest = torch.zeros_like(total)
    if not bool((total >= math.exp(-exponent_limit(points.dtype))).all()):
        largest = torch.stack([tile.amax((-1, -2)) for _, _, tile in triangle]).amax(0)
        total, pull = _sum_and_slope(triangle, largest, slope)
    if pull is not None:
        pull.mul_((4 * t / total).to(points.dtype)[:, None, None])
    return total.log() + largest, pull


class _StreamingLogPotential(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, points: torch.Tensor, t: float) -> torch.Tensor:
        value, gradient = _log_potential(points, t, ctx.needs_input_grad[0])
        if gradient is not None:
            ctx.save_for_backward(points, gradient)
        return value.to(points.dtype)

    @staticmethod
    def backward(ctx: Any, factor: torch.Tensor) -> Any:
        points, gradient = ctx.saved_tensors
        with torch.no_grad():
            scaled = gradient * factor[:, None, None]
        return differentiable_once(scaled, points, factor), None


def streaming_log_potential(points: torch.Tensor, t: float) -> torch.Tensor:
    """``log Σ_{i≠j} e^{−t‖μ_i−μ_j‖²}`` over ordered pairs, by tiles; differentiable once.

    Parameters
    ----------
    points : torch.Tensor, (N, h) or (R, N, h)
    t : float

    Returns
    -------
    torch.Tensor, () or (R,)
    """
    if points.ndim == 2:
        return streaming_log_potential(points[None], t)[0]
    value: torch.Tensor = _StreamingLogPotential.apply(points, t)
    return value


@torch.no_grad()
def log_potential_and_gradient(points: torch.Tensor, t: float) -> tuple[torch.Tensor, torch.Tensor]:
    """`streaming_log_potential` of R runs, (R,), with its gradient, (R, N, h)."""
    values, gradients = [], []
    for group in run_groups(len(points), points.shape[1], points.device):
        value, gradient = _log_potential(points[group], t, slope=True)
        values.append(value.to(points.dtype))
        gradients.append(gradient)
    return torch.cat(values), torch.cat([g for g in gradients if g is not None])
