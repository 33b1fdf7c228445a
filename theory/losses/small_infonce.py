"""InfoNCE of many small batches: all logits of a few runs at once, which stay in the cache.

With ``e_ij = e^{s_ij}``, off-diagonal sums R_i over rows and C_j over columns, and the totals
``T_i = R_i + e_ii``, ``U_j = C_j + e_jj``, the loss is ``1/2N Σ_i [log(1 + R_i/e_ii) +
log(1 + C_i/e_ii)]`` and its gradient in x_i ``β/2N [Σ_{j≠i} e_ij (1/T_i + 1/U_j) y_j −
(R_i/T_i + C_i/U_i) y_i]``: as in `theory.losses.streaming_infonce`, nothing cancels. No shift
is taken off the logits, so the sums and their quotients must stay in range; they mostly do.
"""

from __future__ import annotations

import math

import torch

from theory.losses.tiles import group_size, kept_scratch

__all__ = ["small_infonce"]


def small_infonce(
    x: torch.Tensor, y: torch.Tensor, scale: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor] | None:
    """Loss of R runs with its gradients, or None if a sum leaves its range.

    Parameters
    ----------
    x, y : torch.Tensor, (R, N, h)
    scale : torch.Tensor, (R,)

    Returns
    -------
    value : torch.Tensor, (R,)
    x_gradient, y_gradient : torch.Tensor, (R, N, h)
    scale_gradient : torch.Tensor, (R,)
    """
    runs, rows = x.shape[:2]
    # Then every sum over its own exponential, up to N e^{2·reach}, is finite.
    reach = (math.log(torch.finfo(x.dtype).max / rows) - 1) / 2
    low, high = torch.aminmax(scale)
    if not (low > 0 and high <= reach):  # larger logits are rarely small: a trial would be wasted
        return None
    sums, positives = x.new_empty(2, runs, rows), x.new_empty(runs, rows)
    x_gradient, y_gradient = torch.empty_like(x), torch.empty_like(y)
    scratch, size = kept_scratch(), group_size(runs, rows, x.device)
    scaled = torch.mul(x, scale[:, None, None], out=scratch.take("scaled", x.shape, x))
    factor = (scale / (2 * rows))[:, None]
    tiles, weights = (scratch.take(name, (size, rows, rows), x) for name in ("logits", "weights"))
    parts = (scaled, x, y, x_gradient, y_gradient, positives, factor)
    groups = zip(*(part.split(size) for part in parts), sums.split(size, 1), strict=True)
    for scaled_x, here_x, here_y, pull_x, pull_y, own, weight, totals in groups:
        if len(own) < len(tiles):
            tiles, weights = tiles[: len(own)], weights[: len(own)]
        torch.bmm(scaled_x, here_y.mT, out=tiles).exp_()
        diagonal = tiles.diagonal(dim1=-2, dim2=-1)
        own.copy_(diagonal)
        diagonal.zero_()
        torch.sum(tiles, -1, out=totals[0])
        torch.sum(tiles, -2, out=totals[1])
        inverse = (totals + own).reciprocal_().mul_(weight)
        of_row, of_column = inverse
        torch.add(of_row.unsqueeze(-1), of_column.unsqueeze(-2), out=weights).mul_(tiles)
        misses = inverse.mul_(totals).sum(0)
        torch.neg(misses, out=weights.diagonal(dim1=-2, dim2=-1))
        torch.bmm(weights, here_y, out=pull_x)
        torch.bmm(weights.mT, here_x, out=pull_y)
    for found, largest in ((positives, 1), (sums, rows)):
        low, high = torch.aminmax(found)
        if not (low >= math.exp(-reach) and high <= largest * math.exp(reach)):
            return None
    value = sums.div_(positives).log1p_().mean((0, -1))
    by_scale = torch.mul(x, x_gradient, out=scaled).sum((-1, -2)).div_(scale)
    return value, x_gradient, y_gradient, by_scale
