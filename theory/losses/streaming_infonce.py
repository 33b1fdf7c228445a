"""InfoNCE and its gradient by tiles, in O(N) memory beside the gradients themselves.

Per row only the off-diagonal sum ``R_i = Σ_{j≠i} e^{s_ij − c}`` of the logits
``s_ij = β x_i·y_j`` is kept, likewise ``C_j`` per column. With the log-odds of a miss
``m_i = log R_i + c − s_ii`` the loss of a row is ``log(1 + e^{m_i})`` and the probability that
it misses ``1 − p_ii = 1/(1 + e^{−m_i})``: nothing cancels as the batch gets solved, nor is
anything lost with one pair or identical rows. The gradient in x_i is
``β/2N [Σ_{j≠i} (p_ij + q_ij) y_j − (2 − p_ii − q_ii) y_i]``, p over rows and q over columns.

One constant shift c serves all tiles whenever every sum stays in range, which for unit rows
it does up to β ≈ 100 and mostly beyond; else running maxima, per row and per column, replace it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from theory.losses.small_infonce import small_infonce
from theory.losses.tiles import (
    Scratch,
    blocks,
    differentiable_once,
    exponent_limit,
    kept_scratch,
    logit_bound,
    run_groups,
    tile_size,
)

__all__ = ["infonce_value_and_gradient", "streaming_infonce"]

# The forward pass keeps its N² exponentials for the backward pass if they fit one tile or take
# no more than this many times the room of one view, N·h: a product of matrices saved, and
# memory still O(N·h).
KEPT_VIEWS = 8


class _Tiles:
    """Off-diagonal logits of R runs, tile by tile; −inf on the diagonal."""

    def __init__(
        self,
        x: torch.Tensor,
        y: torch.Tensor,
        scale: torch.Tensor,
        scratch: Scratch | None = None,
    ) -> None:
        self.x, self.y, self.scale = x, y, scale[:, None, None]
        self.side = min(tile_size(x.device), x.shape[1])
        self.spans = blocks(x.shape[1], self.side)
        self.positives = x.new_empty(x.shape[:2], dtype=torch.float64)  # s_ii, once seen
        self._transposed = y.transpose(-1, -2)
        self._scratch = Scratch() if scratch is None else scratch

    def take(self, name: str, shape: Sequence[int]) -> torch.Tensor:
        """Uninitialised tensor in a buffer that is used over and over."""
        return self._scratch.take(name, shape, self.x)

    def across(self, rows: slice, fresh: bool = False) -> Iterator[tuple[slice, torch.Tensor]]:
        """Tiles of one block of rows; unless `fresh`, each valid until the next is asked for."""
        block = self.x[:, rows]
        scaled = torch.mul(block, self.scale, out=self.take("scaled", block.shape))
        for columns in self.spans:
            shape = (*block.shape[:2], columns.stop - columns.start)
            tile = self.take("logits", shape)
            tile = torch.empty_like(tile) if fresh and len(self.spans) > 1 else tile
            torch.bmm(scaled, self._transposed[..., columns], out=tile)
            if columns == rows:
                diagonal = tile.diagonal(dim1=-2, dim2=-1)
                self.positives[:, rows].copy_(diagonal)
                diagonal.fill_(-math.inf)
            yield columns, tile


@dataclass
class _Sums:
    """What the forward pass hands to the backward pass, all (R, N)."""

    rows: torch.Tensor  # e^c / Σ_j e^{s_ij}; log Σ_j e^{s_ij} if there is no shift c
    columns: torch.Tensor
    misses: torch.Tensor  # (1 − p_ii) + (1 − q_ii)
    shift: float | None
    kept: list[torch.Tensor]  # tiles of e^{s_ij − c}, or none


def _shifted_sums(
    tiles: _Tiles, shift: float, keep: bool
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Sums of e^{s_ij − c} over rows and over columns, (2, R, N), and the tiles to be kept."""
    sums = tiles.x.new_zeros((2, *tiles.x.shape[:2]), dtype=torch.float64)
    by_row, by_column = sums
    kept = []
    for rows in tiles.spans:
        for columns, tile in tiles.across(rows, fresh=keep):
            exponentials = (tile.sub_(shift) if shift else tile).exp_()
            by_row[:, rows].add_(exponentials.sum(-1))
            by_column[:, columns].add_(exponentials.sum(-2))
            if keep:
                kept.append(exponentials)
    return sums, kept


def _running_sums(tiles: _Tiles) -> torch.Tensor:
    """Log-sums of e^{s_ij} over rows and over columns by running maxima, for any range."""
    shape = (2, *tiles.x.shape[:2])
    maxima = tiles.x.new_full(shape, torch.finfo(tiles.x.dtype).min)
    sums = tiles.x.new_zeros(shape, dtype=torch.float64)
    for rows in tiles.spans:
        for columns, tile in tiles.across(rows):
            shifted = tiles.take("weights", tile.shape)
            for side, span, axis in ((0, rows, -1), (1, columns, -2)):
                maximum, total = maxima[side, :, span], sums[side, :, span]
                larger = torch.maximum(maximum, tile.amax(axis))
                torch.sub(tile, larger.unsqueeze(axis), out=shifted).exp_()
                total.mul_((maximum.double() - larger.double()).exp_()).add_(shifted.sum(axis))
                maximum.copy_(larger)
    return sums.log_().add_(maxima)


def _forward(tiles: _Tiles, bound: float, keep: bool) -> tuple[torch.Tensor, _Sums]:
    """Loss per run, (R,) in float64, and what the gradient needs, given `logit_bound`."""
    dtype, limit = tiles.x.dtype, exponent_limit(tiles.x.dtype)
    offset = float(math.ceil(max(0.0, bound - limit)))
    shift: float | None = offset
    sums, kept = _shifted_sums(tiles, offset, keep)
    if sums.min() >= math.exp(-limit):
        log_sums = sums.log_().add_(offset)
    else:
        log_sums = _running_sums(tiles)
        shift, kept = None, []
    odds = log_sums.sub_(tiles.positives)
    losses = torch.logaddexp(odds, odds.new_zeros(()))
    denominators = losses + tiles.positives
    if shift is not None:
        denominators = denominators.neg_().add_(shift).exp_()
    by_row, by_column = denominators.to(dtype)
    misses = odds.sigmoid_().sum(0).to(dtype)
    return losses.mean((0, -1)), _Sums(by_row, by_column, misses, shift, kept)


def _weights(tiles: _Tiles, sums: _Sums, index: int) -> Iterator[tuple[slice, torch.Tensor]]:
    """Tiles of p_ij + q_ij, less 2 on the diagonal, in the block of rows numbered `index`."""
    rows = tiles.spans[index]
    found: Iterable[tuple[slice, torch.Tensor]] = tiles.across(rows)
    if sums.kept:
        start = index * len(tiles.spans)
        found = zip(tiles.spans, sums.kept[start : start + len(tiles.spans)], strict=True)
    for columns, tile in found:
        weights = tiles.take("weights", tile.shape)
        by_row, by_column = sums.rows[:, rows, None], sums.columns[:, None, columns]
        if sums.shift is None:
            torch.sub(tile, by_row, out=weights).exp_()
            weights.add_(tile.sub_(by_column).exp_())
        else:
            if not sums.kept:
                tile = (tile.sub_(sums.shift) if sums.shift else tile).exp_()
            torch.add(by_row, by_column, out=weights).mul_(tile)
        if columns == rows:
            torch.neg(sums.misses[:, rows], out=weights.diagonal(dim1=-2, dim2=-1))
        yield columns, weights


def _backward(
    tiles: _Tiles, sums: _Sums, x_gradient: torch.Tensor, y_gradient: torch.Tensor
) -> torch.Tensor:
    """Write 2N/β times the gradients in x and y; return 2N times that in the scale, (R,)."""
    x, y = tiles.x, tiles.y
    by_scale = x.new_zeros(len(x), dtype=torch.float64)
    for index, rows in enumerate(tiles.spans):
        block = x_gradient[:, rows]
        for columns, weights in _weights(tiles, sums, index):
            # With beta = 0 the sum begins, whatever the memory held.
            block.baddbmm_(weights, y[:, columns], beta=int(columns.start > 0))
            y_gradient[:, columns].baddbmm_(weights.mT, x[:, rows], beta=int(index > 0))
        product = torch.mul(block, x[:, rows], out=tiles.take("scaled", block.shape))
        by_scale.add_(product.sum((-1, -2)))
    return by_scale


def _weigh(
    factor: torch.Tensor,
    scale: torch.Tensor,
    x_gradient: torch.Tensor,
    y_gradient: torch.Tensor,
    by_scale: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Turn what `_backward` gives into `factor` (R,) times the gradients."""
    half_mean = factor / (2 * x_gradient.shape[1])
    weight = (half_mean * scale)[:, None, None]
    by_scale = (half_mean * by_scale).to(x_gradient.dtype)
    return x_gradient.mul_(weight), y_gradient.mul_(weight), by_scale


def _keeps(x: torch.Tensor) -> bool:
    return x.shape[-2] <= max(tile_size(x.device), KEPT_VIEWS * x.shape[-1])


class _StreamingInfoNCE(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor
    ) -> torch.Tensor:
        keep = any(ctx.needs_input_grad) and _keeps(x)
        value, sums = _forward(_Tiles(x, y, logit_scale), logit_bound(x, y, logit_scale), keep)
        ctx.save_for_backward(x, y, logit_scale)
        ctx.sums = sums
        return value.to(x.dtype)

    @staticmethod
    def backward(ctx: Any, factor: torch.Tensor) -> Any:
        x, y, logit_scale = ctx.saved_tensors
        with torch.no_grad():
            by_view = torch.empty_like(x), torch.empty_like(y)
            by_scale = _backward(_Tiles(x, y, logit_scale), ctx.sums, *by_view)
            gradients = _weigh(factor, logit_scale, *by_view, by_scale)
        return tuple(differentiable_once(g, x, y, logit_scale, factor) for g in gradients)


def streaming_infonce(x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor) -> torch.Tensor:
    """InfoNCE of two views by tiles; differentiable once.

    Parameters
    ----------
    x, y : torch.Tensor, (N, h) or (R, N, h)
    logit_scale : torch.Tensor, () or (R,)

    Returns
    -------
    torch.Tensor, () or (R,)
    """
    if x.ndim == 2:
        return streaming_infonce(x[None], y[None], logit_scale.expand(1))[0]
    value: torch.Tensor = _StreamingInfoNCE.apply(x, y, logit_scale)
    return value


@torch.no_grad()
def infonce_value_and_gradient(
    x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, *, learned: bool = True
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """InfoNCE of R runs with its gradients in closed form, without autograd.

    Parameters
    ----------
    x, y : torch.Tensor, (R, N, h)
    logit_scale : torch.Tensor, (R,)
    learned : bool
        Whether the logit scale is a variable.

    Returns
    -------
    value : torch.Tensor, (R,)
    x_gradient, y_gradient : torch.Tensor, (R, N, h)
    logit_scale_gradient : torch.Tensor, (R,)
        Zero if it is no variable.
    """
    found = small_infonce(x, y, logit_scale) if x.shape[1] <= tile_size(x.device) else None
    if found is not None:
        if not learned:
            return *found, torch.zeros_like(logit_scale)
        # The loss is a function of the products β x_i·y_j.
        return *found, (x * found[1]).sum((-1, -2)).div_(logit_scale)
    scratch, bound = kept_scratch(), logit_bound(x, y, logit_scale)
    value, by_scale = x.new_empty(2, len(x), dtype=torch.float64)
    x_gradient, y_gradient = torch.empty_like(x), torch.empty_like(y)
    for group in run_groups(len(x), x.shape[1], x.device):
        tiles = _Tiles(x[group], y[group], logit_scale[group], scratch)
        value[group], sums = _forward(tiles, bound, _keeps(x))
        by_scale[group] = _backward(tiles, sums, x_gradient[group], y_gradient[group])
    factor = torch.ones_like(logit_scale)
    *by_view, by_scale = _weigh(factor, logit_scale, x_gradient, y_gradient, by_scale)
    return value.to(x.dtype), *by_view, by_scale if learned else torch.zeros_like(by_scale)
