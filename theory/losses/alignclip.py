"""AlignCLIP's loss: InfoNCE and intra-modality separation."""

from __future__ import annotations

import torch

from theory.losses.base import Loss, Terms, register
from theory.validation import check_number

__all__ = ["AlignCLIP"]


@register("alignclip")
class AlignCLIP(Loss):
    """``α[CE(βVTᵀ) + CE(βTVᵀ)] + γ CE(β[(VVᵀ)∘(1 − SSᵀ) + diag(v_i·t_i)])`` [Eslami2024].

    Images are pushed apart, less so where their texts S are alike. V is the first view, T the
    last; views between them are images too and the sum is their mean.

    Parameters
    ----------
    contrastive_weight, separation_weight : float
        α and γ; 1 and ½ as published (α weighs the sum of both directions, twice InfoNCE).
    engine, check
        See `Loss`; sums are always taken over the full N × N matrices.

    Notes
    -----
    In the publication S are unit features of a sentence encoder of its own. A loss sees the
    views alone: S is the text view here, without gradient. The shared encoder of the method is
    not part of the loss.

    Examples
    --------
    >>> x = torch.eye(2)
    >>> terms = AlignCLIP()(x, x, logit_scale=0.0)
    >>> {name: round(value.item(), 4) for name, value in terms.items()}
    {'contrastive': 1.3863, 'separation': 0.3466, 'loss': 1.7329}
    """

    terms = ("contrastive", "separation")
    streams = False

    def __init__(
        self,
        *,
        contrastive_weight: float = 1.0,
        separation_weight: float = 0.5,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(check=check, engine=engine)
        self.contrastive_weight = check_number("contrastive_weight", contrastive_weight, 0)
        self.separation_weight = check_number("separation_weight", separation_weight, 0)

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        *images, text = views
        alike = text.detach() @ text.detach().transpose(-1, -2)
        beta = logit_scale[..., None, None]
        contrastive, separation = [], []
        for image in images:
            across = beta * (image @ text.transpose(-1, -2))
            true = across.diagonal(dim1=-2, dim2=-1)
            contrastive.append(_entropy(across, true) + _entropy(across.transpose(-1, -2), true))
            within = beta * (image @ image.transpose(-1, -2)) * (1 - alike)
            # v_i·t_i is added to the diagonal, which 1 − SSᵀ has emptied but for rounding
            logits = within + torch.diag_embed(true)
            separation.append(_entropy(logits, logits.diagonal(dim1=-2, dim2=-1)))
        return Terms(
            {
                "contrastive": self.contrastive_weight * torch.stack(contrastive).mean(0),
                "separation": self.separation_weight * torch.stack(separation).mean(0),
            }
        )


def _entropy(logits: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """Cross entropy of the true pairs, mean over rows."""
    return (logits.logsumexp(-1) - true).mean(-1)
