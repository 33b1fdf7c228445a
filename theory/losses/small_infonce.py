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

from theory.losses.tiles import kept_scratch, run_groups

__all__ = ["small_infonce"]


def small_infonce(
    x: torch.Tensor, y: torch.Tensor, scale: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None:
    """Loss of R runs with its gradients, or None if a sum leaves its range.

    Parameters
    ----------
    x, y : torch.Tensor, (R, N, h)
    scale : torch.Tensor, (R,)

    Returns
    -------
    value : torch.Tensor, (R,)
    x_gradient, y_gradient : torch.Tensor, (R, N, h)
    """
    runs, rows = x.shape[:2]
    # Then every sum over its own exponential, up to N e^{2·reach}, is finite.
    reach = (math.log(torch.finfo(x.dtype).max / rows) - 1) / 2
    scales = scale.tolist()
    if not all(0 < each <= reach for each in scales):  # a trial with larger logits is wasted
        return None
    groups = len(run_groups(runs, rows, x.device))
    kind = (runs, rows, groups, x.dtype, x.device)
    work: _Workspace = kept_scratch().keep("small_infonce", kind, lambda: _Workspace(*kind))
    if scales.count(scales[0]) == runs:  # the product of matrices takes a common scale on
        factor, scaled = scales[0], x
    else:
        factor, scaled = 1.0, scale[:, None, None] * x
    x_gradient, y_gradient = torch.empty_like(x), torch.empty_like(y)
    with torch.inference_mode():  # less to do a call than no_grad; writes into tensors of before
        torch.mul(scale, work.halves, out=work.shares)
        work.fill(factor, scaled, x, y, x_gradient, y_gradient)
        smallest, largest = torch.aminmax(work.totals)
    if not (float(smallest) >= math.exp(-reach) and float(largest) <= rows * math.exp(reach)):
        return None
    value = work.totals[:2].div_(work.totals[2]).log1p_().mean((0, -1))
    return value, x_gradient, y_gradient


class _Workspace:
    """What one evaluation of R runs after the other writes to: a few matrices and all sums.

    Attributes
    ----------
    totals : torch.Tensor, (3, R, N)
        R_i, C_i and e_ii of every run.
    shares : torch.Tensor, (2, R)
        −β/2N and β/2N, to be set before.
    halves : torch.Tensor, (2, 1)
        −1/2N and 1/2N.
    """

    def __init__(
        self, runs: int, rows: int, groups: int, dtype: torch.dtype, device: torch.device
    ) -> None:
        size = -(-runs // groups)
        matrices = torch.empty(2, size, rows, rows, dtype=dtype, device=device)
        self.totals = torch.empty(3, runs, rows, dtype=dtype, device=device)
        self.shares = torch.empty(2, runs, dtype=dtype, device=device)
        self.halves = torch.tensor([[-0.5], [0.5]], dtype=dtype, device=device) / rows
        parts = zip(self.totals.chunk(groups, 1), self.shares.chunk(groups, 1), strict=True)
        self._groups = [_Group(matrices[:, : own.shape[1]], all_, own) for all_, own in parts]

    def fill(self, factor: float, scaled: torch.Tensor, *parts: torch.Tensor) -> None:
        """Write the totals and the gradients of all runs (see `_Group.fill`)."""
        count = len(self._groups)
        split = [part.chunk(count) for part in parts]
        first = split[0] if scaled is parts[0] else scaled.chunk(count)
        for group, *own in zip(self._groups, first, *split, strict=True):
            group.fill(factor, *own)


class _Group:
    """The N × N matrices of a few runs, their totals, and views of both."""

    def __init__(self, matrices: torch.Tensor, totals: torch.Tensor, shares: torch.Tensor) -> None:
        (tiles, weights), self.shares = matrices, shares[..., None]
        self.tiles, self.diagonal = tiles, tiles.diagonal(dim1=-2, dim2=-1)
        self.weights, self.transposed = weights, weights.mT
        self.misses = weights.diagonal(dim1=-2, dim2=-1)
        self.sums, (self.by_row, self.by_column, self.own) = totals[:2], totals
        self.inverses = torch.empty_like(self.sums)
        self.less_row, self.column = self.inverses
        self.less_rows, self.columns = self.less_row[..., None], self.column[:, None]

    def fill(
        self,
        factor: float,
        scaled: torch.Tensor,
        x: torch.Tensor,
        y: torch.Tensor,
        x_gradient: torch.Tensor,
        y_gradient: torch.Tensor,
    ) -> None:
        """Write the totals and the gradients; the logits are ``factor · scaled · y``."""
        tiles = self.tiles
        torch.baddbmm(tiles, scaled, y.mT, beta=0, alpha=factor, out=tiles).exp_()
        self.own.copy_(self.diagonal)
        self.diagonal.zero_()
        torch.sum(tiles, -1, out=self.by_row)
        torch.sum(tiles, -2, out=self.by_column)
        torch.add(self.sums, self.own, out=self.inverses)
        torch.div(self.shares, self.inverses, out=self.inverses)
        torch.sub(self.columns, self.less_rows, out=self.weights).mul_(tiles)
        self.inverses.mul_(self.sums)
        torch.sub(self.less_row, self.column, out=self.misses)
        torch.bmm(self.weights, y, out=x_gradient)
        torch.bmm(self.transposed, x, out=y_gradient)
