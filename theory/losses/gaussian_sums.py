"""Sums of the Gaussian kernel e^{−t‖x_i−y_j‖²} over i ≠ j, from all pairs or by tiles.

Within one cloud only tiles on and above the diagonal are visited. The gradient is gathered in
the same pass: ``∂/∂x_i Σ_{k≠j} e_kj = 2t (Σ_j e_ij y_j − x_i Σ_j e_ij)``, twice that if x is y.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch

from theory.losses.tiles import Scratch, blocks, tile_size

__all__ = ["GaussianTiles", "dense_exponents"]


def _mean(x: torch.Tensor, y: torch.Tensor | None) -> torch.Tensor:
    """Mean of all rows: distances from it are small, so that their squares cancel less."""
    mean = x.mean(-2, keepdim=True)
    return mean if y is None else (mean + y.mean(-2, keepdim=True)) / 2


def dense_exponents(x: torch.Tensor, y: torch.Tensor | None, t: float) -> torch.Tensor:
    """``−t‖x_i−y_j‖²`` (..., N, N), −∞ for i = j; within the rows of `x` if `y` is None."""
    mean = _mean(x, y)
    x, y = x - mean, (x if y is None else y) - mean
    squares = x.square().sum(-1)[..., :, None] + y.square().sum(-1)[..., None, :]
    distances = (squares - 2 * (x @ y.transpose(-1, -2))).clamp_min(0)
    itself = torch.eye(x.shape[-2], dtype=torch.bool, device=x.device)
    return distances.mul(-t).masked_fill(itself, -math.inf)


class GaussianTiles:
    """Exponents −t‖x_i−y_j‖² of R runs, tile by tile; −∞ for i = j.

    Parameters
    ----------
    x : torch.Tensor, (R, N, h)
    y : torch.Tensor, (R, N, h), or None
        The other cloud; None for the pairs within `x`.
    t : float
    """

    def __init__(self, x: torch.Tensor, y: torch.Tensor | None, t: float) -> None:
        mean = _mean(x, y)
        self.single = y is None
        self.clouds = (x - mean,) if y is None else (x - mean, y - mean)
        self.t = t
        self.spans = blocks(x.shape[1], tile_size(x.device))
        lengths = [torch.linalg.vector_norm(cloud, dim=-1) for cloud in self.clouds]
        self._squares = [length.square_().mul_(-t) for length in lengths]
        self._scratch = Scratch()

    def __iter__(self) -> Iterator[tuple[slice, slice, torch.Tensor]]:
        """Yield rows, columns and their tile, valid until the next is asked for."""
        x, y = self.clouds[0], self.clouds[-1]
        by_row, by_column = self._squares[0], self._squares[-1]
        for index, rows in enumerate(self.spans):
            block = x[:, rows]
            scaled = torch.mul(block, 2 * self.t, out=self._take("scaled", block.shape))
            for columns in self.spans[index if self.single else 0 :]:
                tile = self._take("tile", (*block.shape[:2], columns.stop - columns.start))
                torch.bmm(scaled, y[:, columns].mT, out=tile)
                tile.add_(by_row[:, rows, None]).add_(by_column[:, None, columns])
                tile.clamp_(max=0)
                if rows == columns:
                    tile.diagonal(dim1=-2, dim2=-1).fill_(-math.inf)
                yield rows, columns, tile

    def _take(self, name: str, shape: Sequence[int]) -> torch.Tensor:
        return self._scratch.take(name, shape, self.clouds[0])

    def largest(self) -> torch.Tensor:
        """Largest exponent of each run, (R,)."""
        return torch.stack([tile.amax((-1, -2)) for _, _, tile in self]).amax(0)

    def sum(
        self, shift: torch.Tensor | None = None, slope: bool = True
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """``Σ_{i≠j} e^{…−c}``, (R,) in float64, and its gradient in each cloud, (R, N, h).

        Parameters
        ----------
        shift : torch.Tensor, (R,), optional
            The constant c; 0 by default.
        slope : bool
            Whether gradients are wanted; there are none in the answer otherwise.
        """
        x, y = self.clouds[0], self.clouds[-1]
        total = x.new_zeros(len(x), dtype=torch.float64)
        pulls = tuple(torch.empty_like(cloud) for cloud in self.clouds if slope)
        weights = tuple(x.new_zeros(x.shape[:2]) for _ in pulls)
        for rows, columns, tile in self:
            exponentials = (tile if shift is None else tile.sub_(shift[:, None, None])).exp_()
            sums = exponentials.sum(-1)
            mirrored = self.single and rows != columns
            total += sums.sum(-1, dtype=torch.float64) * (2 if mirrored else 1)
            if not slope:
                continue
            weights[0][:, rows].add_(sums)
            # With beta = 0 a sum begins, whatever the memory held.
            begun = int(columns.start > 0)
            pulls[0][:, rows].baddbmm_(exponentials, y[:, columns], beta=begun)
            if mirrored or not self.single:
                begun = int(rows.start > 0)
                weights[-1][:, columns].add_(exponentials.sum(-2))
                pulls[-1][:, columns].baddbmm_(exponentials.mT, x[:, rows], beta=begun)
        for pull, weight, cloud in zip(pulls, weights, self.clouds, strict=False):
            pull.addcmul_(weight[..., None], cloud, value=-1)
            pull.mul_(4 * self.t if self.single else 2 * self.t)
        return total, pulls
