"""Uniformity of each modality by itself."""

from __future__ import annotations

import math

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.log_potential import (
    dense_log_potential,
    log_potential_and_gradient,
    streaming_log_potential,
)
from theory.validation import check_number

__all__ = ["Uniformity"]


@register("uniformity")
class Uniformity(Loss):
    """Mean over the views of ``log mean_{i≠j} e^{−t‖x_i−x_j‖²}`` [WangIsola2020].

    Every modality spreads on its own sphere, whatever the others do; for the spread of the
    centroids see `CentroidUniformity`.

    Parameters
    ----------
    t : float
        Sharpness of the Gaussian potential.
    engine : {"auto", "dense", "streaming"}
        What computes the pairwise sums, see `Loss`.
    check : bool
        Look for zero and non-finite rows.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    >>> Uniformity()(x, x, logit_scale=1.0)["loss"].item()
    -8.0
    """

    terms = ("uniformity",)
    minimum_rows = 2

    def __init__(self, *, t: float = 2.0, engine: str = "auto", check: bool = True) -> None:
        super().__init__(check=check, engine=engine)
        self.t = check_number("t", t, 0, open_low=True)

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        log_potential = streaming_log_potential if engine == "streaming" else dense_log_potential
        return self._terms([log_potential(view, self.t) for view in views], views, engine)

    def _terms(
        self, log_sums: list[torch.Tensor], views: tuple[torch.Tensor, ...], engine: str
    ) -> Terms:
        count = views[0].shape[-2]
        mean = torch.stack(log_sums).mean(0) - math.log(count * (count - 1))
        return Terms({"uniformity": mean}, engine)

    def _differentiate(
        self,
        views: tuple[torch.Tensor, ...],
        logit_scale: torch.Tensor,
        engine: str,
        *,
        learned: bool,
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        if engine == "dense":
            return super()._differentiate(views, logit_scale, engine, learned=learned)
        found = [log_potential_and_gradient(view, self.t) for view in views]
        terms = self._terms([value for value, _ in found], views, engine)
        gradients = tuple(gradient / len(views) for _, gradient in found)
        return terms, gradients, torch.zeros_like(logit_scale)
