"""Kernel contrastive loss."""

from __future__ import annotations

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.gaussian_sums import dense_exponents
from theory.losses.pairs import Pairing
from theory.validation import check_number

__all__ = ["KernelContrastive"]


@register("kernel")
class KernelContrastive(Loss):
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
        super().__init__(check=check, engine=engine)
        self.gamma = check_number("gamma", gamma, 0)
        self.t = check_number("t", t, 0, open_low=True)
        self.pairing = Pairing(pairs, anchor)

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        count = views[0].shape[-2]
        within = [
            dense_exponents(view, None, self.t).exp().sum((-1, -2)) / (count * (count - 1))
            for view in views
        ]
        values = []
        for i, j in self.pairing.indices(len(views)):
            distances = (views[i] - views[j]).square().sum(-1)
            attraction = (-self.t * distances).exp().mean(-1)
            values.append(self.gamma * (within[i] + within[j]) - 2 * attraction)
        return Terms({"kernel": torch.stack(values).mean(0)})
