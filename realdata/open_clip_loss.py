"""A registered loss in open_clip's own training loop."""

from __future__ import annotations

from typing import Any

import torch

from realdata.distributed import gather_rows, started, world_size
from theory import losses

__all__ = ["OpenClipLoss", "open_clip_loss"]


class OpenClipLoss(torch.nn.Module):
    """Called as open_clip calls its losses: ``loss(**model_out, output_dict=True)``.

    open_clip sums what comes back, so the weighted terms are returned, without their total.
    In a distributed run the views of all processes are gathered first, with the gradient that
    `torch.nn.parallel.DistributedDataParallel` averages to that of a single process.

    Parameters
    ----------
    loss : theory.losses.Loss
        The loss.
    """

    def __init__(self, loss: losses.Loss) -> None:
        super().__init__()
        self.loss = loss

    def set_epoch(self, epoch: float, epochs: float) -> None:
        """Follow the loss's published schedule; call it before every epoch, or more often."""
        self.loss.set_epoch(epoch, epochs)

    def forward(
        self,
        image_features: torch.Tensor,
        text_features: torch.Tensor,
        logit_scale: torch.Tensor,
        logit_bias: torch.Tensor | None = None,
        output_dict: bool = False,
    ) -> dict[str, torch.Tensor] | torch.Tensor:
        """Terms of one batch.

        Parameters
        ----------
        image_features, text_features : torch.Tensor (n, h)
            Unit rows.
        logit_scale : torch.Tensor
            β, exponentiated already, as open_clip's models give it.
        logit_bias : torch.Tensor, optional
            b of a model with a bias; only the sigmoid loss takes one.
        output_dict : bool
            Return the terms, which sum to the loss; else the loss.
        """
        views = [image_features, text_features]
        if started():
            count = world_size() * len(image_features)
            views = [gather_rows(view, count) for view in views]
        scale = logit_scale.reshape(())
        if logit_bias is None:
            terms = self.loss(*views, logit_scale=scale)
        else:
            given: Any = {"logit_bias": logit_bias.reshape(())}
            terms = self.loss(*views, logit_scale=scale, **given)
        if not output_dict:
            return terms["loss"]
        return {name: value for name, value in terms.items() if name != "loss"}


def open_clip_loss(name: str, **options: Any) -> OpenClipLoss:
    """Adapt a registered loss to open_clip's training loop.

    Parameters
    ----------
    name : str
        Name in `theory.losses`.
    **options
        Of the loss.

    Returns
    -------
    OpenClipLoss
        Give it to ``open_clip_train.train.train_one_epoch`` as `loss`.

    Examples
    --------
    >>> loss = open_clip_loss("gap_closing", cu_weight=0.5)
    >>> rows = torch.eye(3)
    >>> terms = loss(rows, rows, torch.tensor(10.0), output_dict=True)
    >>> sorted(terms)
    ['atp', 'cu', 'infonce']
    >>> bool(sum(terms.values()) == loss(rows, rows, torch.tensor(10.0)))
    True
    """
    return OpenClipLoss(losses.create(name, **options))
