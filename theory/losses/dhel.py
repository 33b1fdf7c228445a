"""Decoupled hyperspherical energy loss."""

from __future__ import annotations

import torch

from theory.losses.base import register
from theory.losses.pairwise import PairwiseLoss

__all__ = ["DHEL"]


@register("dhel")
class DHEL(PairwiseLoss):
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
    streams = False

    def _of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, engine: str
    ) -> torch.Tensor:
        beta = logit_scale[..., None]
        energies = [_log_energy(view, beta) for view in (x, y)]
        return (energies[0] + energies[1] - beta * (x * y).sum(-1)).mean(-1)


def _log_energy(view: torch.Tensor, beta: torch.Tensor) -> torch.Tensor:
    """``log Σ_{j≠i} e^{βx_i·x_j}``, (..., N)."""
    itself = torch.eye(view.shape[-2], dtype=torch.bool, device=view.device)
    logits = beta[..., None] * (view @ view.transpose(-1, -2))
    return logits.masked_fill(itself, -torch.inf).logsumexp(-1)
