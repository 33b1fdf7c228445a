"""Align True Pairs."""

from __future__ import annotations

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.pairs import Pairing

__all__ = ["AlignTruePairs"]


@register("atp")
class AlignTruePairs(Loss):
    """Mean squared distance of true pairs, ``1/(M−1) Σ_{m≠a} mean_i ‖z_i^m − z_i^a‖²``.

    Bounds the squared centroid gap from above, and is 0 at any aligned configuration, total
    collapse included [Grassucci2026]. The published code computes the same for M = 2.

    Parameters
    ----------
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two; ``"all"`` averages over pairs.
    anchor : int
        Index a of the anchor view.
    check : bool
        Look for zero and non-finite rows.

    Examples
    --------
    >>> x = torch.eye(2)
    >>> AlignTruePairs()(x, -x, logit_scale=1.0)["loss"].item()
    4.0
    """

    terms = ("atp",)

    def __init__(self, *, pairs: str = "anchor", anchor: int = 0, check: bool = True) -> None:
        super().__init__(check=check)
        self.pairing = Pairing(pairs, anchor)

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        values = [(x - y).square().sum(-1).mean(-1) for x, y in self.pairing.of(views)]
        return Terms({"atp": torch.stack(values).mean(0)})

    def _differentiate(
        self,
        views: tuple[torch.Tensor, ...],
        logit_scale: torch.Tensor,
        engine: str,
        *,
        learned: bool,
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        pairs = self.pairing.indices(len(views))
        factor = 2 / (len(pairs) * views[0].shape[-2])
        gradients = tuple(torch.zeros_like(view) for view in views)
        for i, j in pairs:
            difference = views[i] - views[j]
            gradients[i].add_(difference, alpha=factor)
            gradients[j].sub_(difference, alpha=factor)
        terms = self._evaluate(views, logit_scale, engine)
        return terms, gradients, torch.zeros_like(logit_scale)
