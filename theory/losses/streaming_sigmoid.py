"""The sigmoid loss and its gradients by tiles, in one pass and O(N) memory.

With z_ij the logit ``β x_i·y_j + b``, negated for true pairs, the loss is
``(1/N) Σ_ij log(1 + e^{z_ij})`` and its slope in z_ij is ``σ(z_ij)/N``: nothing overflows, and
nothing is lost where the loss is nearly 0.
"""

from __future__ import annotations

import math

import torch

from theory.losses.tiles import blocks, exponent_limit, logit_bound, tile_size

__all__ = ["sigmoid_slopes"]


def sigmoid_slopes(
    *sources: torch.Tensor, slope: bool
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Sigmoid loss of R runs, and its gradients if `slope`.

    Parameters
    ----------
    *sources : torch.Tensor
        x and y, (R, N, h), the logit scale β and the bias b, (R,).
    slope : bool

    Returns
    -------
    value : torch.Tensor, (R,), float64
    gradients : tuple of torch.Tensor
        In x, y, β and b; empty unless `slope`.
    """
    x, y, scale, bias = sources
    weight = scale[:, None, None]
    spans = blocks(x.shape[1], tile_size(x.device))
    scratch = x.new_empty(2, len(x) * spans[0].stop ** 2)
    zero = x.new_zeros(())
    largest = logit_bound(x, y, scale) + float(bias.abs().max())
    bounded = largest <= exponent_limit(x.dtype)  # then e^z costs half of what is safe for any z
    total, by_bias = x.new_zeros(2, len(x), dtype=torch.float64)
    by_view = (torch.zeros_like(x), torch.zeros_like(y)) if slope else ()
    for rows in spans:
        scaled = x[:, rows] * weight
        for columns in spans:
            shape = (len(x), scaled.shape[1], columns.stop - columns.start)
            tile, costs = (part[: math.prod(shape)].view(shape) for part in scratch)
            torch.bmm(scaled, y[:, columns].mT, out=tile).add_(bias[:, None, None])
            if rows == columns:
                tile.diagonal(dim1=-2, dim2=-1).neg_()
            if bounded:
                torch.log1p(tile.exp_(), out=costs)
            else:
                torch.logaddexp(tile, zero, out=costs)
            total += costs.sum(-1).sum(-1, dtype=torch.float64)
            if not by_view:
                continue
            if bounded:
                tile.div_(torch.add(tile, 1, out=costs))
            else:
                tile.sigmoid_()
            if rows == columns:
                tile.diagonal(dim1=-2, dim2=-1).neg_()
            by_bias += tile.sum(-1).sum(-1, dtype=torch.float64)
            by_view[0][:, rows].baddbmm_(tile, y[:, columns])
            by_view[1][:, columns].baddbmm_(tile.mT, x[:, rows])
    count = x.shape[1]
    if not by_view:
        return total / count, ()
    by_scale = (by_view[0] * x).sum(-1).sum(-1, dtype=torch.float64)
    for gradient in by_view:
        gradient.mul_(weight / count)
    return total / count, (*by_view, (by_scale / count).to(x), (by_bias / count).to(x))
