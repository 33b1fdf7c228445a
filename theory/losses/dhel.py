"""Decoupled hyperspherical energy loss."""

from __future__ import annotations

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.pairs import Pairing

__all__ = ["DHEL"]


@register("dhel")
class DHEL(Loss):
    """``−mean_i log[e^{βx_i·y_i} / (Σ_{j≠i} e^{βx_i·x_j} Σ_{j≠i} e^{βy_i·y_j})]`` [Koromilas2024].

    True pairs attract across modalities; repulsion is within each modality alone. Nothing holds
    two modalities apart but their pairs.

    Parameters
    ----------
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two; their mean is taken.
    anchor : int
        Index of the anchor view.
    engine, check
        See `Loss`; sums are always taken over the full N × N matrices.

    Examples
    --------
    >>> x = torch.eye(2)
    >>> DHEL()(x, x, logit_scale=3.0)["loss"].item()
    -3.0
    """

    terms = ("dhel",)
    minimum_rows = 2

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

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        beta = logit_scale[..., None]
        itself = torch.eye(views[0].shape[-2], dtype=torch.bool, device=views[0].device)
        values = []
        energies = [
            (beta[..., None] * (view @ view.transpose(-1, -2)))
            .masked_fill(itself, -torch.inf)
            .logsumexp(-1)
            for view in views
        ]
        for i, j in self.pairing.indices(len(views)):
            attraction = beta * (views[i] * views[j]).sum(-1)
            values.append((energies[i] + energies[j] - attraction).mean(-1))
        return Terms({"dhel": torch.stack(values).mean(0)})
