"""InfoNCE, the loss of CLIP."""

from __future__ import annotations

import torch

from theory.losses.base import register
from theory.losses.pairwise import TiledPairwiseLoss
from theory.losses.streaming_infonce import infonce_value_and_gradient, streaming_infonce

__all__ = ["InfoNCE", "dense_infonce"]


def dense_infonce(x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor) -> torch.Tensor:
    """InfoNCE of two views from the full N × N matrix; differentiable any number of times.

    The positive logit is subtracted before the log-sum-exp, which keeps the value of a
    nearly solved batch from being lost in rounding.

    Parameters
    ----------
    x, y : torch.Tensor, (..., N, h)
    logit_scale : torch.Tensor, (...)

    Returns
    -------
    torch.Tensor, (...)
    """
    logits = (logit_scale[..., None, None] * x) @ y.transpose(-1, -2)
    positives = logits.diagonal(dim1=-2, dim2=-1)
    x_to_y = (logits - positives[..., :, None]).logsumexp(-1)
    y_to_x = (logits - positives[..., None, :]).logsumexp(-2)
    return (x_to_y + y_to_x).mean(-1) / 2


@register("infonce")
class InfoNCE(TiledPairwiseLoss):
    """½ of the contrastive loss in both directions, averaged over the pairs of views.

    ``−(1/2N) Σ_i [log softmax_j(β x_i·y_j)_i + log softmax_j(β x_j·y_i)_i]``, which is
    open_clip's ``ClipLoss``; the sum L of [Yi2025] is twice this.

    Parameters
    ----------
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two.
    anchor : int
        Index of the anchor view.
    engine : {"auto", "dense", "streaming"}
        What computes the pairwise sums, see `Loss`.
    check : bool
        Look for zero and non-finite rows.

    Examples
    --------
    >>> x = torch.eye(2)
    >>> InfoNCE()(x, x, logit_scale=0.0)["loss"].item() - torch.tensor(2.0).log().item()
    0.0
    """

    terms = ("infonce",)

    def _of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, engine: str
    ) -> torch.Tensor:
        infonce = streaming_infonce if engine == "streaming" else dense_infonce
        return infonce(x, y, logit_scale)

    def _slopes_of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, *, learned: bool
    ) -> tuple[torch.Tensor, ...]:
        return infonce_value_and_gradient(x, y, logit_scale, learned=learned)
