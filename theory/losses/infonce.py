"""InfoNCE, the loss of CLIP."""

from __future__ import annotations

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.pairs import Pairing
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
class InfoNCE(Loss):
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
        infonce = streaming_infonce if engine == "streaming" else dense_infonce
        values = [infonce(x, y, logit_scale) for x, y in self.pairing.of(views)]
        return Terms({"infonce": torch.stack(values).mean(0)}, engine)

    def _differentiate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        if engine == "dense":
            return super()._differentiate(views, logit_scale, engine)
        if len(views) == 2:
            value, *by_view, scale_gradient = infonce_value_and_gradient(*views, logit_scale)
            return Terms({"infonce": value}, engine), tuple(by_view), scale_gradient
        pairs = self.pairing.indices(len(views))
        totals = [torch.zeros_like(part) for part in (logit_scale, logit_scale, *views)]
        for i, j in pairs:
            value, x_gradient, y_gradient, scale_gradient = infonce_value_and_gradient(
                views[i], views[j], logit_scale
            )
            for index, part in (
                (0, value),
                (1, scale_gradient),
                (2 + i, x_gradient),
                (2 + j, y_gradient),
            ):
                totals[index].add_(part, alpha=1 / len(pairs))
        return Terms({"infonce": totals[0]}, engine), tuple(totals[2:]), totals[1]
