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
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None:
    """Loss of R runs and 2N/β times its gradients, or None if a sum leaves its range.

    Parameters
    ----------
    x, y : torch.Tensor, (R, N, h)
    scale : torch.Tensor, (R,)

    Returns
    -------
    value : torch.Tensor, (R,)
    x_slope, y_slope : torch.Tensor, (R, N, h)
    """
    runs, rows = x.shape[:2]
    # Then every sum over its own exponential, up to N e^{2·reach}, is finite.
    reach = (math.log(torch.finfo(x.dtype).max / rows) - 1) / 2
    if not scale.abs().max() <= reach:  # such logits are rarely small; the trial would be wasted
        return None
    sums, positives = x.new_empty(2, runs, rows), x.new_empty(runs, rows)
    x_slope, y_slope = torch.empty_like(x), torch.empty_like(y)
    scratch, size = kept_scratch(), group_size(runs, rows, x.device)
    scaled = torch.mul(x, scale[:, None, None], out=scratch.take("scaled", x.shape, x))
    tiles, weights = (scratch.take(name, (size, rows, rows), x) for name in ("logits", "weights"))
    groups = zip(
        *(part.split(size) for part in (positives, scaled, x, y, x_slope, y_slope)),
        *(part.split(size) for part in sums),
        strict=True,
    )
    for own, scaled_x, here_x, here_y, pull_x, pull_y, by_row, by_column in groups:
        if len(own) < len(tiles):
            tiles, weights = tiles[: len(own)], weights[: len(own)]
        torch.bmm(scaled_x, here_y.mT, out=tiles).exp_()
        diagonal = tiles.diagonal(dim1=-2, dim2=-1)
        own.copy_(diagonal)
        diagonal.zero_()
        torch.sum(tiles, -1, out=by_row)
        torch.sum(tiles, -2, out=by_column)
        of_row, of_column = ((total + own).reciprocal_() for total in (by_row, by_column))
        torch.add(of_row.unsqueeze(-1), of_column.unsqueeze(-2), out=weights).mul_(tiles)
        torch.bmm(weights, here_y, out=pull_x)
        torch.bmm(weights.mT, here_x, out=pull_y)
    for found, largest in ((positives, 1), (sums, rows)):
        low, high = torch.aminmax(found)
        if not (low >= math.exp(-reach) and high <= largest * math.exp(reach)):
            return None
    odds = sums.div_(positives)
    value = odds.log1p().mean((0, -1))
    misses = odds.div_(odds + 1).sum(0)[..., None]
    return value, x_slope.addcmul_(misses, y, value=-1), y_slope.addcmul_(misses, x, value=-1)
