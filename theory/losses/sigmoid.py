"""The sigmoid loss of SigLIP."""

from __future__ import annotations

import copy
from functools import partial

import torch

from theory.losses.base import Terms, register
from theory.losses.checks import as_scalar
from theory.losses.pairwise import TiledPairwiseLoss
from theory.losses.streaming_sigmoid import sigmoid_slopes
from theory.losses.tiles import evaluate_runs, single_pass

__all__ = ["Sigmoid", "dense_sigmoid"]


def dense_sigmoid(
    x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """Sigmoid loss of two views from the full N × N matrix; differentiable any number of times.

    Parameters
    ----------
    x, y : torch.Tensor, (..., N, h)
    logit_scale, bias : torch.Tensor, (...)

    Returns
    -------
    torch.Tensor, (...)
    """
    logits = (logit_scale[..., None, None] * x) @ y.transpose(-1, -2) + bias[..., None, None]
    signs = 2 * torch.eye(x.shape[-2], dtype=x.dtype, device=x.device) - 1
    return -torch.nn.functional.logsigmoid(signs * logits).sum(-1).mean(-1)


@register("sigmoid")
class Sigmoid(TiledPairwiseLoss):
    """``(1/N) Σ_ij log(1 + e^{−s_ij(β x_i·y_j + b)})``, s_ij = 1 for true pairs, else −1.

    What open_clip's ``SigLipLoss`` computes [Zhai2023]. Every pair is a decision of its own, so
    there are no two directions to take the mean of.

    Parameters
    ----------
    bias : float or 0-d torch.Tensor
        b; a tensor that requires a gradient gets one. −10 is where training starts in
        [Zhai2023], against the N − 1 wrong pairs of every row.
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
    >>> Sigmoid(bias=0.0)(x, x, logit_scale=0.0)["loss"].item() / torch.tensor(2.0).log().item()
    2.0
    """

    terms = ("sigmoid",)

    def __init__(
        self,
        *,
        bias: float | torch.Tensor = -10.0,
        pairs: str = "anchor",
        anchor: int = 0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(pairs=pairs, anchor=anchor, engine=engine, check=check)
        as_scalar("bias", bias, torch.zeros(()))
        self.bias = bias

    def __call__(
        self,
        *views: torch.Tensor,
        logit_scale: float | torch.Tensor,
        logit_bias: float | torch.Tensor | None = None,
    ) -> Terms:
        """Evaluate the loss on one batch, see `Loss`.

        Parameters
        ----------
        *views : torch.Tensor, each (N, h)
        logit_scale : float or 0-d torch.Tensor
        logit_bias : float or 0-d torch.Tensor, optional
            b as open_clip's models hand it over, in place of the option `bias`.
        """
        if logit_bias is None:
            return super().__call__(*views, logit_scale=logit_scale)
        other = copy.copy(self)
        other.bias = logit_bias
        return other(*views, logit_scale=logit_scale)

    def _bias(self, logit_scale: torch.Tensor) -> torch.Tensor:
        return as_scalar("bias", self.bias, logit_scale).expand(logit_scale.shape)

    def _of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, engine: str
    ) -> torch.Tensor:
        sigmoid = partial(single_pass, sigmoid_slopes) if engine == "streaming" else dense_sigmoid
        return sigmoid(x, y, logit_scale, self._bias(logit_scale))

    def _slopes_of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, *, learned: bool
    ) -> tuple[torch.Tensor, ...]:
        bias = self._bias(logit_scale).detach()
        value, (*by_view, by_scale, _) = evaluate_runs(sigmoid_slopes, x, y, logit_scale, bias)
        return value, *by_view, by_scale if learned else torch.zeros_like(by_scale)
