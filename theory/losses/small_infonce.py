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
    least, most = map(float, torch.aminmax(scale))
    if not (least > 0 and most <= reach):  # larger logits are rarely small: a trial is wasted
        return None
    scratch, size = kept_scratch(), group_size(runs, rows, x.device)
    buffers = [scratch.take(name, (size, rows, rows), x) for name in ("logits", "weights")]
    if least < most:
        scaled = torch.mul(x, scale[:, None, None], out=scratch.take("scaled", x.shape, x))
    else:  # the product of matrices takes a common scale on
        scaled = x
    totals, shares = x.new_empty(3, runs, rows), (scale / (2 * rows))[:, None]
    x_gradient, y_gradient = torch.empty_like(x), torch.empty_like(y)
    parts = (scaled, x, y, x_gradient, y_gradient, shares)
    with torch.inference_mode():  # less to do a call than no_grad; writes into tensors of before
        matrices = _Matrices(*buffers)
        groups = zip(*(part.split(size) for part in parts), totals.split(size, 1), strict=True)
        for group in groups:
            if len(group[0]) < len(matrices.tiles):
                matrices = _Matrices(*(buffer[: len(group[0])] for buffer in buffers))
            matrices.fill(*group, factor=most if scaled is x else 1.0)
        smallest, largest = map(float, torch.aminmax(totals))
    if not (smallest >= math.exp(-reach) and largest <= rows * math.exp(reach)):
        return None
    value = totals[:2].div_(totals[2]).log1p_().mean((0, -1))
    by_scale = (x * x_gradient).sum((-1, -2)).div_(scale)
    return value, x_gradient, y_gradient, by_scale


class _Matrices:
    """The N × N matrices of a few runs, and views of them, used for one group after the other."""

    def __init__(self, tiles: torch.Tensor, weights: torch.Tensor) -> None:
        self.tiles, self.diagonal = tiles, tiles.diagonal(dim1=-2, dim2=-1)
        self.weights, self.transposed = weights, weights.mT
        self.misses = weights.diagonal(dim1=-2, dim2=-1)
        self.totals = tiles.new_empty(3, *self.diagonal.shape)
        self.sums, (self.by_row, self.by_column, self.own) = self.totals[:2], self.totals
        self.inverses = torch.empty_like(self.sums)
        self.of_rows = self.inverses[0].unsqueeze(-1)
        self.of_columns = self.inverses[1].unsqueeze(-2)

    def fill(
        self,
        scaled: torch.Tensor,
        x: torch.Tensor,
        y: torch.Tensor,
        x_gradient: torch.Tensor,
        y_gradient: torch.Tensor,
        share: torch.Tensor,
        totals: torch.Tensor,
        *,
        factor: float,
    ) -> None:
        """Write the gradients, and R_i, C_i and e_ii into `totals` (3, G, N) of G runs."""
        tiles = self.tiles
        torch.baddbmm(tiles, scaled, y.mT, beta=0, alpha=factor, out=tiles).exp_()
        self.own.copy_(self.diagonal)
        self.diagonal.zero_()
        torch.sum(tiles, -1, out=self.by_row)
        torch.sum(tiles, -2, out=self.by_column)
        totals.copy_(self.totals)
        torch.add(self.sums, self.own, out=self.inverses)
        torch.div(share, self.inverses, out=self.inverses)
        torch.add(self.of_rows, self.of_columns, out=self.weights).mul_(tiles)
        torch.sum(self.inverses.mul_(self.sums), 0, out=self.misses).neg_()
        torch.bmm(self.weights, y, out=x_gradient)
        torch.bmm(self.transposed, x, out=y_gradient)
