"""Losses of two views, averaged over pairs of views when there are more."""

from __future__ import annotations

from abc import abstractmethod

import torch

from theory.losses.base import Loss, Terms
from theory.losses.pairs import Pairing

__all__ = ["PairwiseLoss", "TiledPairwiseLoss"]


class PairwiseLoss(Loss):
    """Mean of a two-view loss over the pairs of views; its one term is named in `terms`.

    Parameters
    ----------
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two.
    anchor : int
        Index of the anchor view.
    engine, check
        See `Loss`.
    """

    def __init__(
        self,
        *,
        pairs: str = "anchor",
        anchor: int = 0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(check=check, engine=engine)
        self.pairing = Pairing(pairs, anchor)

    @abstractmethod
    def _of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, engine: str
    ) -> torch.Tensor:
        """Loss (...) of two views (..., N, h) by `engine`."""

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        values = [self._of_pair(x, y, logit_scale, engine) for x, y in self.pairing.of(views)]
        return Terms({self.terms[0]: torch.stack(values).mean(0)}, engine)


class TiledPairwiseLoss(PairwiseLoss):
    """A pairwise loss that also has gradients by tiles, in closed form."""

    @abstractmethod
    def _slopes_of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, *, learned: bool
    ) -> tuple[torch.Tensor, ...]:
        """Loss (R,), gradients in x and y, (R, N, h), and in the logit scale, (R,), by tiles.

        The last is 0 if the scale is not `learned`.
        """

    def _differentiate(
        self,
        views: tuple[torch.Tensor, ...],
        logit_scale: torch.Tensor,
        engine: str,
        *,
        learned: bool,
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        if engine == "dense":
            return super()._differentiate(views, logit_scale, engine, learned=learned)
        pairs = self.pairing.indices(len(views))
        if len(views) == 2:
            i, j = pairs[0]
            value, *by_view, by_scale = self._slopes_of_pair(
                views[i], views[j], logit_scale, learned=learned
            )
            return (
                Terms({self.terms[0]: value}, engine),
                (by_view[i], by_view[j]),
                by_scale,
            )
        totals = [torch.zeros_like(part) for part in (logit_scale, logit_scale, *views)]
        for i, j in pairs:
            found = self._slopes_of_pair(views[i], views[j], logit_scale, learned=learned)
            for index, part in zip((0, 2 + i, 2 + j, 1), found, strict=True):
                totals[index].add_(part, alpha=1 / len(pairs))
        return Terms({self.terms[0]: totals[0]}, engine), tuple(totals[2:]), totals[1]
