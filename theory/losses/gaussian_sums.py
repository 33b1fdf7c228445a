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

    Points are kept as ``[y, 1, −t‖y‖²]``, so that one product with ``[2t x, −t‖x‖², 1]`` gives
    the exponents. That of equal rows is 0 up to rounding, which may be positive: its exponential
    is as near to 1 as any product is to its value.

    Parameters
    ----------
    x : torch.Tensor, (R, N, h)
    y : torch.Tensor, (R, N, h), or None
        The other cloud; None for the pairs within `x`.
    t : float
    divisor : torch.Tensor, broadcastable to (R, N, 1), optional
        What the rows are divided by.
    """

    def __init__(
        self,
        x: torch.Tensor,
        y: torch.Tensor | None,
        t: float,
        divisor: torch.Tensor | None = None,
    ) -> None:
        self.single = y is None
        self.t = t
        self.spans = blocks(x.shape[1], tile_size(x.device))
        self._points = tuple(self._extended(v, divisor) for v in (x, y) if v is not None)
        self._center()
        self._scratch = Scratch()

    def _extended(self, rows: torch.Tensor, divisor: torch.Tensor | None) -> torch.Tensor:
        points = rows.new_ones(*rows.shape[:2], rows.shape[2] + 2)
        if divisor is None:
            points[..., :-2].copy_(rows)
        else:
            torch.div(rows, divisor, out=points[..., :-2])
        return points

    def _center(self) -> None:
        clouds = [points[..., :-2] for points in self._points]
        mean = _mean(clouds[0], None if self.single else clouds[1])
        for points, cloud in zip(self._points, clouds, strict=True):
            cloud.sub_(mean)
            lengths = torch.linalg.vector_norm(cloud, dim=-1)
            torch.mul(lengths.square_(), -self.t, out=points[..., -1])

    def tiles(
        self, shift: torch.Tensor | None = None
    ) -> Iterator[tuple[slice, slice, torch.Tensor]]:
        """Yield rows, columns and their exponents less `shift`, valid until the next is asked for.

        Parameters
        ----------
        shift : torch.Tensor, (R,), optional
        """
        x, y = self._points[0], self._points[-1]
        for index, rows in enumerate(self.spans):
            block = self._take("block", x[:, rows].shape)
            torch.mul(x[:, rows], 2 * self.t, out=block)
            block[..., -2] = x[:, rows, -1]
            block[..., -1] = 1
            for columns in self.spans[index if self.single else 0 :]:
                tile = self._take("tile", (*block.shape[:2], columns.stop - columns.start))
                torch.bmm(block, y[:, columns].mT, out=tile)
                if shift is not None:
                    tile.sub_(shift[:, None, None])
                if rows == columns:
                    tile.diagonal(dim1=-2, dim2=-1).fill_(-math.inf)
                yield rows, columns, tile

    def _take(self, name: str, shape: Sequence[int]) -> torch.Tensor:
        return self._scratch.take(name, shape, self._points[0])

    def largest(self) -> torch.Tensor:
        """Largest exponent of each run, (R,)."""
        return torch.stack([tile.amax((-1, -2)) for _, _, tile in self.tiles()]).amax(0)

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
        clouds = tuple(points[..., :-2] for points in self._points)
        total = clouds[0].new_zeros(len(clouds[0]), dtype=torch.float64)
        pulls = tuple(torch.empty_like(cloud) for cloud in clouds if slope)
        weights = tuple(pull.new_zeros(pull.shape[:2]) for pull in pulls)
        for rows, columns, tile in self.tiles(shift):
            exponentials = tile.exp_()
            # By themselves: summed inside the products they would lose a digit in float32.
            sums = exponentials.sum(-1)
            mirrored = self.single and rows != columns
            total += sums.sum(-1, dtype=torch.float64) * (2 if mirrored else 1)
            if not slope:
                continue
            weights[0][:, rows].add_(sums)
            # With beta = 0 a sum begins, whatever the memory held.
            begun = int(columns.start > 0)
            pulls[0][:, rows].baddbmm_(exponentials, clouds[-1][:, columns], beta=begun)
            if mirrored or not self.single:
                begun = int(rows.start > 0)
                weights[-1][:, columns].add_(exponentials.sum(-2))
                pulls[-1][:, columns].baddbmm_(exponentials.mT, clouds[0][:, rows], beta=begun)
        for pull, weight, cloud in zip(pulls, weights, clouds, strict=False):
            pull.addcmul_(weight[..., None], cloud, value=-1)
            pull.mul_(4 * self.t if self.single else 2 * self.t)
        return total, pulls
