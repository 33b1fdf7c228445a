"""Kernel contrastive loss."""

from __future__ import annotations

import torch

from theory.losses.base import register
from theory.losses.gaussian_sums import dense_exponents
from theory.losses.pairwise import PairwiseLoss
from theory.validation import check_number

__all__ = ["KernelContrastive"]


@register("kernel")
class KernelContrastive(PairwiseLoss):
    """``−2 mean_i k(x_i, y_i) + γ[mean k(x, x′) + mean k(y, y′)]``, k = e^{−t‖·‖²} [Koromilas2024].

    Means of the second kind are over i ≠ j.

    Parameters
    ----------
    gamma : float
        Weight γ of the repulsion within each modality.
    t : float
        Sharpness of the Gaussian kernel.
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two; their mean is taken.
    anchor : int
        Index of the anchor view.
    engine, check
        See `Loss`; sums are always taken over the full N × N matrices.

    Examples
    --------
    >>> x = torch.eye(2)
    >>> round(KernelContrastive(t=1.0)(x, x, logit_scale=1.0)["loss"].item(), 4)  # 2(e^−2 − 1)
    -1.7293
    """

    terms = ("kernel",)
    minimum_rows = 2
    streams = False

    def __init__(
        self,
        *,
        gamma: float = 1.0,
        t: float = 2.0,
        pairs: str = "anchor",
        anchor: int = 0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(pairs=pairs, anchor=anchor, engine=engine, check=check)
        self.gamma = check_number("gamma", gamma, 0)
        self.t = check_number("t", t, 0, open_low=True)

    def _of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, engine: str
    ) -> torch.Tensor:
        count = x.shape[-2]
        within = sum(dense_exponents(view, None, self.t).exp().sum((-1, -2)) for view in (x, y))
        attraction = (-self.t * (x - y).square().sum(-1)).exp().mean(-1)
        return self.gamma * within / (count * (count - 1)) - 2 * attraction
