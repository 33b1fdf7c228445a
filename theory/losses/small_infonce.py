"""InfoNCE of many small batches: all logits of a few runs at once, which stay in the cache.

With ``e_ij = e^{s_ij}``, off-diagonal sums R_i over rows and C_j over columns, and the totals
``T_i = R_i + e_ii``, ``U_j = C_j + e_jj``, the loss is ``1/2N Σ_i [log(1 + R_i/e_ii) +
log(1 + C_i/e_ii)]`` and its gradient in x_i ``β/2N [Σ_{j≠i} e_ij (1/T_i + 1/U_j) y_j −
(R_i/T_i + C_i/U_i) y_i]``: as in `theory.losses.streaming_infonce`, nothing cancels. No
exponential may over- or underflow, which the caller makes sure of.
"""

from __future__ import annotations

import torch

from theory.losses.tiles import kept_scratch, run_groups

__all__ = ["small_infonce"]


def small_infonce(
    x: torch.Tensor, y: torch.Tensor, scale: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Loss of R runs and 2N/β times its gradients.

    Parameters
    ----------
    x, y : torch.Tensor, (R, N, h)
    scale : torch.Tensor, (R,)

    Returns
    -------
    value : torch.Tensor, (R,), float64
    x_slope, y_slope : torch.Tensor, (R, N, h)
    """
    runs, rows = x.shape[:2]
    losses = x.new_empty(2, runs, rows, dtype=torch.float64)
    slopes = torch.empty_like(x), torch.empty_like(y)
    scaled, scratch = x * scale[:, None, None], kept_scratch()
    for group in run_groups(runs, rows, x.device):
        here = x[group], y[group]
        shape = (len(here[0]), rows, rows)
        tile, weights = (scratch.take(name, shape, x) for name in ("logits", "weights"))
        torch.bmm(scaled[group], here[1].mT, out=tile)
        diagonal = tile.diagonal(dim1=-2, dim2=-1)
        own = diagonal.double().exp()
        tile.exp_()
        diagonal.zero_()
        sums = torch.stack((tile.sum(-1), tile.sum(-2))).double()
        inverse = (sums + own).reciprocal_()
        torch.div(sums, own, out=losses[:, group])
        by_row, by_column = inverse.to(x.dtype)
        torch.add(by_row[:, :, None], by_column[:, None, :], out=weights).mul_(tile)
        torch.neg(sums.mul_(inverse).sum(0), out=own)
        weights.diagonal(dim1=-2, dim2=-1).copy_(own)
        torch.bmm(weights, here[1], out=slopes[0][group])
        torch.bmm(weights.mT, here[0], out=slopes[1][group])
    return losses.log1p_().mean((0, -1)), *slopes
