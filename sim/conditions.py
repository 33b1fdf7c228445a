"""What the loss gets to see of the particles: batches, mismatched, noisy and duplicated pairs.

Real training never sees all pairs at once, and its pairs are not all true. Every condition is a
map from the views to those that the loss sees; gradients go back through it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from sim.constraints.base import Tensors, normalize

if TYPE_CHECKING:
    from sim.config import SimulationConfig

__all__ = ["Conditions", "caption_groups"]

Pull = Callable[[Tensors], Tensors]
"""Gradients in the seen views to gradients in the views."""

_MISMATCH, _NOISE, _BATCH, _FRESH = range(1, 5)
"""Branches of a run's seed, apart from the one that draws its start."""


def caption_groups(n: int, duplicates: int) -> np.ndarray:
    """Caption of each of n pairs, when `duplicates` successive ones share theirs.

    Examples
    --------
    >>> caption_groups(5, 2).tolist()
    [0, 0, 1, 1, 2]
    """
    return np.arange(n) // duplicates


class Conditions:
    """Conditions of a batch of runs; all draws come from the seed of the run, and the step.

    Parameters
    ----------
    config : SimulationConfig
        Gives `batch`, `mismatched`, `pair_noise`, `fresh_noise` and `duplicates`.
    seeds : sequence of int
        Seeds of the runs.
    dtype : torch.dtype
    """

    def __init__(self, config: SimulationConfig, seeds: Sequence[int], dtype: torch.dtype) -> None:
        self.config = config
        self.seeds = list(seeds)
        self.dtype = dtype
        self._groups = torch.from_numpy(caption_groups(config.n, config.duplicates))
        self._partners = self._mismatch() if config.mismatched > 0 else None
        self._noise = self._draw_noise([[s, _NOISE] for s in seeds])
        self._epoch: tuple[int, list[torch.Tensor]] = (-1, [])

    def tie(self, views: Tensors) -> Tensors:
        """Give the pairs of one caption the same row in every view but the first."""
        if self.config.duplicates == 1:
            return views
        first = self._groups * self.config.duplicates
        return (views[0], *(view[:, first] for view in views[1:]))

    def look(self, views: Tensors, step: int) -> tuple[Tensors, Pull]:
        """Views (R, B, h) that the loss sees at a step, and the way back for its gradients."""
        if self._plain:
            return views, lambda gradients: gradients
        noise = self._noise
        if self.config.fresh_noise:
            noise = self._draw_noise([[s, _FRESH, step] for s in self.seeds])
        noisy = [v if m == 0 or not noise else v + noise[m - 1] for m, v in enumerate(views)]
        shown = [v if m == 0 or not noise else normalize(v) for m, v in enumerate(noisy)]
        rows = self._rows(step)
        picks = [self._pick(m, rows) for m in range(len(views))]
        seen = tuple(_take(view, pick) for view, pick in zip(shown, picks, strict=True))

        def pull(gradients: Tensors) -> Tensors:
            back = [_spread(g, p, v) for g, p, v in zip(gradients, picks, views, strict=True)]
            if noise:
                back[1:] = map(_through, back[1:], noisy[1:], shown[1:])
            if self.config.duplicates > 1:
                back[1:] = map(self._share, back[1:])
            return tuple(back)

        return seen, pull

    @property
    def _plain(self) -> bool:
        config = self.config
        whole = config.batch is None and self._partners is None
        return whole and not self._noise and config.duplicates == 1

    def _rows(self, step: int) -> torch.Tensor | None:
        """Pairs (R, B) of the batch of a step, every pair once an epoch; None for all."""
        config = self.config
        if config.batch is None or config.batch >= config.n:
            return None
        count = -(-config.n // config.batch)
        epoch, index = divmod(step, count)
        if self._epoch[0] != epoch:
            order = [
                np.random.default_rng([s, _BATCH, epoch]).permutation(config.n) for s in self.seeds
            ]
            parts = np.array_split(np.stack(order), count, axis=1)
            self._epoch = epoch, [torch.from_numpy(part) for part in parts]
        return self._epoch[1][index]

    def _pick(self, modality: int, rows: torch.Tensor | None) -> torch.Tensor | None:
        """Rows (R, B) of one view that the batch takes; None for all in order."""
        if modality == 0 or self._partners is None:
            return rows
        partners = self._partners[modality - 1]
        return partners if rows is None else partners.gather(1, rows)

    def _mismatch(self) -> list[torch.Tensor]:
        """Rows (R, N) of every further view that the loss takes for the partners of the first."""
        n, found = self.config.n, []
        for modality in range(1, self.config.modalities):
            partners = np.tile(np.arange(n), (len(self.seeds), 1))
            for row, seed in zip(partners, self.seeds, strict=True):
                rng = np.random.default_rng([seed, _MISMATCH, modality])
                chosen = rng.permutation(n)[: round(self.config.mismatched * n)]
                row[chosen] = np.roll(chosen, 1)  # one cycle: none keeps its partner
            found.append(torch.from_numpy(partners))
        return found

    def _draw_noise(self, seeds: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """Offsets (R, N, h) of every further view; none without noise."""
        config = self.config
        if config.pair_noise == 0:
            return []
        shape = (config.modalities - 1, config.n, config.h)
        drawn = np.stack([np.random.default_rng(s).standard_normal(shape) for s in seeds], axis=1)
        scale = config.pair_noise / config.h**0.5
        return list(torch.as_tensor(scale * drawn, dtype=self.dtype))

    def _share(self, gradient: torch.Tensor) -> torch.Tensor:
        """Mean over the pairs of one caption, for all of them: they are one particle."""
        groups = self._groups
        count = torch.bincount(groups)[:, None].to(gradient)
        total = gradient.new_zeros(len(gradient), len(count), gradient.shape[-1])
        return total.index_add_(1, groups, gradient).div_(count)[:, groups]


def _take(view: torch.Tensor, rows: torch.Tensor | None) -> torch.Tensor:
    return view if rows is None else view.gather(1, rows[..., None].expand(-1, -1, view.shape[-1]))


def _spread(gradient: torch.Tensor, rows: torch.Tensor | None, view: torch.Tensor) -> torch.Tensor:
    """Undo `_take`: rows that were not taken have no gradient."""
    if rows is None:
        return gradient
    index = rows[..., None].expand(-1, -1, view.shape[-1])
    return torch.zeros_like(view).scatter_(1, index, gradient)


def _through(gradient: torch.Tensor, moved: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
    """Gradient in v of what is a function of ``(v + noise)/|v + noise|``."""
    along = (gradient * shown).sum(-1, keepdim=True)
    return (gradient - along * shown) / torch.linalg.vector_norm(moved, dim=-1, keepdim=True)
